package intake

import (
	"slices"
	"strings"

	"halxml/internal/model"
)

// Pair is an object as two readings have it; one of them may lack it (nil).
type Pair[T any] struct{ Was, Now *T }

// Match pairs the objects of two readings by what identifies them: those with
// the same first key, of the rest those with the same second one, and so on; ""
// is no key. Those that are gone come first, then those of both in the order of
// now, then the new.
func Match[T any](was, now []*T, keys ...func(*T) string) []Pair[T] {
	of := make(map[*T]*T, len(now))
	taken := make(map[*T]bool, len(was))
	for _, key := range keys {
		index := make(map[string]*T, len(was))
		for _, w := range slices.Backward(was) {
			if k := key(w); k != "" && !taken[w] {
				index[k] = w
			}
		}
		for _, n := range now {
			if of[n] != nil {
				continue
			}
			if w := index[key(n)]; w != nil && !taken[w] {
				of[n], taken[w] = w, true
			}
		}
	}
	return pairs(was, now, of, taken)
}

func pairs[T any](was, now []*T, of map[*T]*T, taken map[*T]bool) (out []Pair[T]) {
	var fresh []Pair[T]
	for _, w := range was {
		if !taken[w] {
			out = append(out, Pair[T]{Was: w})
		}
	}
	for _, n := range now {
		if of[n] != nil {
			out = append(out, Pair[T]{of[n], n})
		} else {
			fresh = append(fresh, Pair[T]{Now: n})
		}
	}
	return append(out, fresh...)
}

// MatchScopes pairs scopes by their subnet.
func MatchScopes(was, now []*Scope) []Pair[Scope] {
	return Match(was, now, func(s *Scope) string { return s.Prefix.String() })
}

// Held is a reservation with what it belongs to: a scope, a group or, with
// neither, the server as a whole.
type Held struct {
	*Host
	Scope *Scope
	Group *Group
}

// In names what the reservation belongs to.
func (h *Held) In() string {
	switch {
	case h.Scope != nil:
		return "subnet " + h.Scope.Prefix.String()
	case h.Group != nil:
		return "group " + model.FoldName(h.Group.Name)
	}
	return ""
}

// HeldBy are the reservations of a scope, of a group or, with neither, of the
// server as a whole.
func HeldBy(hosts []*Host, s *Scope, g *Group) []*Held {
	out := make([]*Held, len(hosts))
	for i, h := range hosts {
		out[i] = &Held{Host: h, Scope: s, Group: g}
	}
	return out
}

// Held are all reservations of a server.
func (s *Server) Held() (out []*Held) {
	for _, scope := range s.Scopes {
		out = append(out, HeldBy(scope.Hosts, scope, nil)...)
	}
	for _, g := range s.Nested() {
		out = append(out, HeldBy(g.Hosts, nil, g.Group)...)
	}
	return append(out, HeldBy(s.Hosts, nil, nil)...)
}

// MatchHosts pairs reservations: those of one owner by name, client or address,
// then others by name or client, which went from one owner to another.
func MatchHosts(was, now []*Held) []Pair[Held] {
	name := func(h *Held) string { return strings.ToLower(h.Name) }
	client := func(h *Held) string { return string(h.Method) + " " + strings.ToLower(h.Client) }
	address := func(h *Held) string {
		if len(h.Addresses) == 0 {
			return ""
		}
		return h.Addresses[0].String()
	}
	in := func(key func(*Held) string) func(*Held) string {
		return func(h *Held) string {
			if k := key(h); k != "" {
				return k + " in " + h.In()
			}
			return ""
		}
	}
	named := func(h *Held) string {
		if name(h) == "" {
			return ""
		}
		return name(h) + " " + client(h)
	}
	return Match(was, now, in(named), in(name), in(client), in(address), name, client)
}

// Nested is a group and the one that it lies in, nil for none.
type Nested struct {
	*Group
	In *Group
}

// Nested are all groups of a server, outer ones before those in them.
func (s *Server) Nested() (out []*Nested) {
	var walk func(in *Group, all []*Group)
	walk = func(in *Group, all []*Group) {
		for _, g := range all {
			out = append(out, &Nested{g, in})
			walk(g, g.Groups)
		}
	}
	walk(nil, s.Groups)
	return out
}

// MatchGroups pairs groups by name.
func MatchGroups(was, now []*Nested) []Pair[Nested] {
	return Match(was, now, func(g *Nested) string { return model.FoldName(g.Name) })
}

// PoolRange is one range of a pool, which is a pool of the domain.
type PoolRange struct {
	*Pool
	Range
	N int // its number in the pool
}

// Ranges are the ranges of pools.
func Ranges(pools []*Pool) (out []*PoolRange) {
	for _, p := range pools {
		for n, r := range p.Ranges {
			out = append(out, &PoolRange{p, r, n})
		}
	}
	return out
}

// MatchPools pairs the pools of a scope: those of the same addresses, then those
// that overlap one another alone. What else overlaps was divided or joined, and
// is gone and new.
func MatchPools(was, now []*PoolRange) []Pair[PoolRange] {
	of, taken := map[*PoolRange]*PoolRange{}, map[*PoolRange]bool{}
	for _, n := range now {
		for _, w := range was {
			if w.Range == n.Range && !taken[w] {
				of[n], taken[w] = w, true
				break
			}
		}
	}
	overlapping := func(r *PoolRange, others []*PoolRange) (found *PoolRange, alone bool) {
		for _, o := range others {
			if r.From.Compare(o.To) <= 0 && o.From.Compare(r.To) <= 0 {
				if found != nil {
					return nil, false
				}
				found = o
			}
		}
		return found, found != nil
	}
	for _, n := range now {
		if of[n] != nil {
			continue
		}
		if w, alone := overlapping(n, was); alone && !taken[w] {
			if back, alone := overlapping(w, now); alone && back == n {
				of[n], taken[w] = w, true
			}
		}
	}
	return pairs(was, now, of, taken)
}

// Subtract are the statements that others lack, as often as they lack them.
func Subtract(all, others Statements) (out Statements) {
	left := make(map[string]int, len(others))
	for _, o := range others {
		left[o.Text]++
	}
	for _, s := range all {
		if left[s.Text]--; left[s.Text] < 0 {
			out = append(out, s)
		}
	}
	return out
}

// Edit is what was done to statements.
type Edit struct{ Gone, Came Statements }

// Apply does an edit to statements, which then stand in the order of now as far
// as they are there. lost are those that were taken away and are not there.
func (e Edit) Apply(to, now Statements) (out, lost Statements) {
	out = slices.Clone(to)
	for _, g := range e.Gone {
		if i := slices.IndexFunc(out, func(s Statement) bool { return s.Text == g.Text }); i >= 0 {
			out = slices.Delete(out, i, i+1)
		} else {
			lost = append(lost, g)
		}
	}
	places := make(map[string][]int, len(now))
	for i, s := range now {
		places[s.Text] = append(places[s.Text], i)
	}
	out = append(out, e.Came...)
	type ranked struct {
		Statement
		rank int
	}
	order, last := make([]ranked, len(out)), -1
	for i, s := range out {
		if at := places[s.Text]; len(at) > 0 {
			last, places[s.Text] = at[0], at[1:]
		}
		order[i] = ranked{s, last} // what is not in the file stays behind what it follows
	}
	slices.SortStableFunc(order, func(a, b ranked) int { return a.rank - b.rank })
	for i := range order {
		out[i] = order[i].Statement
	}
	return out, lost
}
