package check

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/kea/conf"
)

// The rules of networks.
const (
	RuleNetwork       Rule = "network"        // a shared network without a name, or with another's
	RuleSubnet        Rule = "subnet"         // what is no subnet
	RuleSubnetID      Rule = "subnet-id"      // an id that is missing, out of bounds or another's
	RuleSubnetOverlap Rule = "subnet-overlap" // subnets that share addresses
	RulePool          Rule = "pool"           // what is no pool, or not one of its subnet
	RulePoolOverlap   Rule = "pool-overlap"   // pools that share addresses
	RuleClass         Rule = "class"          // a class of high availability that fits no peer, or is missing
	RuleReservation   Rule = "reservation"    // a client or address that is reserved twice, or an address elsewhere
)

// span is a run of addresses and where it is written.
type span struct {
	from, to netip.Addr
	path     string
}

func (s span) overlaps(o span) bool { return s.from.Compare(o.to) <= 0 && o.from.Compare(s.to) <= 0 }

func (s span) String() string { return s.from.String() + " - " + s.to.String() }

func (c *checker) networks() {
	names := map[string]bool{}
	for i, n := range c.SharedNetworks {
		where := at(c.path+".shared-networks", i)
		switch {
		case n.Name == "":
			c.errorf(RuleNetwork, where, "The shared network has no name")
		case names[n.Name]:
			c.errorf(RuleNetwork, where+".name", "Two shared networks are called %q", n.Name)
		}
		names[n.Name] = true
	}
	ids, served := map[int64]netip.Prefix{}, map[string]bool{}
	var prefixes []netip.Prefix
	var paths []string
	subnets, places := c.AllSubnets(c.family)
	for i, s := range subnets {
		where := c.path + "." + places[i]
		p, err := netip.ParsePrefix(s.Prefix)
		switch {
		case err != nil || p.Addr().Is4() != (c.family == 4):
			c.errorf(RuleSubnet, where+".subnet", "%q is no prefix of IPv%d", s.Prefix, c.family)
			continue
		case p != p.Masked():
			c.warnf(RuleSubnet, where+".subnet", "%s is the subnet %s", s.Prefix, p.Masked())
		}
		p = p.Masked()
		other, taken := ids[s.ID]
		switch {
		case s.ID == 0:
			c.warnf(RuleSubnetID, where, "Subnet %s has no id; Kea numbers it by its place, and leases follow the number", p)
		case s.ID < 0 || s.ID > conf.MaxSubnetID:
			c.errorf(RuleSubnetID, where+".id", "%d is not in 1..%d", s.ID, int64(conf.MaxSubnetID))
		case taken:
			c.errorf(RuleSubnetID, where+".id", "Subnets %s and %s have the same id %d", other, p, s.ID)
		}
		ids[s.ID] = p
		prefixes, paths = append(prefixes, p), append(paths, where)
		c.pools(s, p, where, served)
		c.reservations(s, p, where)
	}
	c.overlaps(prefixes, paths)
	if list := c.HA(); len(served) > 0 && len(list) == 1 && list[0].Mode == conf.LoadBalancing {
		for _, p := range list[0].Peers {
			if p.Role != conf.Backup && !served[conf.HAClass(p.Name)] {
				c.warnf(RuleClass, c.path, "No pool is for the clients of peer %q (class %s)", p.Name, conf.HAClass(p.Name))
			}
		}
	}
}

// overlaps finds subnets within subnets: prefixes never overlap otherwise.
func (c *checker) overlaps(prefixes []netip.Prefix, paths []string) {
	order := make([]int, len(prefixes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if n := prefixes[a].Addr().Compare(prefixes[b].Addr()); n != 0 {
			return n
		}
		return prefixes[a].Bits() - prefixes[b].Bits()
	})
	var around []int // the subnets that the current one may lie in, outermost first
	for _, i := range order {
		for len(around) > 0 && !prefixes[around[len(around)-1]].Overlaps(prefixes[i]) {
			around = around[:len(around)-1]
		}
		if len(around) > 0 {
			outer := prefixes[around[len(around)-1]]
			if outer == prefixes[i] {
				c.errorf(RuleSubnetOverlap, paths[i], "Subnet %s is there twice", outer)
			} else {
				c.warnf(RuleSubnetOverlap, paths[i], "Subnet %s lies in subnet %s: Kea serves the clients of an address in both from one of them", prefixes[i], outer)
			}
		}
		around = append(around, i)
	}
}

func (c *checker) pools(s *conf.Subnet, subnet netip.Prefix, where string, served map[string]bool) {
	c.class(s.ClientClass, where)
	var spans []span
	for i := range s.Pools {
		p, where := &s.Pools[i], at(where+".pools", i)
		c.class(p.ClientClass, where)
		served[p.ClientClass] = true
		c.unclassed(s, p, where)
		from, to, ok := p.Bounds()
		switch {
		case !ok || to.Less(from):
			c.errorf(RulePool, where+".pool", "%q is neither a first and last address nor a prefix", p.Range)
			continue
		case !subnet.Contains(from) || !subnet.Contains(to):
			c.errorf(RulePool, where+".pool", "%s does not lie in subnet %s", p.Range, subnet)
		}
		spans = append(spans, span{from, to, where})
	}
	slices.SortStableFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i-1].overlaps(spans[i]) {
			c.errorf(RulePoolOverlap, spans[i].path, "Pools %s and %s overlap", spans[i-1], spans[i])
		}
	}
}

// class holds that a class of high availability is a peer's.
func (c *checker) class(class, where string) {
	peer, isHA := strings.CutPrefix(class, conf.HAClass(""))
	list := c.HA()
	if !isHA || len(list) != 1 || len(list[0].Peers) == 0 {
		if isHA && len(list) == 0 {
			c.warnf(RuleClass, where+".client-class", "%s is a class of high availability, which this server does not have", class)
		}
		return
	}
	p := list[0].Peer(peer)
	switch {
	case p == nil:
		c.errorf(RuleClass, where+".client-class", "%s names no peer, so no client is ever in it", class)
	case p.Role == conf.Backup, p.Role == conf.Standby:
		c.warnf(RuleClass, where+".client-class", "%s is the class of a peer that serves only when another is down", class)
	}
}

// unclassed warns of a pool that both servers of a load-balancing pair give out.
func (c *checker) unclassed(s *conf.Subnet, p *conf.Pool, where string) {
	if list := c.HA(); len(list) == 1 && list[0].Mode == conf.LoadBalancing && s.ClientClass == "" && p.ClientClass == "" {
		if _, more := p.Rest.Get("client-classes"); !more {
			c.warnf(RuleClass, where, "The pool has no class: both servers offer its addresses, and the same one twice when they are quick")
		}
	}
}

func (c *checker) reservations(s *conf.Subnet, subnet netip.Prefix, where string) {
	addresses, clients := map[netip.Addr]bool{}, map[string]bool{}
	for i := range s.Reservations {
		r, where := &s.Reservations[i], at(where+".reservations", i)
		count := 0
		for _, id := range []struct{ kind, value string }{
			{"hw-address", r.HWAddress}, {"duid", r.DUID}, {"client-id", r.ClientID}, {"circuit-id", r.CircuitID}, {"flex-id", r.FlexID},
		} {
			if id.value == "" {
				continue
			}
			count++
			key := id.kind + " " + strings.ToLower(id.value)
			if clients[key] {
				c.errorf(RuleReservation, where, "The client with %s %s is reserved twice", id.kind, id.value)
			}
			clients[key] = true
		}
		if count != 1 {
			c.errorf(RuleReservation, where, "A reservation has one identifier of its client, this has %d", count)
		}
		list := r.IPAddresses
		if r.IPAddress != "" {
			list = append([]string{r.IPAddress}, list...)
		}
		for _, text := range list {
			a, err := netip.ParseAddr(text)
			switch {
			case err != nil || a.Is4() != (c.family == 4):
				c.errorf(RuleReservation, where, "%q is no address of IPv%d", text, c.family)
			case c.family == 4 && !subnet.Contains(a):
				c.errorf(RuleReservation, where, "%s does not lie in subnet %s", a, subnet)
			case addresses[a]:
				c.errorf(RuleReservation, where, "The address %s is reserved twice", a)
			}
			addresses[a] = true
		}
	}
}
