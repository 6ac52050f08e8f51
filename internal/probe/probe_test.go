package probe

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// patient is long enough for a machine that is busy with other tests.
const patient = 20 * time.Second

var loopback = netip.MustParseAddr("127.0.0.7")

func TestHostsThatAnswer(t *testing.T) {
	for _, method := range []Method{Auto, ICMP, TCP} {
		for _, host := range []string{"127.0.0.1", "127.0.0.7", "127.200.1.2", "::1"} {
			t.Run(string(method)+" "+host, func(t *testing.T) {
				if l, err := net.Listen("tcp6", "[::1]:0"); host == "::1" && err != nil {
					t.Skip("no IPv6 here")
				} else if err == nil {
					l.Close()
				}
				p := New(Options{Method: method, Limit: patient, Rand: rand.Reader})
				alive, took, err := p.Ping(t.Context(), netip.MustParseAddr(host))
				if method == ICMP && errors.Is(err, ErrNotPermitted) {
					t.Skip(err)
				}
				if !alive || err != nil || took <= 0 || took > patient {
					t.Errorf("alive %v after %v, %v", alive, took, err)
				}
			})
		}
	}
}

// TestOpenPorts: a host that accepts a connection is there too.
func TestOpenPorts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.7:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := New(Options{Method: TCP, Limit: patient, Rand: rand.Reader, Ports: []uint16{netip.MustParseAddrPort(l.Addr().String()).Port()}})
	if alive, _, err := p.Ping(t.Context(), loopback); !alive || err != nil {
		t.Errorf("alive %v, %v", alive, err)
	}
}

// TestNoAnswerInTime: a limit that is over before the question is.
func TestNoAnswerInTime(t *testing.T) {
	for _, method := range []Method{Auto, ICMP, TCP} {
		p := New(Options{Method: method, Limit: 1, Rand: rand.Reader})
		alive, took, err := p.Ping(t.Context(), loopback)
		if errors.Is(err, ErrNotPermitted) {
			continue
		}
		if alive || took != 0 || err != nil {
			t.Errorf("%s: alive %v after %v, %v", method, alive, took, err)
		}
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	p := New(Options{Limit: patient, Rand: rand.Reader})
	for _, host := range []netip.Addr{{}, netip.MustParseAddr("::ffff:127.0.0.1"), netip.MustParseAddr("fe80::1%lo")} {
		if alive, _, err := p.Ping(t.Context(), host); alive || err == nil {
			t.Errorf("%s: alive %v, %v", host, alive, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, method := range []Method{Auto, TCP} {
		p := New(Options{Method: method, Limit: patient, Rand: rand.Reader})
		if alive, _, err := p.Ping(gone, netip.MustParseAddr("192.0.2.1")); alive || !errors.Is(err, context.Canceled) {
			t.Errorf("%s after its caller: alive %v, %v", method, alive, err)
		}
	}
}

// TestOthersWait: no more hosts are asked at once than allowed.
func TestOthersWait(t *testing.T) {
	p := New(Options{Limit: patient, Parallel: 2, Rand: rand.Reader})
	p.slots <- struct{}{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if alive, _, err := p.Ping(t.Context(), loopback); !alive || err != nil {
				t.Errorf("alive %v, %v", alive, err)
			}
		})
	}
	all.Wait()
	p.slots <- struct{}{}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if alive, _, err := p.Ping(gone, loopback); alive || !errors.Is(err, context.Canceled) {
		t.Errorf("while no slot is free: alive %v, %v", alive, err)
	}
}
