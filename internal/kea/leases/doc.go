// Package leases reads the lease files of Kea's memfile backend, kea-leases4.csv and kea-leases6.csv: a log of which the
// last row of each address holds, and which Kea's clean-up spreads over several files from time to time. Leases in a
// database are not here; a running daemon tells them over its control channel.
package leases
