package command

import (
	"iter"
	"strings"

	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// catalog is how the objects of one type are listed.
type catalog[R, T any] struct {
	kind   model.ObjectType
	fields *filter.Set[T]
	table  *store.Table[R]
	row    func(*R) T // the record is valid during the call only
	// texts are the indexes of text fields by their folded text, and refs those
	// that find records by what they refer to.
	texts []textIndex[R]
	refs  []refIndex[R]
	// within, if set, are all the records there are to list: those whose keys in
	// this index begin with the key. inside tells them from others; without it no
	// other index is used. Where within is not set, find lets inside tell the
	// objects of the command's address space from others.
	within *store.Index[R]
	key    store.Key
	inside func(*R) bool
	// among, if set, gives the ids of all the objects there are to list,
	// ascending; key then tells them from others.
	among func() ([]model.ID, error)
	// alone says that a row shows nothing but its own record; own says so only of
	// what it is filtered and sorted by, but for foreign fields.
	alone, own bool
	// shows names the other tables that rows are shown from; without them that
	// may be any, unless alone.
	shows []string
}

// version is one of all that a row shows.
func (g *catalog[R, T]) version(tx store.Tx) (uint64, bool) {
	switch {
	case g.alone:
		return tx.Version(g.table.Name)
	case len(g.shows) > 0:
		return tx.Version(append([]string{g.table.Name}, g.shows...)...)
	}
	return tx.Version()
}

// textIndex finds the records whose field is, or begins with, a text.
type textIndex[R any] struct {
	field string
	index *store.Index[R]
}

// refIndex finds the records whose field refers to an object.
type refIndex[R any] struct {
	field string
	to    model.ObjectType
	index *store.Index[R]
	key   func(model.ID) store.Key
}

// found is what a list answers: total objects match, and those with these ids
// are to be shown; or, where every object of the table matches, count of them
// from the id first on.
type found struct {
	total int
	ids   []model.ID // not to be changed

	every bool
	first model.ID
	count int

	token any // for hal.Rows; nil when there is none
}

// pageToken is a page of what a list found at a version of the data.
type pageToken struct {
	key         resultKey
	offset, end int
	version     uint64
}

// fewItems are made anew as quickly as they are found again.
const fewItems = 8

// listing is what every list command may be asked with. Empty texts and zeros
// count as unset, as positional clients send them.
type listing struct {
	filter, sortBy hal.Opt[string]
	offset, limit  hal.Opt[uint32]
	order          hal.Opt[hal.SortOrder]
}

// find selects, orders and pages objects: by id unless sortBy says otherwise.
// What it finds is kept, so that further pages cost nothing, and brought up to
// date when objects change.
func find[R, T any](c *call, g catalog[R, T], l listing) (found, error) {
	limited, err := g.limit(c)
	if err != nil {
		return found{}, err
	}
	key := resultKey{kind: g.kind, filter: l.filter.V, sortBy: l.sortBy.V, order: l.order.V, space: c.space()}
	if g.within != nil {
		key.within = g.within.Name + " " + string(g.key)
	}
	if g.among != nil {
		key.within = "among " + string(g.key)
	}
	if limited {
		key.within = "here"
	}
	if g.within == nil && g.inside == nil && g.among == nil && l.sortBy.V == "" && strings.TrimSpace(l.filter.V) == "" {
		f, ok, err := everything(c, g.table, l)
		if err != nil {
			return found{}, err
		}
		if ok {
			version, known := g.version(c.tx)
			return f.as(key, l, version, known), nil
		}
	}
	r, fresh := c.results.get(c.tx, key, g.table.Name)
	if !fresh {
		q, err := g.query(c, l)
		if err != nil {
			return found{}, err
		}
		var now *result
		if r != nil {
			if now, err = renew(c, g, q, r); err != nil {
				return found{}, err
			}
		}
		if now == nil {
			if now, err = search(c, g, q); err != nil {
				return found{}, err
			}
		}
		if c.in.failed != nil {
			return found{}, c.in.failed // and what was found is not kept
		}
		now.names, now.whole = q.names, q.names != "" || !q.own
		r = c.results.put(c.tx, key, g.table.Name, now)
	}
	from, to := filter.Page(r.len(), l.offset.V, l.limit.V)
	version, known := r.version, r.known
	if !g.alone {
		version, known = g.version(c.tx)
	}
	return found{total: r.len(), ids: r.page(from, to)}.as(key, l, version, known), nil
}

// limit leaves in a list of all objects only those of the command's address
// space. Objects that lie in their server's are written anew when that moves, so
// that lists which are kept learn of it as of any other change.
func (g *catalog[R, T]) limit(c *call) (limited bool, err error) {
	if g.within != nil || g.among != nil {
		return false, nil
	}
	many, err := c.manySpaces()
	if err != nil || !many {
		return false, err
	}
	g.inside = func(rec *R) bool {
		here, err := c.here(rec)
		if err != nil {
			c.in.failed = err
		}
		return here
	}
	return true, nil
}

// as gives a page of more than a few items its token.
func (f found) as(key resultKey, l listing, version uint64, known bool) found {
	if known && f.count+len(f.ids) > fewItems {
		from, to := filter.Page(f.total, l.offset.V, l.limit.V)
		f.token = pageToken{key, from, to, version}
	}
	return f
}

// nearOffset is up to where the start of a page is found by counting.
const nearOffset = 1000

// everything answers a list of all objects by id, if the start of its page can
// be told without counting through the table.
func everything[R any](c *call, t *store.Table[R], l listing) (f found, ok bool, err error) {
	if f.total, err = t.Count(c.tx); err != nil {
		return f, false, err
	}
	from, to := filter.Page(f.total, l.offset.V, l.limit.V)
	f.every, f.count = true, to-from
	if f.count == 0 || from == 0 {
		return f, true, nil
	}
	last, err := c.tx.LastID(t.Name)
	if err != nil {
		return f, false, err
	}
	skip := from
	for id, err := range t.IDs(c.tx, 0) {
		switch {
		case err != nil:
			return f, false, err
		case skip == from && id > 0 && last == uint64(f.total): // none was ever removed
			f.first = model.ID(from) + 1
			return f, true, nil
		case from > nearOffset:
			return f, false, nil
		case skip == 0:
			f.first = id
			return f, true, nil
		}
		skip--
	}
	return f, false, nil
}

// search finds all objects that match, in order.
func search[R, T any](c *call, g catalog[R, T], q query[T]) (*result, error) {
	last, err := c.tx.LastID(g.table.Name)
	if err != nil {
		return nil, err
	}
	if g.among != nil {
		ids, err := g.among()
		if err == nil && (q.sorting != nil || !q.filter.Empty()) {
			return sift(c, g, q, last, ids, false)
		}
		set := newIDSet(model.ID(last))
		for _, id := range ids {
			set.add(id)
		}
		return &result{set: set.done()}, err
	}
	index, key, exact := g.candidates(q.filter)
	all := index == nil
	var of *idSet
	switch {
	case !all:
		if exact && q.sorting == nil {
			of, err = covered(c, g.table, index, key, last)
		}
		if of == nil && err == nil {
			of = newIDSet(model.ID(last))
			err = index.Visit(c.tx, key, of.add)
			of.done()
		}
	case q.filter.Empty() && q.sorting == nil && g.inside == nil:
		of, err = collect(model.ID(last), g.table.IDs(c.tx, 0))
	}
	if err != nil {
		return nil, err
	}
	if q.sorting == nil && (all && of != nil || !all && exact) {
		return &result{set: of}, nil
	}
	if all {
		return sift(c, g, q, last, nil, true)
	}
	return sift(c, g, q, last, of.page(0, of.len()), false)
}

// covered is the set of all objects, if they are easily told and all of them are
// in an index under keys that begin so; nil otherwise.
func covered[R any](c *call, t *store.Table[R], x *store.Index[R], key store.Key, last uint64) (*idSet, error) {
	n, err := t.Count(c.tx)
	if err != nil || !x.Each || n == 0 || uint64(n) != last { // some were removed
		return nil, err
	}
	if all, err := x.Covers(c.tx, key); err != nil || !all {
		return nil, err
	}
	return newIDSet(model.ID(last)).fill(), nil
}

// candidates is an index, and the start of the keys in it, that holds all
// objects that can match; nil when only the table does. exact tells that every
// one of them matches.
func (g *catalog[R, T]) candidates(f *filter.Filter[T]) (x *store.Index[R], key store.Key, exact bool) {
	if g.within != nil && g.inside == nil {
		return g.within, g.key, f.Empty()
	}
	whole := g.within == nil && g.inside == nil
	for _, r := range g.refs {
		if o, operand, ok := f.Require(r.field); ok && o == filter.Equal {
			ref, ok := model.ParseRef(operand)
			if !ok || ref.Type != r.to {
				continue
			}
			_, _, only := f.Only(r.field)
			return r.index, r.key(ref.ID), only && whole
		}
	}
	for _, t := range g.texts {
		o, operand, ok := f.Require(t.field)
		folded := model.FoldName(operand)
		if !ok || folded == "" {
			continue
		}
		_, _, only := f.Only(t.field)
		if o == filter.Equal {
			return t.index, store.NameKey(operand), only && whole
		}
		if !whole {
			continue // what it is in holds fewer, mostly
		}
		// A prefix is compared as it is, texts are indexed without their final dot.
		return t.index, store.Key{}.Prefix(folded), only && folded == strings.ToLower(operand)
	}
	return g.within, g.key, f.Empty()
}

// sift keeps of some objects, or of all, those that match, and orders them.
func sift[R, T any](c *call, g catalog[R, T], q query[T], last uint64, of []model.ID, all bool) (*result, error) {
	set := newIDSet(model.ID(last))
	order := order[T]{sorting: q.sorting}
	if q.sorting != nil && q.filter.Empty() {
		n := len(of)
		if all {
			var err error
			if n, err = g.table.Count(c.tx); err != nil {
				return nil, err
			}
		}
		order.expect(n)
	}
	look := c.look()
	take := func(rec *R) error {
		row := g.row(rec)
		switch {
		case g.inside != nil && !g.inside(rec), !q.filter.Match(row):
		case q.sorting == nil:
			set.add(*g.table.ID(rec))
		default:
			order.add(q.sorting.Key(row), *g.table.ID(rec))
		}
		return look.at()
	}
	if all {
		for rec, err := range g.table.Walk(c.tx, 0) {
			if err == nil {
				err = take(rec)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	for rec, err := range g.table.Select(c.tx, of) {
		if err == nil {
			err = take(rec)
		}
		if err != nil {
			return nil, err
		}
	}
	if q.sorting == nil {
		return &result{set: set.done()}, nil
	}
	return &result{order: order.ids()}, nil
}

// records yields what was found, all in one record that is used again and whose
// texts are gone with the transaction.
func records[R any](c *call, t *store.Table[R], f found) iter.Seq2[*R, error] {
	if !f.every {
		return t.Select(c.tx, f.ids)
	}
	return func(yield func(*R, error) bool) {
		left := f.count
		for rec, err := range t.Walk(c.tx, f.first) {
			if err == nil && left == 0 || !yield(rec, err) {
				return
			}
			left--
		}
	}
}

// answer makes the items of an answer from the objects that were found, while it
// is encoded. convert fills an item from a record; both are used again for the
// next.
func answer[R, W any](c *call, t *store.Table[R], f found, convert func(*R, *W) error) hal.Rows[W] {
	return hal.Rows[W]{Token: f.token, Make: func(yield func(*W) bool) error {
		item := new(W)
		for rec, err := range records(c, t, f) {
			if err == nil {
				err = convert(rec, item)
			}
			if err != nil || !yield(item) {
				return err
			}
		}
		return nil
	}}
}
