package hosttest

import "syscall"

// rawSockets reports whether this process may open the sockets that dhcpd needs.
func rawSockets() bool {
	s, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0)
	if err != nil {
		return false
	}
	return syscall.Close(s) == nil
}
