package check

import (
	"net/netip"
	"slices"
	"sort"

	"halxml/internal/dhcpd/conf"
)

// host is a host declaration with what identifies its client.
type host struct {
	node     *conf.Host
	hardware *conf.Hardware
	fixed    *conf.FixedAddress
}

func (c *checker) host(s *conf.Host, at place) {
	if at.kind == inHost || at.kind == inClass {
		c.misplaced(s, "A host", at)
		return
	}
	h := &host{node: s}
	c.hosts = append(c.hosts, h)
	c.block(&s.Block, place{kind: inHost, host: h})
}

func (c *checker) hardware(s *conf.Hardware, at place) {
	switch {
	case at.kind != inHost:
		c.misplaced(s, "A hardware address", at)
	case at.host.hardware != nil:
		c.errorf(RuleHostHardware, s.Pos, "Host %s has a second hardware address", at.host.node.Name)
	default:
		at.host.hardware = s
	}
}

func (c *checker) fixedAddress(s *conf.FixedAddress, at place) {
	switch {
	case at.kind != inHost:
		c.misplaced(s, "A fixed address", at)
	case at.host.fixed != nil:
		c.errorf(RuleHostAddress, s.Pos, "Host %s has a second fixed-address statement; list all addresses in one", at.host.node.Name)
	default:
		at.host.fixed = s
	}
}

func (c *checker) finishHosts() {
	names := make(map[string]*host, len(c.hosts))
	hardware := make(map[string]*host, len(c.hosts))
	spans := slices.Clone(c.spans)
	sort.SliceStable(spans, func(i, j int) bool { return spans[i].low < spans[j].low })
	for _, h := range c.hosts {
		if old := names[h.node.Name]; old != nil {
			c.errorf(RuleHostName, h.node.Pos, "Host %s is already declared at %s", h.node.Name, old.node.Pos)
		} else {
			names[h.node.Name] = h
		}
		c.hostHardware(h, hardware)
		if h.fixed == nil {
			continue
		}
		for _, text := range h.fixed.Addresses {
			a, err := netip.ParseAddr(text)
			if err != nil || !a.Is4() {
				continue
			}
			if r := containing(spans, toUint(a)); r != nil {
				c.warnf(RuleHostAddress, h.fixed.Pos, "Fixed address %s of host %s is inside the range at %s, so others may get it", a, h.node.Name, r.node.Pos)
			}
		}
	}
}

// hostHardware finds two hosts with one hardware address. dhcpd takes both and chooses by the client's subnet, which is
// sometimes meant.
func (c *checker) hostHardware(h *host, seen map[string]*host) {
	if h.hardware == nil {
		return
	}
	mac, ok := h.hardware.MAC()
	if !ok {
		return
	}
	key := h.hardware.Type + " " + mac
	old := seen[key]
	if old == nil {
		seen[key] = h
		return
	}
	c.warnf(RuleHostHardware, h.hardware.Pos, "Host %s has the hardware address of host %s at %s", h.node.Name, old.node.Name, old.node.Pos)
}

// containing finds a span that holds the address among spans sorted by their first address.
func containing(spans []*span, a uint32) *span {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].low > a })
	if i > 0 && spans[i-1].high >= a {
		return spans[i-1]
	}
	return nil
}
