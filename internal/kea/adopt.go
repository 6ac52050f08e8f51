package kea

import (
	"slices"
	"strconv"
	"strings"

	"halxml/internal/intake"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
	"halxml/internal/option"
)

// Changed is what a running daemon says of itself, as Reduced has it, with the
// settings of one value that it did not have before: when it ran with what was
// delivered to it. Settings of what is new are defaults when others like it have
// the same.
func Changed(running, wanted, before *conf.File) *conf.File {
	out := Reduced(running, wanted).Value()
	f, err := conf.FromValue(added(out, running.Value(), before.Value(), nil))
	if err != nil {
		return running
	}
	return f
}

// added puts into a reduced value what running has and before has not.
func added(reduced, running, before conf.Value, like conf.List) conf.Value {
	switch running := running.(type) {
	case conf.Object:
		out, ok := reduced.(conf.Object)
		was, known := before.(conf.Object)
		if !ok && reduced != nil {
			return reduced
		}
		return addedObject(out, running, was, known, like)
	case conf.List:
		out, _ := reduced.(conf.List)
		was, _ := before.(conf.List)
		return addedList(out, running, was)
	}
	return reduced
}

func addedObject(out, running, was conf.Object, known bool, like conf.List) conf.Object {
	out = slices.Clone(out)
	for _, m := range running {
		have, isThere := out.Get(m.Key)
		old, wasThere := was.Get(m.Key)
		switch m.Value.(type) {
		case conf.Object, conf.List:
			if isThere {
				out.Set(m.Key, added(have, m.Value, old, nil))
			} else if !conf.Same(m.Value, conf.List{}) && !conf.Same(m.Value, conf.Object{}) && !conf.Same(m.Value, old) {
				out.Set(m.Key, m.Value)
			}
			continue
		}
		switch {
		case isThere || wasThere && conf.Same(old, m.Value):
		case !known && usual(m, like):
		default:
			out.Set(m.Key, m.Value)
		}
	}
	return out
}

// usual reports whether a setting of something new is a default: it says
// nothing, or others like it have it too.
func usual(m conf.Member, like conf.List) bool {
	for _, nothing := range []conf.Value{nil, "", false, int64(0)} {
		if m.Value == nothing {
			return true
		}
	}
	return slices.ContainsFunc(like, func(v conf.Value) bool {
		o, ok := v.(conf.Object)
		other, has := o.Get(m.Key)
		return ok && has && conf.Same(other, m.Value)
	})
}

func addedList(out, running, was conf.List) conf.List {
	out = slices.Clone(out)
	for i, v := range out {
		o, ok := v.(conf.Object)
		if !ok {
			continue
		}
		item := itemLike(running, o)
		if item == nil {
			continue
		}
		old := itemLike(was, o)
		out[i] = addedObject(o, item, old, old != nil, was)
	}
	return out
}

// itemLike is the member of a list that is the same one, nil for none.
func itemLike(list conf.List, of conf.Object) conf.Object {
	for _, v := range list {
		if o, ok := v.(conf.Object); ok && sameName(o, of) {
			return o
		}
	}
	return nil
}

// ReadRunning says in the domain's words what daemons run with, or are to run
// with: subnets, pools, reservations and options. Other is all that they say, by
// where it stands.
func ReadRunning(sources []Source) *intake.Intake {
	in := &intake.Intake{}
	for _, s := range sources {
		server := serverOf(in, s)
		for _, d := range []*daemon{
			{Server: s.File.Dhcp4, service: model.DHCPv4, part: model.DHCPv4Part},
			{Server: s.File.Dhcp6, service: model.DHCPv6, part: model.DHCPv6Part},
		} {
			if d.Server == nil {
				continue
			}
			at := intake.Place{File: s.Name}
			d.in, d.at, d.of, d.place = in, at, server, func(string) intake.Place { return at }
			f := &conf.File{Dhcp4: d.Server}
			if d.service == model.DHCPv6 {
				f = &conf.File{Dhcp6: d.Server}
			}
			server.Daemons[d.part] = string(conf.Print(f))
			server.Other = append(server.Other, flatten(f.Value(), "")...)
			d.networks()
			d.options()
		}
	}
	return in
}

// options reads the options that the domain would write as they are.
func (d *daemon) options() {
	v6 := d.service == model.DHCPv6
	catalog := option.NewCatalog(model.KindKea, v6, nil)
	if !v6 {
		d.of.Options = plainOptions(catalog, d.Options)
	}
	subnets, _ := d.AllSubnets(d.family())
	byPrefix := map[string]*conf.Subnet{}
	for _, s := range subnets {
		byPrefix[s.Prefix] = s
	}
	for _, scope := range d.of.Scopes {
		s := byPrefix[scope.Prefix.String()]
		if s == nil {
			continue
		}
		scope.Options = plainOptions(catalog, s.Options)
		for _, p := range scope.Pools {
			for i := range s.Pools {
				if from, _, ok := s.Pools[i].Bounds(); ok && from == p.Ranges[0].From {
					p.Options = plainOptions(catalog, s.Pools[i].Options)
				}
			}
		}
		hosts := map[string][]conf.Option{}
		for i := range s.Reservations {
			hosts[client(&s.Reservations[i])] = s.Reservations[i].Options
		}
		for _, h := range scope.Hosts {
			h.Options = plainOptions(catalog, hosts[clientOf(h, v6)])
		}
	}
}

// clientOf is what a read reservation knows its client by.
func clientOf(h *intake.Host, v6 bool) string {
	r := conf.Reservation{HWAddress: h.Client}
	switch {
	case h.Method != model.ByClientIdentifier:
	case v6:
		r = conf.Reservation{DUID: h.Client}
	default:
		r = conf.Reservation{ClientID: h.Client}
	}
	return client(&r)
}

func plainOptions(catalog *option.Catalog, list []conf.Option) (out []model.Option) {
	for _, o := range list {
		d, ok := catalog.Find("", uint32(o.Code))
		if o.Code == 0 {
			d, ok = catalog.Named("", o.Name)
		}
		if !ok || o.Space != "" && !strings.HasPrefix(o.Space, "dhcp") {
			continue
		}
		value := strings.ReplaceAll(o.Data, ", ", ",")
		if o.CSVFormat != nil && !*o.CSVFormat {
			value = strings.ToLower(strings.ReplaceAll(o.Data, ":", ""))
		}
		value, err := d.Canonical(value)
		if err != nil {
			continue
		}
		items, err := d.Values(value)
		if err != nil {
			continue
		}
		written, err := write(d, items)
		if err != nil || strings.ReplaceAll(written.Data, ", ", ",") != strings.ReplaceAll(o.Data, ", ", ",") {
			continue
		}
		out = append(out, model.Option{OptionID: d.ID(), Value: value})
	}
	slices.SortFunc(out, func(a, b model.Option) int { return int(a.Number) - int(b.Number) })
	return out
}

// flatten writes each setting with the path to it, in which the members of lists
// have their names. Pools have none: where they are is said of the scope, and
// partners divide them.
func flatten(v conf.Value, path string) (out []string) {
	switch v := v.(type) {
	case conf.Object:
		for _, m := range v {
			at := m.Key
			if path != "" {
				at = path + "." + m.Key
			}
			out = append(out, flatten(m.Value, at)...)
		}
		return out
	case conf.List:
		isPools := strings.HasSuffix(path, ".pools")
		for i, item := range v {
			at := path + "[" + label(item, i) + "]"
			if pool, ok := item.(conf.Object); ok && isPools {
				at, item = path, ofPool(pool)
			}
			for _, text := range flatten(item, at) {
				if !isPools || !slices.Contains(out, text) {
					out = append(out, text)
				}
			}
		}
		return out
	}
	return []string{path + ": " + string(conf.Compact(v))}
}

// ofPool is what is said of a pool but its addresses and whose share it is.
func ofPool(pool conf.Object) conf.Object {
	return slices.DeleteFunc(slices.Clone(pool), func(m conf.Member) bool {
		class, _ := m.Value.(string)
		return m.Key == "pool" || m.Key == "client-class" && strings.HasPrefix(class, conf.HAClass(""))
	})
}

// label names a member of a list.
func label(v conf.Value, i int) string {
	o, _ := v.(conf.Object)
	for _, key := range names {
		if text, ok := o.Get(key); ok {
			return strings.Trim(strings.ReplaceAll(string(conf.Compact(text)), " ", ""), `"`)
		}
	}
	return strconv.Itoa(i)
}
