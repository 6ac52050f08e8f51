package command

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// maxLeaseEvents bounds an answer that names no limit.
const maxLeaseEvents = 10_000

// getLeaseHistory searches the history of leases, newest first.
func getLeaseHistory(c *call, req *hal.GetDHCPLeaseHistory) (*hal.GetDHCPLeaseHistoryResponse, error) {
	q, err := c.leaseQuery(req)
	if err != nil {
		return nil, err
	}
	out := &hal.GetDHCPLeaseHistoryResponse{DHCPLeaseHistoryEntries: []hal.DHCPLeaseHistoryEntry{}}
	renewals := map[leaseholder]*renewed{}
	var order []*renewed // with collapseRenew; nil otherwise
	for e, err := range q.events(c) {
		if err != nil {
			return nil, err
		}
		if !q.matches(e) {
			continue
		}
		if !req.CollapseRenew.V {
			out.DHCPLeaseHistoryEntries = append(out.DHCPLeaseHistoryEntries, wire.LeaseEvent(e, c.zone))
			if len(out.DHCPLeaseHistoryEntries) == q.limit {
				break
			}
			continue
		}
		holder := leaseholder{e.ServerID, e.Addr.String(), e.Client()}
		if r := renewals[holder]; r != nil && e.Code == model.LeaseRenew {
			r.first, r.times = e.Time, r.times+1
			continue
		}
		if len(order) == q.limit {
			// What is left may still renew what is listed, but begins no entry.
			if e.Code != model.LeaseRenew {
				delete(renewals, holder)
			}
			if len(renewals) == 0 {
				break
			}
			continue
		}
		r := &renewed{LeaseEvent: e, first: e.Time, times: 1}
		order = append(order, r)
		if delete(renewals, holder); e.Code == model.LeaseRenew {
			renewals[holder] = r
		}
	}
	for _, r := range order {
		entry := wire.LeaseEvent(r.LeaseEvent, c.zone)
		if r.times > 1 {
			entry.Timestampfirst, entry.Timestamplast = wire.Date(r.first, c.zone), wire.Date(r.Time, c.zone)
			entry.NumberOfOccurrances = hal.Some(strconv.Itoa(r.times))
		}
		out.DHCPLeaseHistoryEntries = append(out.DHCPLeaseHistoryEntries, entry)
	}
	return out, nil
}

// leaseholder tells one client's lease from others.
type leaseholder struct {
	server  model.ID
	address string
	client  string
}

// renewed is an event, or the last of several renewals of one lease.
type renewed struct {
	*model.LeaseEvent
	first time.Time
	times int
}

// leaseQuery is a search in the history of leases.
type leaseQuery struct {
	field       hal.DHCPLeaseField
	texts       []string // folded; none matches all
	exact       bool
	from, until time.Time
	limit       int
	space       model.ID
}

func (c *call) leaseQuery(req *hal.GetDHCPLeaseHistory) (q leaseQuery, err error) {
	q = leaseQuery{field: req.Field.V, exact: req.ExactMatch.V, limit: int(req.Limit.V), space: c.space()}
	if !req.Field.Set {
		return q, required("field")
	}
	if text := strings.TrimSpace(req.Filter.V); text != "" {
		q.texts = []string{strings.ToLower(text)}
		switch a, isAddr := parseAddr(text); {
		case q.field == hal.DHCPLeaseFieldClientIdentifier:
			q.texts = append(q.texts, clientSpellings(text)...)
		case q.field == hal.DHCPLeaseFieldIPAddress && isAddr:
			q.texts = []string{a.String()}
		case q.field == hal.DHCPLeaseFieldIPAddress && q.exact:
			return q, invalid("filter", "%s is not an IP address", quote(text))
		}
	}
	if q.limit == 0 {
		q.limit = maxLeaseEvents
	}
	if q.from, err = c.date("startDate", req.StartDate.V, false); err != nil {
		return q, err
	}
	q.until, err = c.date("endDate", req.EndDate.V, true)
	return q, err
}

// matches reports whether an event is searched for.
func (q *leaseQuery) matches(e *model.LeaseEvent) bool {
	if e.SpaceID != q.space || !q.from.IsZero() && e.Time.Before(q.from) || !q.until.IsZero() && e.Time.After(q.until) {
		return false
	}
	if len(q.texts) == 0 {
		return true
	}
	var values []string
	switch q.field {
	case hal.DHCPLeaseFieldIPAddress:
		values = []string{e.Addr.String()}
	case hal.DHCPLeaseFieldClientIdentifier:
		values = []string{e.Hardware, e.Identifier}
	case hal.DHCPLeaseFieldServerAddress:
		values = []string{e.Server}
	case hal.DHCPLeaseFieldHostname:
		values = []string{e.Hostname}
	case hal.DHCPLeaseFieldDescription:
		values = []string{string(e.Code), e.Code.Description()}
	}
	for _, v := range values {
		v = strings.ToLower(v)
		if slices.ContainsFunc(q.texts, func(t string) bool { return v == t || !q.exact && strings.Contains(v, t) }) {
			return true
		}
	}
	return false
}

// events yields all that can match, newest first. An address and a client are
// found by index.
func (q *leaseQuery) events(c *call) iter.Seq2[*model.LeaseEvent, error] {
	if len(q.texts) > 0 && q.exact {
		switch q.field {
		case hal.DHCPLeaseFieldIPAddress:
			if a, ok := parseAddr(q.texts[0]); ok {
				key := store.Key{}.Addr(a)
				return c.schema.LeaseEventsByAddress.Between(c.tx, key, behind(store.Key{}.Addr(a)), true)
			}
		case hal.DHCPLeaseFieldClientIdentifier:
			return c.clientEvents(q.texts)
		}
	}
	return c.schema.LeaseEvents.AllDown(c.tx)
}

// clientEvents are the events of a client by any of its spellings, newest first.
func (c *call) clientEvents(spellings []string) iter.Seq2[*model.LeaseEvent, error] {
	return func(yield func(*model.LeaseEvent, error) bool) {
		var ids []model.ID
		for _, s := range spellings {
			for id, err := range c.schema.LeaseEventsByClient.IDs(c.tx, store.NameKey(s)) {
				if err != nil {
					yield(nil, err)
					return
				}
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		for _, id := range slices.Backward(slices.Compact(ids)) {
			e, err := c.schema.LeaseEvents.Get(c.tx, id)
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
