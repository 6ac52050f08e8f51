//go:build !linux

package hosttest

// rawSockets reports whether this process may open the sockets that dhcpd
// needs; elsewhere nobody has tried.
func rawSockets() bool { return false }
