package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// connect tries TCP connections to several ports at once. A host that accepts or
// refuses one is there.
func (p *Prober) connect(ctx context.Context, host netip.Addr) (alive bool, took time.Duration, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begin := time.Now()
	results := make(chan error, len(p.o.Ports))
	for _, port := range p.o.Ports {
		go func() {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", netip.AddrPortFrom(host, port).String())
			if err == nil {
				err = conn.Close()
			}
			results <- err
		}()
	}
	asked := false // it was sent to the host, at least
	var failed error
	for range p.o.Ports {
		err := <-results
		var timeout net.Error
		switch {
		case err == nil || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET):
			if !alive {
				alive, took = true, time.Since(begin)
				cancel() // the others need not go on
			}
		case absent(err), errors.As(err, &timeout) && timeout.Timeout(), ctx.Err() != nil:
			asked = true
		default:
			failed = err
		}
	}
	if alive || asked {
		return alive, took, nil
	}
	return false, 0, failed
}
