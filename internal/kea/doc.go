// Package kea renders the configuration of one Kea daemon, DHCPv4 or DHCPv6, from a snapshot of the domain. Render is a
// pure function: the same snapshot gives the same text, byte for byte, and the snapshots of two partners that were taken
// together give configurations that fit each other.
//
// The language itself is in package conf, the judgement of configurations in package check, lease files in package
// leases, the channel to a running daemon in package control. Nothing here reads a store, starts a server or touches a
// file, and only control speaks to a network.
package kea
