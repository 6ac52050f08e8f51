// Package lease brings the leases of DHCP servers into the store: it turns what
// lease files of dhcpd and Kea say into one form, finds what changed since the
// last time, and writes that with its history. It reads whole files, never
// writes one, and speaks to no server.
package lease
