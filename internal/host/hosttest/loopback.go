package hosttest

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"testing"
)

// ErrNoClient is the error of Lease in a lab without a network of its own.
var ErrNoClient = errors.New("hosttest: no network for clients")

// errRaw says why neither servers nor clients can run.
var errRaw = errors.New("raw sockets are not permitted")

// NewLoopback makes a lab without network namespaces. Its servers are partners
// over loopback addresses. Since dhcpd wants an interface that is not the
// loopback one, they listen at one of the machine's, at ports where no client
// asks, so nobody is served. Where that is not permitted either, the test is
// skipped, under continuous integration too, and says so.
func NewLoopback(t testing.TB, servers int) *Lab {
	t.Helper()
	return loopback(t, servers, "On loopback addresses ")
}

// loopback is NewLoopback; a message for those who read how the test went begins
// with where.
func loopback(t testing.TB, servers int, where string) *Lab {
	t.Helper()
	l := &Lab{t: t}
	if err := l.listenAtMachine(); err != nil {
		t.Skipf("%sno DHCP server can run here (%v): failover, delivery and agents are tested without one only", where, err)
	}
	t.Logf("%sthe servers meet, and have no clients: failover is tested, leases are not", where)
	octets := make([]byte, 2) // of this lab alone, as others run beside it
	if _, err := rand.Read(octets); err != nil {
		t.Fatal(err)
	}
	for i := range servers {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		s := l.server(i, netip.AddrFrom4([4]byte{127, 1 + octets[0]%250, octets[1], byte(2 + i)}).String())
		s.start("-p", strconv.Itoa(port))
	}
	return l
}

// listenAtMachine finds an interface of the machine that dhcpd can listen at.
func (l *Lab) listenAtMachine() error {
	if !rawSockets() {
		return errRaw
	}
	all, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 || i.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 || len(i.HardwareAddr) != 6 {
			continue
		}
		networks, err := i.Addrs()
		if err != nil {
			return err
		}
		for _, a := range networks {
			n, ok := a.(*net.IPNet)
			if !ok || n.IP.To4() == nil {
				continue
			}
			l.Interfaces = []string{i.Name}
			l.Listen += fmt.Sprintf("subnet %s netmask %s { }\n", n.IP.Mask(n.Mask), net.IP(n.Mask))
		}
		if l.Interfaces != nil {
			return nil
		}
	}
	return errors.New("no interface has an IPv4 address")
}

// freePort is a UDP port that nobody has, and that the system gives nobody who
// asks it for any port.
func freePort() (int, error) {
	var err error
	for range 100 {
		octets := make([]byte, 2)
		if _, err = rand.Read(octets); err != nil {
			return 0, err
		}
		port := 10000 + int(binary.BigEndian.Uint16(octets))%20000
		var c net.PacketConn
		if c, err = net.ListenPacket("udp4", ":"+strconv.Itoa(port)); err == nil {
			return port, c.Close()
		}
	}
	return 0, err
}
