package command

import (
	"cmp"
	"iter"
	"slices"

	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// listing is what every list command may be asked with. Empty texts and zeros
// count as unset, as positional clients send them.
type listing struct {
	filter, sortBy hal.Opt[string]
	offset, limit  hal.Opt[uint32]
	order          hal.Opt[hal.SortOrder]
}

// list selects, orders and pages rows: by id unless sortBy says otherwise.
// total counts the matches before paging.
func list[T identified](c *call, t model.ObjectType, set *filter.Set[T], l listing, source func(*filter.Filter[T]) (iter.Seq2[T, error], bool)) (rows []T, total int, err error) {
	f, err := set.Parse(l.filter.V, filter.Options{Resolve: c.resolveOperand, Custom: isCustom(t), Zone: c.zone})
	if err != nil {
		return nil, 0, err
	}
	if by := l.sortBy.V; by != "" && !set.Has(by) && !isCustom(t)(by) {
		return nil, 0, invalid("sortBy", "a %s has no field %s", t, quote(by))
	}
	sorting, err := set.Sort(l.sortBy.V, string(l.order.V), c.zone)
	if err != nil {
		return nil, 0, err
	}
	from, sorted := source(f)
	for row, err := range from {
		if err != nil {
			return nil, 0, err
		}
		if f.Match(row) {
			rows = append(rows, row)
		}
	}
	switch {
	case sorting != nil:
		slices.SortStableFunc(rows, func(a, b T) int { return sorting.Compare(sorting.Key(a), sorting.Key(b)) })
	case !sorted:
		slices.SortFunc(rows, func(a, b T) int { return cmp.Compare(a.rowID(), b.rowID()) })
	}
	total = len(rows)
	first, last := filter.Page(total, l.offset.V, l.limit.V)
	return rows[first:last], total, nil
}

// identified is a row that knows its id.
type identified interface{ rowID() model.ID }

// rowsOf turns records into rows.
func rowsOf[R, T any](records iter.Seq2[*R, error], row func(*R) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for rec, err := range records {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if !yield(row(rec), nil) {
				return
			}
		}
	}
}

// named yields the records of a table that can match a filter: those an index
// on the folded name finds if the filter demands a name, else all. byID tells
// whether they come in the order of ids.
func named[R, T any](c *call, f *filter.Filter[T], all *store.Table[R], names *store.Index[R]) (records iter.Seq2[*R, error], byID bool) {
	switch o, operand, ok := f.Require("name"); {
	case ok && o == filter.Equal:
		return names.Find(c.tx, store.NameKey(operand)), false
	case ok && o == filter.Prefix:
		return names.Begin(c.tx, store.Key{}.Prefix(model.FoldName(operand))), false
	}
	return all.All(c.tx), true
}

// resolveOperand lets a filter compare a reference field with a name:
// dhcpServerRef=dhcp1.corp.net. or rangeRef=Ranges/7. It is "" for a name of
// nothing.
func (c *call) resolveOperand(field, value string) string {
	if ref, ok := model.ParseRef(value); ok {
		return ref.String()
	}
	switch field {
	case "ownerRef":
		if o, err := c.reservationOwner(field, value, hal.Opt[hal.ObjectType]{}); err == nil {
			return o.ref().String()
		}
	case "dhcpServerRef":
		if s, err := c.server(field, value); err == nil {
			return s.Ref().String()
		}
	case "rangeRef", "parentRef":
		if r, err := c.rangeOf(field, value); err == nil {
			return r.Ref().String()
		}
		if g, err := c.group(field, value); err == nil && field == "parentRef" {
			return g.Ref().String()
		}
	case "dhcpScopeRef":
		if s, err := c.scope(field, value); err == nil {
			return s.Ref().String()
		}
	}
	return ""
}
