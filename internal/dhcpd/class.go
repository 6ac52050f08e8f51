package dhcpd

import (
	"net"
	"slices"
	"strings"

	"halxml/internal/dhcpd/conf"
)

// classDeclarations declares the classes with members and those that permits name: dhcpd refuses a permit of an unknown
// class, and a pool without the permit would serve everybody. What a class that the preamble declares matches by is the
// operator's business.
func (r *renderer) classDeclarations(preamble *conf.File) []conf.Statement {
	declared := map[string]bool{}
	for _, s := range preamble.Statements {
		if c, ok := s.(*conf.Class); ok {
			declared[c.Name] = true
		}
	}
	members := map[string][]string{}
	for _, k := range r.snap.Classes {
		members[k.Name] = k.Subclasses
	}
	names := slices.Concat(sortedKeys(members), sortedKeys(r.classes))
	slices.Sort(names)
	var out []conf.Statement
	for _, name := range slices.Compact(names) {
		list := members[name]
		pool := r.classes[name]
		switch {
		case len(list) == 0 && (pool == nil || declared[name]):
			continue
		case len(list) == 0:
			r.note(EmptyClass, pool.Ref(), "Class "+name+" is named by a permit, but has no members.")
			out = append(out, &conf.Class{Name: name})
			continue
		case !declared[name]:
			out = append(out, &conf.Class{Name: name, Block: conf.Block{Statements: []conf.Statement{opaque(matching(list))}}})
		}
		for _, m := range list {
			out = append(out, &conf.Subclass{Class: name, Data: member(m)})
		}
	}
	return out
}

// matching is what the members of a class are told by: hardware addresses alone, or else what a client says of itself
// and only without that its hardware address.
func matching(members []string) string {
	if slices.ContainsFunc(members, func(m string) bool { return !isMAC(m) }) {
		return "match pick-first-value (option dhcp-client-identifier, hardware);"
	}
	return "match hardware;"
}

func isMAC(s string) bool {
	a, err := net.ParseMAC(s)
	return err == nil && len(a) == 6
}

// member writes a member of a class: an Ethernet address behind its hardware type, which also begins the client
// identifier that most clients make of it; other bytes and texts as they are.
func member(m string) string {
	switch {
	case isMAC(m):
		return "1:" + m
	case isBytes(m):
		return m
	}
	return conf.Quote(m)
}

// isBytes reports whether s is two or more bytes of hexadecimal digits with colons between.
func isBytes(s string) bool {
	parts := strings.Split(s, ":")
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool {
		return len(p) < 1 || len(p) > 2 || strings.Trim(p, "0123456789abcdefABCDEF") != ""
	})
}
