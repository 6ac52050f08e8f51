// Package archtest holds the code to docs/architecture.md: its tests read the
// tables of that page and compare them with what the go command tells about
// the packages. There is nothing in it to import.
package archtest
