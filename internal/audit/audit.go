// Package audit keeps the history: one event for each change, written in the
// transaction of the change itself, so that what is in the history happened
// and what happened is in the history.
package audit

import (
	"iter"
	"strings"
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// Log writes and finds history events.
type Log struct{ schema *store.Schema }

// New is a Log over the schema's event table.
func New(schema *store.Schema) *Log { return &Log{schema: schema} }

// Record stores an event in the change's own transaction.
func (l *Log) Record(tx store.Tx, e model.Event) error {
	e.Time = e.Time.UTC()
	return l.schema.Events.Insert(tx, &e)
}

// Query narrows what Find yields; zero values do not narrow.
type Query struct {
	Type        model.EventType
	ObjectType  model.ObjectType
	Object      model.Ref // Type TypeUnknown = any
	Username    string
	From, Until time.Time // inclusive
	Match       func(*model.Event) (bool, error)
	Limit       int // 0 = all
}

// Find yields the events that the query asks for, newest first. An event is
// valid until the next one only.
func (l *Log) Find(tx store.Tx, q Query) iter.Seq2[*model.Event, error] {
	events := l.schema.Events.WalkDown(tx)
	if q.Object.Type != model.TypeUnknown {
		key := store.Key{}.ID(model.ID(q.Object.Type)).ID(q.Object.ID)
		end := store.Key{}.ID(model.ID(q.Object.Type)).ID(q.Object.ID + 1)
		events = l.schema.EventsByObject.Between(tx, key, end, true)
	}
	return func(yield func(*model.Event, error) bool) {
		found := 0
		for e, err := range events {
			if err != nil {
				yield(nil, err)
				return
			}
			if !q.from(e) {
				return // ids and times rise together
			}
			takes, err := q.takes(e)
			if err != nil {
				yield(nil, err)
				return
			}
			if !takes {
				continue
			}
			found++
			if !yield(e, nil) || found == q.Limit {
				return
			}
		}
	}
}

// from reports whether e is not yet older than the query's start. A clock that
// was set back may hide events behind one that is too old by an hour at most.
func (q *Query) from(e *model.Event) bool {
	return q.From.IsZero() || e.Time.After(q.From.Add(-time.Hour))
}

func (q *Query) takes(e *model.Event) (bool, error) {
	switch {
	case q.Type != "" && e.Type != q.Type,
		q.ObjectType != model.TypeUnknown && e.Object.Type != q.ObjectType,
		q.Username != "" && !strings.EqualFold(q.Username, e.Username),
		!q.From.IsZero() && e.Time.Before(q.From),
		!q.Until.IsZero() && e.Time.After(q.Until):
		return false, nil
	case q.Match == nil:
		return true, nil
	}
	return q.Match(e)
}
