// Package probe asks hosts whether they are there: with ICMP echo requests where
// the system permits them, else by TCP connections. It knows nothing of who
// asks, and keeps nothing of the answers.
package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"
)

// Method is how hosts are asked.
type Method string

// The methods.
const (
	Auto Method = "auto" // ICMP, or TCP where ICMP is not permitted
	ICMP Method = "icmp"
	TCP  Method = "tcp"
)

// Defaults of Options.
const (
	DefaultLimit    = time.Second
	DefaultParallel = 64
)

// Options say how to ask. Rand is required.
type Options struct {
	Method   Method        // Auto
	Limit    time.Duration // for the answer of a host: DefaultLimit
	Parallel int           // hosts asked at once, others wait: DefaultParallel
	Rand     io.Reader     // makes requests that nobody else's answer fits
	// Ports are those that TCP connections are tried to: 443, 80, 22.
	Ports []uint16
}

// Prober asks hosts. It is safe for concurrent use.
type Prober struct {
	o     Options
	slots chan struct{}
}

// ErrNotPermitted is returned when the system lets nobody ask as configured.
var ErrNotPermitted = errors.New("probe: the system does not permit ICMP echo requests")

// New makes a Prober.
func New(o Options) *Prober {
	if o.Method == "" {
		o.Method = Auto
	}
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if len(o.Ports) == 0 {
		o.Ports = []uint16{443, 80, 22}
	}
	return &Prober{o: o, slots: make(chan struct{}, o.Parallel)}
}

// Ping waits for an answer of a host, for no longer than the limit once it is
// its turn, and tells how long the answer took. A host that is not there in that
// time is not alive. An error means that it could not be asked; ctx's own when
// ctx ends first.
func (p *Prober) Ping(ctx context.Context, host netip.Addr) (alive bool, took time.Duration, err error) {
	if !host.IsValid() || host.Zone() != "" || host.Is4In6() {
		return false, 0, fmt.Errorf("probe: %s is not an address to ask", host)
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return false, 0, ctx.Err()
	}
	asked, cancel := context.WithTimeout(ctx, p.o.Limit)
	defer cancel()
	if p.o.Method == TCP {
		alive, took, err = p.connect(asked, host)
	} else {
		alive, took, err = p.echo(asked, host)
		if errors.Is(err, ErrNotPermitted) && p.o.Method == Auto {
			alive, took, err = p.connect(asked, host)
		}
	}
	if alive {
		return true, took, nil
	}
	if ctx.Err() != nil {
		return false, 0, ctx.Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil // nobody answered
	}
	return false, 0, err
}
