package dhcpd

import (
	"net/netip"
	"slices"
	"strconv"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/intake"
	"halxml/internal/model"
)

// side is the declaration of a peer in one file.
type side struct {
	*reader
	*conf.FailoverPeer
}

// joinPeers makes relationships of the peers that two files declare, one as primary and one as secondary. A peer that no
// other file declares stays as it is.
func joinPeers(in *intake.Intake, readers []*reader) {
	sides := map[string][]side{}
	var names []string
	for _, r := range readers {
		seen := map[string]bool{}
		for s := range r.file.All() {
			p, ok := s.(*conf.FailoverPeer)
			if !ok || seen[p.Name] {
				continue // check has refused the second one
			}
			seen[p.Name] = true
			if sides[p.Name] == nil {
				names = append(names, p.Name)
			}
			sides[p.Name] = append(sides[p.Name], side{r, p})
		}
	}
	slices.Sort(names)
	for _, name := range names {
		joined := map[*conf.FailoverPeer]bool{}
		for i, a := range sides[name] {
			for _, b := range sides[name][i+1:] {
				if joined[a.FailoverPeer] || joined[b.FailoverPeer] || !meet(a, b, len(sides[name]) == 2) {
					continue
				}
				joined[a.FailoverPeer], joined[b.FailoverPeer] = true, true
				join2(in, a, b)
			}
		}
		for _, s := range sides[name] {
			if len(sides[name]) > 1 && !joined[s.FailoverPeer] {
				in.Note(intake.Refused, placeOf(s.FailoverPeer), "failover peer "+name+": the other files declare it too, but not with the addresses of this one")
			}
		}
	}
}

func placeOf(s conf.Statement) intake.Place {
	pos := s.Place().Pos
	return intake.Place{File: pos.File, Line: pos.Line}
}

// meet reports whether two declarations are of one relationship: each calls the other by the address that it has itself,
// as far as it says. alone are the only two of a name: what is wrong between them is told when they are joined.
func meet(a, b side, alone bool) bool {
	same := func(x, y string) bool { return x == "" || x == y }
	return alone || same(a.Text(conf.PeerAddress), b.Text(conf.PeerPeerAddress)) && same(b.Text(conf.PeerAddress), a.Text(conf.PeerPeerAddress))
}

// join2 makes a relationship of two declarations.
func join2(in *intake.Intake, a, b side) {
	refuse := func(s side, key conf.PeerKey, text string) {
		at := placeOf(s.FailoverPeer)
		if set := s.Setting(key); set != nil {
			at = intake.Place{File: set.Pos.File, Line: set.Pos.Line}
		}
		in.Note(intake.Refused, at, "failover peer "+s.Name+": "+text)
	}
	switch {
	case a.Secondary() && b.Secondary():
		refuse(b, conf.PeerSecondary, "server "+a.server.Name+" is secondary too")
		return
	case !a.Secondary() && !b.Secondary():
		refuse(b, conf.PeerPrimary, "server "+a.server.Name+" is primary too, as a peer without a role is")
		return
	case a.Secondary():
		a, b = b, a
	}
	for _, s := range [][2]side{{a, b}, {b, a}} {
		if own := s[0].Text(conf.PeerAddress); own != "" && own != s[1].Text(conf.PeerPeerAddress) {
			refuse(s[0], conf.PeerAddress, "the address is "+own+", but server "+s[1].server.Name+" has the peer address "+s[1].Text(conf.PeerPeerAddress))
		}
	}
	for _, s := range [][2]side{{a, b}, {b, a}} {
		called := s[1].Text(conf.PeerPeerAddress)
		if addr, err := netip.ParseAddr(called); err == nil && addr.Is4() && s[0].server.Address == "" && s[0].Text(conf.PeerAddress) == "" {
			s[0].server.Address = called
		}
	}
	rel := &intake.Relationship{Primary: a.end(), Secondary: b.end()}
	rel.Name, rel.Kind, rel.Mode, rel.ServiceType = a.Name, model.KindISC, model.LoadBalance, model.DHCPv4
	rel.MCLT = a.number(&rel.Primary, conf.PeerMCLT, model.DefaultMCLT, 86400)
	rel.Port = a.port(in, conf.PeerPort)
	rel.SecondaryPort = b.port(in, conf.PeerPort)
	rel.MaxResponseDelay = a.number(&rel.Primary, conf.PeerMaxResponseDelay, 20, 65535)
	rel.MaxUnackedUpdates = a.number(&rel.Primary, conf.PeerMaxUnackedUpdates, 100, 65535)
	rel.LoadBalanceMaxSeconds = a.number(&rel.Primary, conf.PeerLoadBalance, 0, 65535)
	if rel.LoadBalanceMaxSeconds == 0 { // off
		rel.LoadBalanceMaxSeconds = model.DefaultLoadBalanceMaxSeconds
		rel.Primary.Statements.Add(1, "load balance max seconds 0;")
		rel.Secondary.Statements.Add(1, "load balance max seconds 0;")
	}
	for _, set := range a.Settings {
		if share, ok := Share(set); ok {
			rel.Percentage = share
			if set.Key == conf.PeerHBA || set.Value != strconv.Itoa(rel.Split()) {
				rel.Primary.Statements.Add(1, string(set.Key)+" "+set.Value+";")
			}
		}
	}
	a.rest(&rel.Primary)
	b.rest(&rel.Secondary)
	for _, d := range []struct {
		key  conf.PeerKey
		have uint32
	}{{conf.PeerMaxResponseDelay, rel.MaxResponseDelay}, {conf.PeerMaxUnackedUpdates, rel.MaxUnackedUpdates}, {conf.PeerLoadBalance, rel.LoadBalanceMaxSeconds}, {conf.PeerMCLT, rel.MCLT}} {
		if n, ok := b.Number(d.key); ok && n != int64(d.have) && a.Text(d.key) != b.Text(d.key) {
			set := b.Setting(d.key)
			in.Note(intake.Changed, intake.Place{File: set.Pos.File, Line: set.Pos.Line},
				string(d.key)+" is "+strconv.FormatUint(uint64(d.have), 10)+" on both servers, as the primary says")
		}
	}
	for _, ends := range [][2]side{{a, b}, {b, a}} {
		if set := ends[0].Setting(conf.PeerPeerPort); set != nil && set.Value != ends[1].Text(conf.PeerPort) && ends[1].Text(conf.PeerPort) != "" {
			in.Note(intake.Changed, intake.Place{File: set.Pos.File, Line: set.Pos.Line}, "the peer port is "+ends[1].Text(conf.PeerPort)+", where server "+ends[1].server.Name+" listens")
		}
		ends[0].peers[a.Name] = true
		in.Note(intake.Taken, placeOf(ends[0].FailoverPeer), "failover peer "+a.Name)
	}
	in.Relationships = append(in.Relationships, rel)
}

// end is what a declaration says of its own server.
func (s side) end() intake.End {
	out := intake.End{Place: placeOf(s.FailoverPeer), Server: s.server, Address: s.Text(conf.PeerAddress), Partner: s.Text(conf.PeerPeerAddress)}
	if a, err := netip.ParseAddr(out.Address); err == nil && a.Is4() && s.server.Address == "" {
		s.server.Address = out.Address
	}
	for _, line := range [][]string{own(s.Comments), trailing(&s.FailoverPeer.Meta)} {
		for _, c := range line {
			out.Statements.Add(0, c)
		}
	}
	return out
}

// number is the value of a setting, the default of dhcpd where it has none. A value that the domain does not allow holds
// as the operator's.
func (s side) number(end *intake.End, key conf.PeerKey, standard uint32, most int64) uint32 {
	n, ok := s.Number(key)
	switch {
	case !ok || n == 0:
		return standard
	case n < 0 || n > most:
		end.Statements.Add(1, string(key)+" "+s.Text(key)+";")
		return standard
	}
	return uint32(n)
}

// port is the port that a side listens on.
func (s side) port(in *intake.Intake, key conf.PeerKey) uint32 {
	n, ok := s.Number(key)
	if !ok || n == 0 {
		return model.FirstFailoverPort
	}
	if n < 0 || n > 65535 {
		set := s.Setting(key)
		in.Note(intake.Refused, intake.Place{File: set.Pos.File, Line: set.Pos.Line}, "failover peer "+s.Name+": the port "+set.Value+" is not in 1..65535")
		return model.FirstFailoverPort
	}
	return uint32(n)
}

// rest keeps the settings that are no parameters of a relationship, and all comments.
func (s side) rest(end *intake.End) {
	taken := []conf.PeerKey{conf.PeerPrimary, conf.PeerSecondary, conf.PeerAddress, conf.PeerPort, conf.PeerPeerAddress, conf.PeerPeerPort,
		conf.PeerMaxResponseDelay, conf.PeerMaxUnackedUpdates, conf.PeerMCLT, conf.PeerSplit, conf.PeerHBA, conf.PeerLoadBalance}
	for _, set := range s.Settings {
		for _, c := range append(own(set.Comments), trailing(&set.Meta)...) {
			end.Statements.Add(2, c)
		}
		if !slices.Contains(taken, set.Key) {
			end.Statements.Add(2, string(set.Key)+" "+set.Value+";")
		}
	}
	for _, c := range own(s.Tail) {
		end.Statements.Add(3, c)
	}
}
