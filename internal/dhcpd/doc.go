// Package dhcpd renders the configuration file of one ISC dhcpd server from a snapshot of the domain. Render is a pure
// function: the same snapshot gives the same text, byte for byte, and the snapshots of two failover partners that were
// taken together give files that fit each other.
//
// The language itself is in package conf, the judgement of files in package check, the lease file in package leases.
// Nothing here reads a store, starts a server or touches a file.
package dhcpd
