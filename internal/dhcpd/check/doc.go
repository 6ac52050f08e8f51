// Package check judges dhcpd.conf trees: one file by itself (File) and the files of two failover partners together
// (Pair). It knows what `dhcpd -t` refuses, so that a configuration can be judged where no dhcpd is installed, and what
// dhcpd accepts in silence although the servers will not do what their administrator means.
//
// The rules were measured on dhcpd 4.4.3-P1. Syntax is not judged here: package conf does that when it reads the text.
package check
