package command

import (
	"strings"
	"time"

	"halxml/internal/audit"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// eventRow is a listed history event.
type eventRow struct {
	*model.Event
	zone *time.Location
}

var eventFields = filter.NewSet([]filter.Field[eventRow]{
	{Name: "eventType", Kind: filter.Enum, Text: func(r eventRow) string { return string(r.Type) }},
	{Name: "objType", Kind: filter.Enum, Text: func(r eventRow) string { return r.Object.Type.String() }},
	{Name: "objRef", Kind: filter.Ref, Text: func(r eventRow) string { return r.Object.String() }},
	{Name: "objName", Kind: filter.Text, Text: func(r eventRow) string { return r.Name }},
	{Name: "timestamp", Kind: filter.Time, Text: func(r eventRow) string { return wire.Date(r.Time, r.zone).V }},
	{Name: "username", Kind: filter.Text, Text: func(r eventRow) string { return r.Username }},
	{Name: "saveComment", Kind: filter.Text, Text: func(r eventRow) string { return r.Comment }},
	{Name: "eventText", Kind: filter.Text, Text: func(r eventRow) string { return r.Text }},
}, nil)

// getHistory lists events, newest first.
func getHistory(c *call, req *hal.GetHistory) (*hal.GetHistoryResponse, error) {
	f, err := eventFields.Parse(req.Filter.V, filter.Options{Resolve: c.resolveOperand, Zone: c.zone})
	if err != nil {
		return nil, err
	}
	look := c.look()
	q := audit.Query{
		Username: req.Username.V, Limit: int(req.Limit.V),
		Match: func(e *model.Event) (bool, error) {
			if f.Match(eventRow{e, c.zone}) {
				look.found()
				return true, nil
			}
			return false, look.at()
		},
	}
	if req.EventType.Set && req.EventType.V != hal.EventTypeUnknown {
		q.Type = model.EventType(req.EventType.V)
	}
	if req.ObjType.Set {
		q.ObjectType, _ = model.ObjectTypeOf(string(req.ObjType.V))
	}
	if text := req.ObjRef.V; text != "" {
		ref, ok := model.ParseRef(text) // the object may be gone; its events are not
		if !ok {
			o, err := c.object("objRef", text, req.ObjType)
			if err != nil {
				return nil, err
			}
			ref = o.ref()
		}
		q.Object = ref
	}
	if q.From, err = c.date("startDate", req.StartDate.V, false); err != nil {
		return nil, err
	}
	if q.Until, err = c.date("endDate", req.EndDate.V, true); err != nil {
		return nil, err
	}
	return &hal.GetHistoryResponse{EventsFrom: hal.Rows[hal.Event]{Make: func(yield func(*hal.Event) bool) error {
		item := new(hal.Event)
		for e, err := range c.log.Find(c.tx, q) {
			if err != nil {
				return err
			}
			if *item = wire.Event(e, c.zone); !yield(item) {
				return nil
			}
		}
		return nil
	}}}, nil
}

// dateLayouts are the spellings of a date that requests may hold; precision is
// the last unit that each states, for the end of a period.
var dateLayouts = []struct {
	layout    string
	precision time.Duration
}{
	{wire.DateLayout, time.Second},
	{time.RFC3339Nano, time.Second},
	{"2006-01-02T15:04:05", time.Second},
	{"2006-01-02 15:04:05", time.Second},
	{"2006-01-02T15:04", time.Minute},
	{"2006-01-02 15:04", time.Minute},
	{"Jan 2, 2006", 24 * time.Hour},
	{"2006-01-02", 24 * time.Hour},
}

// date reads a date of a request, in the server's zone unless it names one; the
// zero time for none. As an end it counts to the end of the unit it states.
func (c *call) date(field, text string, end bool) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	for _, l := range dateLayouts {
		t, err := time.ParseInLocation(l.layout, text, c.zone)
		if err != nil {
			continue
		}
		if end {
			t = t.Add(l.precision - 1)
		}
		return t.UTC(), nil
	}
	return time.Time{}, invalid(field, "%s is not a date such as %q or %q", quote(text), wire.DateLayout, "2006-01-02 15:04")
}
