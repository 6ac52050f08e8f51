package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/store"
)

// maxRenewed bounds the changed records that a list is brought up to date for;
// beyond it the list is found anew.
const maxRenewed = 1000

// query is what a list is asked for, understood.
type query[T any] struct {
	filter  *filter.Filter[T]
	sorting *filter.Sorting[T] // nil: by id
	// names is what names in the filter stood for: with the same, it is the same
	// query.
	names string
	// own says that whether an object belongs in the list, and where, depends on
	// its own record alone.
	own bool
}

// query parses a listing.
func (g *catalog[R, T]) query(c *call, l listing) (q query[T], err error) {
	custom, err := c.isCustom(g.kind)
	if err != nil {
		return q, err
	}
	var names strings.Builder
	opts := filter.Options{Zone: c.zone,
		Resolve: func(field, value string) string {
			ref := c.resolveOperand(field, value)
			names.WriteString(field + "\x00" + value + "\x00" + ref + "\x00")
			return ref
		},
		Custom: func(name string) (filter.Kind, bool) {
			kind, ok := custom(name)
			fmt.Fprintf(&names, "%s\x00%d %t\x00", name, kind, ok)
			return kind, ok
		},
	}
	if q.filter, err = g.fields.Parse(l.filter.V, opts); err != nil {
		return q, err
	}
	if q.sorting, err = g.fields.Sort(l.sortBy.V, string(l.order.V), opts); err != nil {
		return q, err
	}
	q.names = names.String()
	q.own = (g.alone || g.own) && g.among == nil && !q.filter.Foreign() && (q.sorting == nil || !q.sorting.Foreign)
	return q, nil
}

// renew brings a list that was found before up to date, if what has changed
// since is known and little.
func renew[R, T any](c *call, g catalog[R, T], q query[T], r *result) (*result, error) {
	if !q.own || r.names != q.names || g.within != nil && g.inside == nil {
		return nil, nil
	}
	written, ok := g.table.Changes(c.tx, r.at)
	if !ok || len(written) > maxRenewed {
		return nil, nil
	}
	changed := make(map[model.ID]bool, len(written))
	var moved []place
	for _, id := range written {
		if _, done := changed[id]; done {
			continue
		}
		rec, err := g.table.Get(c.tx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		changed[id] = false
		if err != nil || g.inside != nil && !g.inside(rec) {
			continue
		}
		if row := g.row(rec); q.filter.Match(row) {
			changed[id] = true
			if q.sorting != nil {
				moved = append(moved, place{q.sorting.Key(row), id})
			}
		}
	}
	switch {
	case len(changed) == 0:
		return &result{set: r.set, order: r.order}, nil
	case q.sorting == nil:
		return &result{set: r.set.with(changed)}, nil
	}
	order, err := reorder(c, g, q.sorting, r.order, changed, moved)
	return &result{order: order}, err
}

// reorder is a sorted list without the changed ids, but with the moved ones in
// their places.
func reorder[R, T any](c *call, g catalog[R, T], s *filter.Sorting[T], order []model.ID, changed map[model.ID]bool, moved []place) ([]model.ID, error) {
	compare := comparePlaces(s)
	slices.SortFunc(moved, compare)
	gone := idSet{bits: []uint64{}}
	for id := range changed {
		gone.put(id, true)
	}
	rest := make([]model.ID, 0, len(order)+len(moved))
	for _, id := range order {
		if !gone.has(id) {
			rest = append(rest, id)
		}
	}
	if len(moved) == 0 {
		return rest, nil
	}
	at := make([]int, len(moved)) // where in rest they come
	for i, m := range moved {
		var failed error
		at[i], _ = slices.BinarySearchFunc(rest, m, func(id model.ID, m place) int {
			rec, err := g.table.Get(c.tx, id)
			if err != nil {
				failed = err
				return 0
			}
			return compare(place{s.Key(g.row(rec)), id}, m)
		})
		if failed != nil {
			return nil, failed
		}
	}
	left := len(rest)
	rest = rest[:left+len(moved)]
	for i := len(moved) - 1; i >= 0; i-- { // from behind, so that nothing is overwritten
		copy(rest[at[i]+i+1:], rest[at[i]:left])
		rest[at[i]+i], left = moved[i].id, at[i]
	}
	return rest, nil
}
