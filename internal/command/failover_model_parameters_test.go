package command_test

import "slices"

// defaults fills in what was not given and checks what was.
func (w *world) defaults(r *wRelationship) error {
	p := r.wParameters
	def := func(v *uint32, to uint32) {
		if *v == 0 {
			*v = to
		}
	}
	if r.mode == "" || r.kind == "ISC" {
		r.mode = "LoadBalance"
	}
	if r.service == "" {
		r.service = "DHCPv4"
	}
	switch {
	case r.kind == "ISC":
		if r.service == "DHCPv6" {
			return refuse("DHCPv6")
		}
		p.safe = 0
		def(&p.mclt, 3600)
		def(&p.percentage, 50)
		def(&p.balance, 3)
		def(&p.delay, 60)
		def(&p.unacked, 10)
		if p.port == 0 {
			p.port = w.freePort(r.primary)
		} else if w.portTaken(r.primary, p.port, 0) {
			return refuse("port")
		}
		switch {
		case p.secondaryPort != 0 && w.portTaken(r.secondary, p.secondaryPort, 0):
			return refuse("secondaryPort")
		case p.secondaryPort == 0 && !w.portTaken(r.secondary, p.port, 0):
			p.secondaryPort = p.port
		case p.secondaryPort == 0:
			p.secondaryPort = w.freePort(r.secondary)
		}
	case r.kind == "MSDHCP":
		if r.service == "DHCPv6" {
			return refuse("DHCPv6")
		}
		p = wParameters{mclt: p.mclt, safe: p.safe, percentage: p.percentage}
		def(&p.mclt, 3600)
		if r.mode == "HotStandby" {
			def(&p.percentage, 5)
		}
		def(&p.percentage, 50)
	default:
		p = wParameters{port: p.port, secondaryPort: p.secondaryPort}
	}
	r.wParameters = p
	return r.bounds()
}

// bounds checks a relationship's numbers; those that do not apply are 0.
func (r *wRelationship) bounds() error {
	for _, n := range []struct{ v, most uint32 }{
		{r.mclt, 86400}, {r.percentage, 100}, {r.port, 65535}, {r.secondaryPort, 65535},
		{r.balance, 65535}, {r.delay, 65535}, {r.unacked, 65535},
	} {
		if n.v > n.most {
			return refuse("%d is more than %d", n.v, n.most)
		}
	}
	return nil
}

func (w *world) portTaken(server string, port uint32, self int) bool {
	return slices.ContainsFunc(w.on(server), func(r *wRelationship) bool {
		return r.id != self && r.portOn(server) == port
	})
}

func (w *world) freePort(server string) uint32 {
	port := uint32(647)
	for w.portTaken(server, port, 0) {
		port++
	}
	return port
}

// modifyRelationship is ModifyDHCPFailoverRelationship.
func (w *world) modifyRelationship(server, name, primary, secondary, mode string, p wParameters) error {
	r := w.named(server, name)
	switch {
	case w.server(server) == nil || r == nil:
		return refuse("%s", name)
	case kea(r.kind):
		return refuse("remove and add")
	case primary != "" && primary != r.primary, secondary != "" && secondary != r.secondary:
		return refuse("remove and add")
	}
	keep := func(v *uint32, given uint32) {
		if given != 0 {
			*v = given
		}
	}
	keep(&r.mclt, p.mclt)
	keep(&r.percentage, p.percentage)
	if r.kind == "MSDHCP" {
		keep(&r.safe, p.safe)
		if mode != "" {
			r.mode = mode
		}
	} else {
		if p.port != 0 && w.portTaken(r.primary, p.port, r.id) ||
			p.secondaryPort != 0 && w.portTaken(r.secondary, p.secondaryPort, r.id) {
			return refuse("port")
		}
		keep(&r.port, p.port)
		keep(&r.secondaryPort, p.secondaryPort)
		keep(&r.balance, p.balance)
		keep(&r.delay, p.delay)
		keep(&r.unacked, p.unacked)
	}
	w.event("Modification relationship %s", r.name)
	return r.bounds()
}
