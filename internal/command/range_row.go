package command

import (
	"strconv"

	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/wsdl/hal"
)

// rangeRow is a listed range; children and scopes are read when asked for.
type rangeRow struct {
	c *call
	*model.Range
}

// count is a number of the range's use; "" when it cannot be told.
func (r rangeRow) count(of func(rangeUse) string) string {
	u, err := r.c.use(r.Range)
	if err != nil {
		return ""
	}
	return of(u)
}

func (r rangeRow) utilization() string {
	return r.count(func(u rangeUse) string { return decimal(u.utilization()) })
}

func (r rangeRow) used() string {
	return r.count(func(u rangeUse) string { return strconv.FormatUint(u.used, 10) })
}

func (r rangeRow) free() string {
	return r.count(func(u rangeUse) string { return u.free.big().String() })
}

// objects are the references and names of ranges or scopes.
func (r rangeRow) objects(of func(hal.Range) []hal.Object) (all []string) {
	shown, err := r.c.rangeAnswer(r.Range)
	if err != nil {
		return nil
	}
	for _, o := range of(shown) {
		all = append(all, o.Ref.V, o.Name.V)
	}
	return all
}

// nothing is the text of what a range never has here.
func nothing(rangeRow) string { return "" }

// rangeFields are the fields of a range, and those that the lists with
// statistics add. What costs more than the record, or is of other objects, is
// not searched by a text alone.
var rangeFields = filter.NewSet([]filter.Field[rangeRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r rangeRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r rangeRow) string { return r.Name }},
	{Name: "from", Kind: filter.Address, Text: func(r rangeRow) string { return r.From.String() }},
	{Name: "to", Kind: filter.Address, Text: func(r rangeRow) string { return r.To.String() }},
	{Name: "parentRef", Kind: filter.Ref, Text: func(r rangeRow) string { return wire.Ref(model.TypeRange, r.ParentID).V }},
	{Name: "adSiteRef", Kind: filter.Ref, Text: nothing},
	{Name: "cloudNetworkRef", Kind: filter.Ref, Text: nothing},
	{Name: "childRanges", Kind: filter.List, Hidden: true, Foreign: true, List: func(r rangeRow) []string {
		return r.objects(func(shown hal.Range) []hal.Object { return shown.ChildRanges })
	}},
	{Name: "dhcpScopes", Kind: filter.List, Hidden: true, Foreign: true, List: func(r rangeRow) []string {
		return r.objects(func(shown hal.Range) []hal.Object { return shown.DHCPScopes })
	}},
	{Name: "subnet", Kind: filter.Bool, Text: func(r rangeRow) string { return wire.Bool(r.Subnet) }},
	{Name: "locked", Kind: filter.Bool, Text: func(r rangeRow) string { return wire.Bool(r.Locked) }},
	{Name: "autoAssign", Kind: filter.Bool, Text: func(r rangeRow) string { return wire.Bool(r.AutoAssign) }},
	{Name: "hasSchedule", Kind: filter.Bool, Text: func(r rangeRow) string { return wire.Bool(wire.HasSchedule(r.Range)) }},
	{Name: "hasMonitor", Kind: filter.Bool, Text: func(rangeRow) string { return "false" }},
	{Name: "inheritAccess", Kind: filter.Bool, Text: func(r rangeRow) string { return wire.Bool(r.InheritAccess) }},
	{Name: "isContainer", Kind: filter.Bool, Text: func(r rangeRow) string { return wire.Bool(r.Container) }},
	{Name: "utilizationPercentage", Kind: filter.Number, Hidden: true, Foreign: true, Text: rangeRow.utilization},
	{Name: "hasRogueAddresses", Kind: filter.Bool, Text: func(rangeRow) string { return "false" }},
	{Name: "cloudAllocationPools", Kind: filter.List, List: func(rangeRow) []string { return nil }},
	{Name: "discoveredProperties", Kind: filter.List, List: func(rangeRow) []string { return nil }},
	{Name: "used", Kind: filter.Number, Hidden: true, Foreign: true, Text: rangeRow.used},
	{Name: "free", Kind: filter.Number, Hidden: true, Foreign: true, Text: rangeRow.free},
	{Name: "utilization", Kind: filter.Number, Hidden: true, Foreign: true, Text: rangeRow.utilization},
	{Name: "creationTime", Kind: filter.Time, Text: func(r rangeRow) string { return wire.Date(r.Created, r.c.zone).V }},
}, func(r rangeRow) []model.Property { return r.Custom })
