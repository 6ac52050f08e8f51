package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"halxml/internal/model"
)

// Fact is one thing that a server's files say, in a sentence that tells it from
// all others of the server. The order of statements is no fact.
type Fact struct {
	Place
	Text string
}

// Lines are the places of a server's statements by their order.
func (in *Intake) Lines(s *Server) map[int]Place {
	out := map[int]Place{}
	for _, f := range in.Findings {
		if f.Kind == Kept && f.File == s.Place.File && f.Order > 0 {
			out[f.Order] = f.Place
		}
	}
	return out
}

// Facts are all that is said of a server.
func (in *Intake) Facts(s *Server) []Fact {
	f := &facts{lines: in.Lines(s)}
	whole := s.Place
	for _, d := range s.Definitions {
		f.add(whole, "definition of option %d: %s %s, list %t, vendor class %q", d.Number, d.Name, d.Type, d.Array, d.Vendor)
	}
	f.said(whole, "the server", s.Begin, s.Options)
	f.said(whole, "the end", s.End, nil)
	for name, n := range s.Networks {
		f.said(whole, "shared network "+name, *n, nil)
	}
	for _, scope := range s.Scopes {
		f.scope(scope)
	}
	f.groups("", s.Groups)
	f.hosts("the server", s.Hosts)
	for _, text := range s.Other {
		f.add(whole, "%s", text)
	}
	for _, r := range in.Relationships {
		for _, end := range []struct {
			role  string
			of    End
			owned bool
		}{{"primary", r.Primary, r.Primary.Server == s}, {"secondary", r.Secondary, r.Secondary.Server == s}} {
			if end.owned {
				f.relationship(r, end.role, end.of)
			}
		}
	}
	return f.all
}

type facts struct {
	all   []Fact
	lines map[int]Place // of statements, by their order
}

func (f *facts) add(at Place, format string, args ...any) {
	f.all = append(f.all, Fact{at, fmt.Sprintf(format, args...)})
}

func (f *facts) said(at Place, of string, statements Statements, options []model.Option) {
	for _, s := range statements {
		where, ok := f.lines[s.Order]
		if !ok {
			where = at
		}
		text := s.Text
		for strings.HasPrefix(text, "#") { // which may come to stand before another statement
			var comment string
			comment, text, _ = strings.Cut(text, "\n")
			f.add(where, "%s: %s", of, comment)
		}
		if text != "" {
			f.add(where, "%s: %s", of, text)
		}
	}
	for _, o := range options {
		f.add(at, "%s: option %s is %s", of, o.OptionID, o.Value)
	}
}

func (f *facts) scope(s *Scope) {
	of := "subnet " + s.Prefix.String()
	f.add(s.Place, "%s, id %d", of, s.SubnetID)
	if s.Superscope != "" {
		f.add(s.Place, "%s: in shared network %s", of, s.Superscope)
	}
	if s.Description != "" {
		f.add(s.Place, "%s: comment %q", of, s.Description)
	}
	f.said(s.Place, of, s.Statements, s.Options)
	for _, p := range s.Pools {
		for n, r := range p.Ranges {
			pool := of + ", pool " + r.String()
			f.add(p.Place, "%s", pool)
			if p.Peer != "" {
				f.add(p.Place, "%s: failover peer %s", pool, p.Peer)
			}
			if len(p.Permits) > 0 {
				f.add(p.Place, "%s: permits %v", pool, p.Permits)
			}
			f.said(p.Place, pool, p.Said(n), p.Options)
		}
	}
	f.hosts(of, s.Hosts)
}

func (f *facts) groups(in string, all []*Group) {
	for _, g := range all {
		of := "group " + g.Name
		f.add(g.Place, "%s in %q", of, in)
		f.said(g.Place, of, g.Statements, g.Options)
		f.groups(g.Name, g.Groups)
		f.hosts(of, g.Hosts)
	}
}

func (f *facts) hosts(in string, all []*Host) {
	for _, h := range all {
		of := "reservation " + h.Title()
		f.add(h.Place, "%s in %s: %s %s %v, boot %q %q %q, DNS %q", of, in, h.Method, h.Client, h.Addresses,
			h.Filename, h.ServerName, h.NextServer, h.DDNSHostName)
		f.said(h.Place, of, h.Statements, h.Options)
	}
}

func (f *facts) relationship(r *Relationship, role string, e End) {
	of := "failover peer " + r.Name
	f.add(e.Place, "%s: %s, address %q, of the partner %q", of, role, e.Address, e.Partner)
	for _, n := range []struct {
		name  string
		value any
	}{
		{"mode", r.Mode}, {"service", r.ServiceType}, {"mclt", r.MCLT}, {"share in percent", r.Percentage},
		{"port", r.Port}, {"secondary port", r.SecondaryPort}, {"load balance max seconds", r.LoadBalanceMaxSeconds},
		{"max response delay", r.MaxResponseDelay}, {"max unacked updates", r.MaxUnackedUpdates}, {"dedicated endpoints", r.DedicatedEndpoints},
	} {
		f.add(e.Place, "%s: %s %v", of, n.name, n.value)
	}
	f.said(e.Place, of, e.Statements, nil)
}

// String is from-to.
func (r Range) String() string { return r.From.String() + "-" + r.To.String() }

// Said are the statements of one of the pool's ranges: what is no setting is
// said once.
func (p *Pool) Said(n int) Statements {
	if n == 0 {
		return p.Statements
	}
	return slices.DeleteFunc(slices.Clone(p.Statements), func(s Statement) bool { return strings.HasPrefix(s.Text, "#") })
}

// Without are the facts that others lack, as often as they lack them.
func Without(all, others []Fact) (out []Fact) {
	left := make(map[string]int, len(others))
	for _, o := range others {
		left[o.Text]++
	}
	for _, a := range all {
		if left[a.Text]--; left[a.Text] < 0 {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Fact) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text)) })
	return out
}
