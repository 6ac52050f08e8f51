package command

import (
	"iter"
	"net/netip"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// getNextFreeAddress answers the first free address of a range, or none. It
// pings between transactions, never in one.
func getNextFreeAddress(c *call, req *hal.GetNextFreeAddress) (*hal.GetNextFreeAddressResponse, error) {
	claim, err := holdTime("temporaryClaimTime", req.TemporaryClaimTime.V)
	if err != nil {
		return nil, err
	}
	var from, pinged, found netip.Addr // from: where to go on after hosts that answered
	look := func(keep bool) func() error {
		return func() error {
			r, first, err := c.freeFrom(req)
			if err != nil {
				return err
			}
			if from.IsValid() && first.Less(from) {
				first = from
			}
			found, err = c.nextFree(r, first, req.ExcludeDHCP.V)
			if err != nil || !found.IsValid() || !keep || c.pings(req) && found != pinged {
				return err
			}
			return c.hold(r.SpaceID, block{found, found}, claim)
		}
	}
	for {
		keep := claim > 0 && (pinged.IsValid() || !c.pings(req))
		if keep {
			err = c.update(look(true))
		} else {
			err = c.view(look(false))
		}
		switch {
		case err != nil:
			return nil, err
		case !found.IsValid(), found == pinged, !c.pings(req):
			return &hal.GetNextFreeAddressResponse{Address: wire.Address(found)}, nil
		}
		alive, _, err := c.pinger.Ping(c.ctx, found)
		if cerr := c.ctx.Err(); cerr != nil {
			return nil, errs.Wrap(cerr, errs.Cancelled, "The request was cancelled")
		}
		switch {
		case alive && err == nil:
			if from = found.Next(); !from.IsValid() {
				return &hal.GetNextFreeAddressResponse{}, nil
			}
		case claim == 0:
			return &hal.GetNextFreeAddressResponse{Address: wire.Address(found)}, nil
		default:
			pinged = found
		}
	}
}

// pings reports whether candidates are to be pinged, and can be.
func (c *call) pings(req *hal.GetNextFreeAddress) bool { return req.Ping.V && c.pinger != nil }

// freeFrom finds the range asked for and the address to start at.
func (c *call) freeFrom(req *hal.GetNextFreeAddress) (*model.Range, netip.Addr, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, netip.Addr{}, err
	}
	if req.StartAddress.V == "" {
		return r, r.From, nil
	}
	a, ok := parseAddr(req.StartAddress.V)
	switch {
	case !ok:
		return nil, a, invalid("startAddress", "%s is not an IP address", quote(req.StartAddress.V))
	case !r.Contains(a):
		return nil, a, invalid("startAddress", "%s lies outside the range %s", a, r.Name)
	}
	return r, a, nil
}

// nextFree is the first address of a range from a on that is free: not in use,
// not held, in no range below, and fit for a host. The zero Addr means none.
func (c *call) nextFree(r *model.Range, a netip.Addr, excludeDHCP bool) (netip.Addr, error) {
	unusable, err := c.unusable(r, excludeDHCP)
	if err != nil {
		return netip.Addr{}, err
	}
	return c.firstFree(r.SpaceID, block{a, r.To}, inOrder(unusable), c.subranges(r))
}

// firstFree is the first address of a block that is not in use, not held and in
// none of the other blocks, which come by their first address; the zero Addr
// means none.
func (c *call) firstFree(space model.ID, in block, others ...iter.Seq2[block, error]) (netip.Addr, error) {
	skips := []interface {
		skip(netip.Addr) (netip.Addr, error)
	}{&takenRuns{tx: c.tx, maps: c.takenMaps(space)}}
	for _, blocks := range append(others, c.held(space, in.from, in.to)) {
		b, err := newRuns(blocks)
		defer b.stop()
		if err != nil {
			return netip.Addr{}, err
		}
		skips = append(skips, b)
	}
	a := in.from
	for quiet, i := 0, 0; quiet < len(skips); i++ { // until none of them skips any more
		next, err := skips[i%len(skips)].skip(a)
		switch {
		case err != nil:
			return netip.Addr{}, err
		case !next.IsValid() || in.to.Less(next):
			return netip.Addr{}, nil
		case next == a:
			quiet++
		default:
			a, quiet = next, 1
		}
		if err := c.ctx.Err(); err != nil {
			return netip.Addr{}, errs.Wrap(err, errs.Cancelled, "The request was cancelled")
		}
	}
	return a, nil
}
