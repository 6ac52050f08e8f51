// Package conf reads and writes the configuration language of ISC dhcpd (dhcpd.conf, checked against 4.4.3-P1).
//
// Parse turns text into a typed tree that loses nothing a network engineer wrote: statements keep their order, file and
// line, comments stay with the statement they stand before, and whatever the package has no type for is kept verbatim
// as Opaque. Print writes a tree back in one fixed layout; parsing that text gives the same tree again.
//
// The package knows the grammar only. Whether a file makes sense is the business of package check, and the domain
// objects of this service are unknown here.
package conf
