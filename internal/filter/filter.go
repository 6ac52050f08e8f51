package filter

import (
	"net/netip"
	"slices"
	"time"
)

// Options of one Parse.
type Options struct {
	// Resolve turns the operand of a field of Kind Ref, such as a name, into
	// {#type-#id}; "" when it names nothing. It may be nil.
	Resolve func(field, value string) string
	// Custom reports whether a custom property of that name exists, and how its
	// values compare. If nil, any name that is no declared field is taken for a
	// property with text, where rows have properties.
	Custom func(name string) (Kind, bool)
	// Zone is where dates without a zone are; UTC if nil.
	Zone *time.Location
}

// Filter is a parsed filter. It is safe for concurrent use.
type Filter[T any] struct {
	set  *Set[T]
	root *node
}

// A node is a condition, or joins others.
type node struct {
	join join
	not  bool
	kids []*node
	// A condition's field: its number, anyField or customField.
	field int
	name  string // of a custom property
	cond  condition
	addr  netip.Addr // a text without a field that is an address
}

type join uint8

const (
	leaf join = iota
	all
	some
)

const (
	anyField    = -1
	customField = -2
)

// Empty reports whether the filter has no condition; nil has none.
func (f *Filter[T]) Empty() bool { return f == nil || f.root == nil }

// Match reports whether the row passes the filter.
func (f *Filter[T]) Match(row T) bool {
	return f.Empty() || f.set.matchNode(f.root, row)
}

func (s *Set[T]) matchNode(n *node, row T) bool {
	ok := false
	switch n.join {
	case all:
		ok = true
		for _, k := range n.kids {
			if !s.matchNode(k, row) {
				ok = false
				break
			}
		}
	case some:
		for _, k := range n.kids {
			if s.matchNode(k, row) {
				ok = true
				break
			}
		}
	default:
		ok = s.matchLeaf(n, row)
	}
	return ok != n.not
}

func (s *Set[T]) matchLeaf(n *node, row T) bool {
	switch n.field {
	case anyField:
		return s.matchAny(n, row)
	case customField:
		return n.cond.match(s.property(row, n.name))
	}
	return s.fields[n.field].match(&n.cond, row)
}

func (f *Field[T]) match(c *condition, row T) bool {
	if f.Kind != List {
		return c.match(f.Text(row))
	}
	values := f.List(row)
	for _, v := range values {
		if c.match(v) {
			return true
		}
	}
	return len(values) == 0 && c.match("")
}

func (s *Set[T]) matchAny(n *node, row T) bool {
	for i := range s.fields {
		f := &s.fields[i]
		if !f.Hidden && f.match(&n.cond, row) {
			return true
		}
		if f.Holds != nil && n.cond.op == Contains && n.addr.IsValid() && f.Holds(row, n.addr) {
			return true
		}
	}
	if s.custom != nil {
		for _, p := range s.custom(row) {
			if n.cond.match(p.Value) {
				return true
			}
		}
	}
	return false
}

// Foreign reports whether the filter looks at a field that is Foreign.
func (f *Filter[T]) Foreign() bool { return !f.Empty() && f.set.foreign(f.root) }

func (s *Set[T]) foreign(n *node) bool {
	switch {
	case n.join != leaf:
		return slices.ContainsFunc(n.kids, s.foreign)
	case n.field == anyField:
		return slices.ContainsFunc(s.fields, func(f Field[T]) bool { return f.Foreign && !f.Hidden })
	}
	return n.field >= 0 && s.fields[n.field].Foreign
}

// Require finds a condition on a field that every matching row satisfies, for
// use with an index: Equal or Prefix, and its operand, in any case. An operand
// of Kind Ref is {#type-#id}, and one of Kind Address is canonical.
func (f *Filter[T]) Require(field string) (op Op, operand string, ok bool) {
	if f.Empty() {
		return 0, "", false
	}
	i, known := f.set.lookup(field)
	if !known {
		return 0, "", false
	}
	return f.root.require(i)
}

// Only is Require for a filter that is this condition and nothing more: every
// row that satisfies it matches.
func (f *Filter[T]) Only(field string) (op Op, operand string, ok bool) {
	if f.Empty() || f.root.join != leaf {
		return 0, "", false
	}
	return f.Require(field)
}

func (n *node) require(field int) (op Op, operand string, ok bool) {
	switch {
	case n.not:
		return 0, "", false
	case n.join == leaf:
		ok = n.field == field && (n.cond.op == Equal || n.cond.op == Prefix)
		return n.cond.op, n.cond.text, ok
	case n.join == all || len(n.kids) == 1:
		for _, k := range n.kids {
			o, t, found := k.require(field)
			if found && (!ok || o == Equal && op != Equal) {
				op, operand, ok = o, t, true
			}
		}
	}
	return op, operand, ok
}
