package kea

import (
	"fmt"
	"slices"
	"strings"

	"halxml/internal/kea/conf"
)

// Missing tells, in words, where a running daemon serves other than its configuration was to say: subnets, pools,
// reservations and peers. running is what the daemon says of itself, in its own spelling and with all defaults.
func Missing(wanted, running *conf.File) (out []string) {
	for _, d := range []struct {
		family          int
		wanted, running *conf.Server
	}{{4, wanted.Dhcp4, running.Dhcp4}, {6, wanted.Dhcp6, running.Dhcp6}} {
		if d.wanted == nil {
			continue
		}
		if d.running == nil {
			d.running = &conf.Server{}
		}
		left := map[string]int{}
		for _, fact := range facts(d.running, d.family) {
			left[fact]++
		}
		for _, fact := range facts(d.wanted, d.family) {
			if left[fact]--; left[fact] < 0 {
				out = append(out, "the server does not run with "+fact)
			}
		}
		for fact, n := range left {
			if n > 0 {
				out = append(out, "the server still runs with "+fact)
			}
		}
	}
	slices.Sort(out)
	return out
}

// facts are the parts of a configuration that Missing looks for.
func facts(s *conf.Server, family int) (out []string) {
	subnets, _ := s.AllSubnets(family)
	for _, n := range subnets {
		out = append(out, fmt.Sprintf("subnet %s, id %d", n.Prefix, n.ID))
		for i := range n.Pools {
			p := &n.Pools[i]
			name := p.Range
			if from, to, ok := p.Bounds(); ok {
				name = span{from, to}.String()
			}
			if p.ClientClass != "" {
				name += " for " + p.ClientClass
			}
			out = append(out, "pool "+name)
		}
		if len(n.Reservations) > 0 {
			out = append(out, fmt.Sprintf("%d reservations in subnet %s", len(n.Reservations), n.Prefix))
		}
	}
	if len(s.Reservations) > 0 {
		out = append(out, fmt.Sprintf("%d reservations of the server", len(s.Reservations)))
	}
	for _, ha := range s.HA() {
		for _, p := range ha.Peers {
			out = append(out, fmt.Sprintf("%s peer %s at %s, %s", p.Role, p.Name, p.URL, ha.Mode))
		}
	}
	return out
}

// Reduced is what a running daemon says of itself, without the defaults that it fills in and in the order of wanted, to be
// compared with it. Settings of one value that wanted does not mention are taken for defaults.
func Reduced(running, wanted *conf.File) *conf.File {
	// A configuration without what is there is one still, so nothing fails.
	f, err := conf.FromValue(reduce(running.Value(), wanted.Value()))
	if err != nil {
		return running
	}
	return f
}

func reduce(v, wanted conf.Value) conf.Value {
	switch v := v.(type) {
	case conf.Object:
		w, _ := wanted.(conf.Object)
		return reduceObject(v, w)
	case conf.List:
		w, _ := wanted.(conf.List)
		return reduceList(v, w)
	}
	return v
}

// filledIn are keys whose defaults are lists that are not empty.
var filledIn = []string{"host-reservation-identifiers", "mac-sources", "relay-supplied-options"}

func reduceObject(o, wanted conf.Object) conf.Object {
	out := conf.Object{}
	for _, m := range wanted { // in its order
		if v, ok := o.Get(m.Key); ok {
			out = append(out, conf.Member{Key: m.Key, Value: spelled(m.Key, reduce(v, m.Value), m.Value)})
		}
	}
	for _, m := range o {
		if _, mentioned := wanted.Get(m.Key); mentioned || slices.Contains(filledIn, m.Key) {
			continue
		}
		v := reduce(m.Value, nil)
		switch v := v.(type) {
		case conf.Object:
			if len(v) > 0 {
				out = append(out, conf.Member{Key: m.Key, Value: v})
			}
		case conf.List:
			if len(v) > 0 {
				out = append(out, conf.Member{Key: m.Key, Value: v})
			}
		}
	}
	return out
}

// spelled gives a pool that is the same in another spelling in the one wanted.
func spelled(key string, v, wanted conf.Value) conf.Value {
	a, isText := v.(string)
	b, wasText := wanted.(string)
	if key == "pool" && isText && wasText && strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "") {
		return b
	}
	return v
}

// names are the keys by which the members of lists are known.
var names = []string{"subnet", "pool", "prefix", "name", "code", "library", "hw-address", "client-id", "duid", "circuit-id", "flex-id"}

func reduceList(list, wanted conf.List) conf.List {
	out := conf.List{}
	used := make([]bool, len(list))
	for _, w := range wanted {
		o, isObject := w.(conf.Object)
		for i, v := range list {
			item, ok := v.(conf.Object)
			if used[i] || isObject != ok || ok && !sameName(item, o) || !ok && !conf.Same(v, w) {
				continue
			}
			used[i] = true
			out = append(out, reduce(v, w))
			break
		}
	}
	for i, v := range list {
		if used[i] {
			continue
		}
		if o, ok := v.(conf.Object); ok {
			v = outline(o)
		}
		out = append(out, v)
	}
	return out
}

// sameName reports whether two members of a list are the same one; those without names are if they are in the same place.
func sameName(a, b conf.Object) bool {
	named := false
	for _, key := range names {
		v, ok := b.Get(key)
		w, has := a.Get(key)
		if ok && has {
			return conf.Same(spelled(key, w, v), v)
		}
		named = named || ok || has
	}
	return !named
}

// outline is what tells a member of a list that wanted does not have.
func outline(o conf.Object) conf.Object {
	out := conf.Object{}
	for _, m := range o {
		switch v := m.Value.(type) {
		case conf.Object, conf.List:
			if r := reduce(v, nil); !conf.Same(r, conf.Object{}) && !conf.Same(r, conf.List{}) {
				out = append(out, conf.Member{Key: m.Key, Value: r})
			}
		default:
			if slices.Contains(names, m.Key) || slices.Contains([]string{"id", "data", "ip-address", "hostname"}, m.Key) && !conf.Same(v, "") {
				out = append(out, m)
			}
		}
	}
	return out
}
