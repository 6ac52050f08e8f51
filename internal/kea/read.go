package kea

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"halxml/internal/intake"
	"halxml/internal/kea/check"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
)

// Source is the configuration file of one daemon of a server.
type Source struct {
	Server string
	Name   string // of the file
	File   *conf.File
}

// Read says in the domain's words what files of Kea's daemons say, of failover partners together: subnets, pools,
// reservations and high availability. All else stays in the files, which Render takes as its base.
func Read(sources []Source) *intake.Intake {
	in := &intake.Intake{}
	var daemons []*daemon
	for _, s := range sources {
		at := intake.Place{File: s.Name}
		server := serverOf(in, s)
		for _, f := range check.File(s.File) {
			if f.Severity == check.Error {
				in.Note(intake.Refused, placeOf(s.File, s.Name, f.Path), f.Path+": "+f.Text)
			}
		}
		for _, d := range []*daemon{
			{Server: s.File.Dhcp4, service: model.DHCPv4, part: model.DHCPv4Part},
			{Server: s.File.Dhcp6, service: model.DHCPv6, part: model.DHCPv6Part},
		} {
			if d.Server == nil {
				continue
			}
			if server.Daemons[d.part] != "" {
				in.Note(intake.Refused, at, "the server has two configurations for "+string(d.service))
				continue
			}
			d.in, d.at, d.of = in, placeOf(s.File, s.Name, d.root()), server
			d.place = func(path string) intake.Place { return placeOf(s.File, s.Name, d.root()+"."+path) }
			f := &conf.File{Dhcp4: d.Server}
			if d.service == model.DHCPv6 {
				f = &conf.File{Dhcp6: d.Server}
			}
			server.Daemons[d.part] = string(conf.Print(f))
			in.Note(intake.Kept, at, string(d.service)+": all but subnets, pools, reservations and high availability")
			d.networks()
			daemons = append(daemons, d)
		}
	}
	for _, d := range daemons {
		d.relationship(daemons)
	}
	in.Sort()
	return in
}

// serverOf is the server of a file; its two daemons have a file each.
func serverOf(in *intake.Intake, s Source) *intake.Server {
	for _, known := range in.Servers {
		if model.FoldName(known.Name) == model.FoldName(s.Server) {
			return known
		}
	}
	server := &intake.Server{Name: s.Server, Kind: model.KindKea, Place: intake.Place{File: s.Name},
		Networks: map[string]*intake.Statements{}, Daemons: map[model.StatementsPart]string{}}
	in.Servers = append(in.Servers, server)
	return server
}

// daemon is the configuration of one daemon while it is read.
type daemon struct {
	*conf.Server
	service model.ServiceType
	part    model.StatementsPart
	in      *intake.Intake
	at      intake.Place
	place   func(path string) intake.Place // of what lies in it
	of      *intake.Server
}

// placeOf is where the object begins that a path leads to.
func placeOf(f *conf.File, name, path string) intake.Place {
	pos := f.Place(path)
	if pos.Line == 0 {
		return intake.Place{File: name}
	}
	return intake.Place{File: pos.File, Line: pos.Line}
}

// root is the daemon's key in a file.
func (d *daemon) root() string { return "Dhcp" + strconv.Itoa(d.family()) }

func (d *daemon) family() int {
	if d.service == model.DHCPv6 {
		return 6
	}
	return 4
}

// networks reads subnets with their pools and reservations, and the reservations of the server as a whole.
func (d *daemon) networks() {
	subnets, paths := d.AllSubnets(d.family())
	for i, s := range subnets {
		at := d.place(paths[i])
		prefix, err := netip.ParsePrefix(s.Prefix)
		if err != nil || prefix.Masked() != prefix {
			d.in.Note(intake.Refused, at, paths[i]+": "+s.Prefix+" is not a prefix without host bits")
			continue
		}
		scope := &intake.Scope{Place: at, Prefix: prefix, SubnetID: uint32(s.ID), Superscope: d.network(s), Description: said(s.UserContext, s.Rest)}
		d.pools(scope, s, paths[i])
		scope.Hosts = d.hosts(s.Reservations, paths[i]+".reservations")
		d.of.Scopes = append(d.of.Scopes, scope)
		d.in.Note(intake.Taken, at, paths[i]+": subnet "+prefix.String()+" with "+strconv.Itoa(len(scope.Pools))+" pools and "+
			strconv.Itoa(len(scope.Hosts))+" reservations")
		if s.ID == 0 {
			d.in.Note(intake.Changed, at, paths[i]+": the subnet has no id, and gets one; Kea numbers such subnets itself, and leases refer to that number")
		}
	}
	d.of.Hosts = append(d.of.Hosts, d.hosts(d.Reservations, "reservations")...)
}

// said is the comment of an object, which Kea moves into the user context.
func said(objects ...conf.Object) string {
	for _, o := range objects {
		if v, ok := o.Get("comment"); ok {
			if text, ok := v.(string); ok {
				return strings.ToValidUTF8(text, "?")
			}
		}
	}
	return ""
}

// network is the name of the shared network that a subnet is in.
func (d *daemon) network(s *conf.Subnet) string {
	for _, n := range d.SharedNetworks {
		for _, list := range [][]conf.Subnet{n.Subnets4, n.Subnets6} {
			for i := range list {
				if &list[i] == s {
					return n.Name
				}
			}
		}
	}
	return ""
}

// pools reads the pools of a subnet. The shares of two partners of one pool follow each other and are one pool again.
func (d *daemon) pools(scope *intake.Scope, s *conf.Subnet, path string) {
	shared := func(p *conf.Pool) bool { return strings.HasPrefix(p.ClientClass, conf.HAClass("")) }
	type placed struct {
		*conf.Pool
		at intake.Place
	}
	pools := make([]placed, len(s.Pools))
	for i := range s.Pools {
		pools[i] = placed{&s.Pools[i], d.place(path + ".pools[" + strconv.Itoa(i) + "]")}
	}
	slices.SortFunc(pools, func(a, b placed) int {
		x, _, _ := a.Bounds()
		y, _, _ := b.Bounds()
		return x.Compare(y)
	})
	var before *conf.Pool
	for _, p := range pools {
		from, to, ok := p.Bounds()
		if !ok {
			d.in.Note(intake.Refused, p.at, "the pool "+p.Range+" is not a run of addresses")
			continue
		}
		if n := len(scope.Pools); before != nil && shared(before) && shared(p.Pool) && before.ClientClass != p.ClientClass {
			if last := &scope.Pools[n-1].Ranges[0]; last.To.Next() == from {
				last.To, before = to, nil
				continue
			}
		}
		before = p.Pool
		scope.Pools = append(scope.Pools, &intake.Pool{Place: p.at, Ranges: []intake.Range{{From: from, To: to}}})
	}
}

// hosts reads reservations. Those whose client the domain has no word for stay in the file.
func (d *daemon) hosts(list []conf.Reservation, path string) (out []*intake.Host) {
	for i := range list {
		o, at := &list[i], d.place(path+"["+strconv.Itoa(i)+"]")
		h := &intake.Host{Place: at}
		h.Type, h.DDNSHostName = model.ReserveBoth, o.Hostname
		if d.foreign(o) {
			d.in.Note(intake.Kept, at, path+": a reservation by another identifier than the service knows")
			continue
		}
		h.Client, h.Method = o.HWAddress, model.ByHardwareAddress
		if id := o.ClientID + o.DUID; o.HWAddress == "" {
			h.Client, h.Method = octetsOf(id), model.ByClientIdentifier
		}
		texts := o.IPAddresses
		if o.IPAddress != "" {
			texts = []string{o.IPAddress}
		}
		for _, text := range texts {
			a, err := netip.ParseAddr(text)
			if err != nil {
				d.in.Note(intake.Refused, at, path+": "+text+" is not an IP address")
				continue
			}
			h.Addresses = append(h.Addresses, a)
		}
		out = append(out, h)
	}
	return out
}

// foreign reports whether a reservation is for a client whose identifier the domain has no word for.
func (d *daemon) foreign(o *conf.Reservation) bool { return foreign(o, d.service == model.DHCPv6) }

func foreign(o *conf.Reservation, v6 bool) bool {
	return o.CircuitID != "" || o.FlexID != "" || !v6 && o.DUID != "" || v6 && o.ClientID != "" ||
		o.HWAddress == "" && !pairs.MatchString(octetsOf(o.ClientID+o.DUID))
}

// octetsOf is an identifier as bytes with colons between; Kea takes it without them too, and as a text in quotes.
func octetsOf(id string) string {
	if strings.Contains(id, ":") || len(id)%2 != 0 {
		return id
	}
	var parts []string
	for i := 0; i < len(id); i += 2 {
		parts = append(parts, id[i:i+2])
	}
	return strings.Join(parts, ":")
}

// ha is where the relationship is said.
func (d *daemon) ha() intake.Place {
	_, i := d.Hook(conf.HALibrary)
	return d.place("hooks-libraries[" + strconv.Itoa(i) + "].parameters.high-availability[0]")
}

// relationship reads the high availability of a primary, with the file of its partner.
func (d *daemon) relationship(all []*daemon) {
	list := d.HA()
	if len(list) == 0 {
		return
	}
	ha := &list[0]
	own := ha.Peer(ha.ThisServerName)
	refuse := func(text string) { d.in.Note(intake.Refused, d.ha(), string(d.service)+" high availability: "+text) }
	if own == nil || len(list) > 1 {
		refuse("one relationship with this server among its peers is expected")
		return
	}
	if ha.Mode != conf.LoadBalancing && ha.Mode != conf.HotStandby {
		refuse("the mode " + ha.Mode + " is not load-balancing or hot-standby")
		return
	}
	other := slices.IndexFunc(ha.Peers, func(p conf.Peer) bool { return p.Name != own.Name && p.Role != conf.Backup })
	if other < 0 {
		refuse("it names no partner")
		return
	}
	i := slices.IndexFunc(all, func(o *daemon) bool {
		theirs := o.HA()
		return o.of != d.of && o.service == d.service && len(theirs) == 1 && theirs[0].ThisServerName == ha.Peers[other].Name && theirs[0].Mode == ha.Mode && theirs[0].Peer(own.Name) != nil
	})
	if i < 0 {
		refuse("the partner " + ha.Peers[other].Name + " has no file here that says the same; give the files of both servers")
		return
	}
	partner := all[i]
	address(d.of, own.URL, refuse)
	if own.Role != conf.Primary {
		return // its partner tells of both
	}
	rel := &intake.Relationship{Primary: intake.End{Place: d.ha(), Server: d.of}, Secondary: intake.End{Place: partner.ha(), Server: partner.of}}
	rel.Name, rel.Kind, rel.ServiceType, rel.Mode = own.Name+"-"+ha.Peers[other].Name, model.KindKea, d.service, model.LoadBalance
	if ha.Mode == conf.HotStandby {
		rel.Mode = model.HotStandby
	}
	rel.Port, rel.SecondaryPort = port(own.URL), port(ha.Peers[other].URL)
	if ha.MaxResponseDelay != nil && *ha.MaxResponseDelay%1000 == 0 {
		rel.MaxResponseDelay = uint32(*ha.MaxResponseDelay / 1000)
	}
	if mt := ha.MultiThreading; mt != nil && mt.DedicatedListener != nil {
		rel.DedicatedEndpoints = *mt.DedicatedListener
	}
	for _, s := range d.of.Scopes {
		for _, theirs := range partner.of.Scopes {
			if s.Prefix == theirs.Prefix && s.SubnetID != theirs.SubnetID {
				partner.in.Note(intake.Changed, partner.ha(), "subnet "+s.Prefix.String()+": its id becomes that of the primary, "+strconv.FormatUint(uint64(s.SubnetID), 10))
				theirs.SubnetID = s.SubnetID
			}
		}
	}
	if !sameScopes(d, partner) {
		refuse("server " + partner.of.Name + " has other subnets or pools; partners serve the same")
	}
	for _, end := range []struct {
		d    *daemon
		peer *conf.Peer
	}{{d, own}, {partner, &ha.Peers[other]}} {
		if end.peer.Name != peerName(&model.Server{Name: end.d.of.Name}) {
			end.d.in.Note(intake.Changed, end.d.ha(), "the peer "+end.peer.Name+" is called "+end.d.of.Name)
		}
		end.d.in.Note(intake.Taken, end.d.ha(), "relationship "+rel.Name+" of "+string(d.service))
	}
	d.in.Relationships = append(d.in.Relationships, rel)
}

// address takes a server's address from the URL that its partner calls it by.
func address(s *intake.Server, url string, refuse func(string)) {
	ap, err := netip.ParseAddrPort(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(url, "http://"), "https://"), "/"))
	if err != nil {
		refuse("the URL " + url + " has no address and port")
		return
	}
	if s.Address == "" {
		s.Address = ap.Addr().String()
	}
}

func port(url string) uint32 {
	_, text, _ := strings.Cut(strings.TrimSuffix(url, "/"), "]:")
	if text == "" {
		text = url[strings.LastIndexByte(strings.TrimSuffix(url, "/"), ':')+1:]
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(text, "/"), 10, 16)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// sameScopes reports whether two daemons have the same subnets with the same pools.
func sameScopes(a, b *daemon) bool {
	served := func(d *daemon) (all []string) {
		for _, s := range d.of.Scopes {
			if s.Prefix.Addr().Is6() != (d.service == model.DHCPv6) {
				continue
			}
			all = append(all, s.Prefix.String()+" "+s.Superscope)
			for _, p := range s.Pools {
				all = append(all, p.Ranges[0].From.String()+"-"+p.Ranges[0].To.String())
			}
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(served(a), served(b))
}
