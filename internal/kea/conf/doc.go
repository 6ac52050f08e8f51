// Package conf is the language of Kea's configuration: JSON with comments, commas too many and included files. Load and
// Parse read it into a File, Print writes it. The structures know the keys that this program reads or writes; all others
// are kept in Rest, so that reading and writing loses nothing but comments and the order of keys.
//
// What a configuration means, and whether it makes sense, is judged in package check.
package conf
