package command

import (
	"context"
	"net/netip"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Pinger asks a host whether it is there.
type Pinger interface {
	// Ping waits for an answer of the host, not long. An error means that
	// nobody could be asked.
	Ping(ctx context.Context, host netip.Addr) (alive bool, took time.Duration, err error)
}

// ping asks the host that has an address whether it is there, outside of any
// transaction. What is kept of an address tells afterwards when it was last
// looked for and seen; an address that nothing is kept of is stored when
// somebody answers.
func ping(c *call, req *hal.Ping) (*hal.PingResponse, error) {
	var a *model.Address
	find := func() (err error) {
		a, err = c.ipAddress("addrRef", req.AddrRef.V)
		return err
	}
	if err := c.view(find); err != nil {
		return nil, err
	}
	switch host := a.Addr; {
	case host.IsUnspecified() || host.IsMulticast() || host == broadcast:
		return nil, invalid("addrRef", "%s is not the address of a host", host)
	case c.pinger == nil:
		return nil, errs.Errorf(errs.NotSupported, "Addresses are not pinged; the service's configuration says so (ping.method)")
	}
	alive, took, err := c.pinger.Ping(c.ctx, a.Addr)
	switch {
	case c.ctx.Err() != nil:
		return nil, errs.Wrap(c.ctx.Err(), errs.Cancelled, "The request was cancelled")
	case err != nil:
		return nil, errs.Wrap(err, errs.Unavailable, "addrRef: %s cannot be pinged from here", a.Addr)
	}
	if alive || a.ID != 0 {
		err := c.update(func() error {
			if err := find(); err != nil {
				return err
			}
			if a.LastDiscovery = c.at; alive {
				a.Discovery, a.LastSeen = string(hal.IPAddressDiscoveryTypePing), c.at
			}
			return c.storeAddress(a)
		})
		if err != nil {
			return nil, err
		}
	}
	out := &hal.PingResponse{Alive: hal.Some(alive), PingTime: hal.Some[uint32](0)}
	if alive {
		out.PingTime = hal.Some(uint32(took.Round(time.Millisecond) / time.Millisecond))
	}
	return out, nil
}
