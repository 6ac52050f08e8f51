// Package leases reads the lease file of ISC dhcpd (dhcpd.leases): which addresses are bound to whom, and in which state
// the failover peers are. The file is a log to which the server appends, so the last record about an address or peer is
// the one in force. The package never writes such a file.
package leases
