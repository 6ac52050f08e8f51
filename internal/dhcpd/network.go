package dhcpd

import (
	"net/netip"
	"slices"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/errs"
	"halxml/internal/model"
)

// placed is a scope with its subnet.
type placed struct {
	*Scope
	subnet netip.Prefix
}

// networks writes all scopes: those of one superscope as a shared network, which stands where its first subnet belongs.
func (r *renderer) networks() ([]conf.Statement, error) {
	scopes := make([]placed, 0, len(r.snap.Scopes))
	for i := range r.snap.Scopes {
		s := &r.snap.Scopes[i]
		subnet, ok := cidr(s.Range.From, s.Range.To)
		switch {
		case s.Range.From.Is6():
			r.note(IPv6, s.Ref(), "Scope "+s.Range.Name+" is of IPv6, which another file configures.")
			continue
		case !ok:
			return nil, errs.Errorf(errs.Invalid, "Scope %s of server %s is not a CIDR block, which an ISC server needs.", s.Range.Name, r.snap.Server.Name)
		}
		scopes = append(scopes, placed{s, subnet})
	}
	slices.SortFunc(scopes, func(a, b placed) int {
		if c := a.subnet.Addr().Compare(b.subnet.Addr()); c != 0 {
			return c
		}
		return a.subnet.Bits() - b.subnet.Bits()
	})
	partners, err := r.partners()
	if err != nil {
		return nil, err
	}
	shared := map[string]*conf.SharedNetwork{}
	var out []conf.Statement
	for i, s := range scopes {
		if i > 0 && scopes[i-1].subnet == s.subnet {
			return nil, errs.Errorf(errs.Conflict, "Server %s has two scopes of %s.", r.snap.Server.Name, s.subnet)
		}
		subnet, err := r.subnet(s, partners)
		if err != nil {
			return nil, err
		}
		if s.Superscope == "" {
			out = append(out, subnet)
			continue
		}
		network := shared[s.Superscope]
		if network == nil {
			network = &conf.SharedNetwork{Name: s.Superscope}
			r.write(&network.Block, place{r.snap.Server.Ref(), model.SharedNetworkPart, s.Superscope})
			network.Comments, network.Tail = network.Tail, nil // they are not those of the first subnet
			shared[s.Superscope] = network
			out = append(out, network)
		}
		network.Statements = append(network.Statements, subnet)
	}
	return out, nil
}

// partner is a relationship and what the other server serves under it.
type partner struct {
	*Relationship
	pools map[block]bool
}

func (r *renderer) partners() (map[model.ID]partner, error) {
	out := make(map[model.ID]partner, len(r.snap.Relationships))
	for i := range r.snap.Relationships {
		rel := &r.snap.Relationships[i]
		if !rel.Joins(r.snap.Server.ID) {
			return nil, errs.Errorf(errs.Internal, "Server %s is no end of failover relationship %s.", r.snap.Server.Name, rel.Name)
		}
		out[rel.ID] = partner{rel, rel.shared()}
	}
	return out, nil
}

// subnet writes a scope. A disabled one keeps its subnet, so that dhcpd still knows the wire, and has no pools: a pool
// without addresses is an error for dhcpd.
func (r *renderer) subnet(s placed, partners map[model.ID]partner) (*conf.Subnet, error) {
	out := &conf.Subnet{Network: s.subnet.Addr(), Mask: netmask(s.subnet)}
	if s.Scope.Name != s.subnet.String() { // that would say the line below once more
		out.Comments = conf.Comment(s.Scope.Name)
	}
	out.Comments = append(out.Comments, conf.Comment(s.Description)...)
	if !s.Enabled {
		out.Comments = append(out.Comments, conf.Comment("(disabled)")...)
		return out, nil
	}
	options, err := r.optionsOf(s.Ref(), "scope "+s.subnet.String())
	if err != nil {
		return nil, err
	}
	r.write(&out.Block, place{owner: s.Ref()}, options...)
	pools := make([]*model.Pool, len(s.Pools))
	for i := range s.Pools {
		pools[i] = &s.Pools[i]
	}
	slices.SortFunc(pools, func(a, b *model.Pool) int { return a.From.Compare(b.From) })
	for i, p := range pools {
		switch {
		case !s.subnet.Contains(p.From) || !s.subnet.Contains(p.To) || p.To.Less(p.From):
			return nil, errs.Errorf(errs.Invalid, "Address pool %s-%s does not lie in scope %s of server %s.", p.From, p.To, s.subnet, r.snap.Server.Name)
		case i > 0 && !pools[i-1].To.Less(p.From):
			return nil, errs.Errorf(errs.Conflict, "Address pools %s-%s and %s-%s of server %s overlap.",
				pools[i-1].From, pools[i-1].To, p.From, p.To, r.snap.Server.Name)
		}
		pool, err := r.pool(s, p, partners)
		if err != nil {
			return nil, err
		}
		out.Statements = append(out.Statements, pool)
	}
	hosts, err := r.hosts(s.Ref())
	if err != nil {
		return nil, err
	}
	out.Statements = append(out.Statements, hosts...) // comments behind the operator's statements stay behind all
	return out, nil
}

func (r *renderer) pool(s placed, p *model.Pool, partners map[model.ID]partner) (*conf.Pool, error) {
	out := &conf.Pool{}
	if p.Name != p.From.String()+"-"+p.To.String() {
		out.Comments = conf.Comment(p.Name)
	}
	r.write(&out.Block, place{owner: p.Ref()})
	ownBOOTP := slices.ContainsFunc(out.Statements, func(s conf.Statement) bool {
		permit, ok := s.(*conf.Permit)
		return ok && permit.Who == conf.PermitDynamicBOOTP
	})
	failover, own := false, len(out.Statements)
	if p.PeerID != 0 {
		rel, ok := partners[p.PeerID]
		if !ok {
			return nil, errs.Errorf(errs.Internal, "Address pool %s-%s of server %s refers to a failover relationship that is not the server's.",
				p.From, p.To, r.snap.Server.Name)
		}
		if failover = rel.pools[block{s.subnet, p.From, p.To}]; failover {
			r.used[rel.ID] = true
			out.Statements = append(out.Statements, &conf.FailoverRef{Name: rel.Relationship.Name})
		} else {
			r.note(Unmigrated, p.Ref(), "Address pool "+p.From.String()+"-"+p.To.String()+" of scope "+s.subnet.String()+
				" is still to be migrated to the partner in failover relationship "+rel.Relationship.Name+".")
		}
	}
	permits, bootp, err := r.permits(p)
	if err != nil {
		return nil, err
	}
	options, err := r.optionsOf(p.Ref(), "address pool "+p.From.String()+"-"+p.To.String())
	if err != nil {
		return nil, err
	}
	out.Statements = append(append(out.Statements, options...), permits...)
	if failover && !bootp && !ownBOOTP {
		// Older servers refuse a failover pool without it: a BOOTP lease has no end that partners could agree on.
		out.Statements = append(out.Statements, &conf.Permit{Action: conf.Deny, Who: conf.PermitDynamicBOOTP})
	}
	out.Statements = append(out.Statements, &conf.Range{Low: p.From, High: p.To})
	if len(out.Tail) > 0 { // comments behind the operator's statements
		m := out.Statements[own].Place()
		m.Comments, out.Tail = append(out.Tail, m.Comments...), nil
	}
	return out, nil
}

// permits writes the permits of a pool; bootp reports whether one is about dynamic BOOTP.
func (r *renderer) permits(p *model.Pool) (out []conf.Statement, bootp bool, err error) {
	for _, m := range p.Permits {
		s := &conf.Permit{}
		switch m.Access {
		case "Allow":
			s.Action = conf.Allow
		case "Deny":
			s.Action = conf.Deny
		default:
			return nil, false, r.badPermit(p, "access", m.Access)
		}
		switch m.Permit {
		case "AllClients":
			s.Who = conf.PermitAll
		case "KnownClients":
			s.Who = conf.PermitKnown
		case "UnknownClients":
			s.Who = conf.PermitUnknown
		case "DynamicBOOTPClients":
			s.Who = conf.PermitDynamicBOOTP
			bootp = true
		case "MembersOfDHCPClass":
			if m.Class == "" {
				return nil, false, r.badPermit(p, "class", m.Class)
			}
			s.Who, s.Class = conf.PermitMembers, m.Class
			if r.classes[m.Class] == nil {
				r.classes[m.Class] = p
			}
		default:
			return nil, false, r.badPermit(p, "permit", m.Permit)
		}
		out = append(out, s)
	}
	return out, bootp, nil
}

func (r *renderer) badPermit(p *model.Pool, field, value string) error {
	return errs.Errorf(errs.Invalid, "A permit of address pool %s-%s of server %s has %s %q, which an ISC server does not know.",
		p.From, p.To, r.snap.Server.Name, field, value)
}
