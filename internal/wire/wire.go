// Package wire turns domain objects into the API's wire types and back: pure
// functions without a store. Passwords and shared secrets have no way out of
// here.
package wire

import (
	"net/netip"
	"strings"
	"time"

	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// DateLayout is how the API writes dates, in the server's time zone.
const DateLayout = "Jan 2, 2006 15:04:05"

// Date writes a time; the zero time is absent.
func Date(t time.Time, zone *time.Location) hal.Opt[string] {
	if t.IsZero() {
		return hal.Opt[string]{}
	}
	return hal.Some(t.In(zone).Format(DateLayout))
}

// text is present when not empty: optional values without content are left out.
func text(s string) hal.Opt[string] { return hal.Opt[string]{V: s, Set: s != ""} }

// Ref is a reference; id 0 is absent but for users, which start at 0.
func Ref(t model.ObjectType, id model.ID) hal.Opt[string] {
	if id == 0 && t != model.TypeUser {
		return hal.Opt[string]{}
	}
	return hal.Some(model.Ref{Type: t, ID: id}.String())
}

// Address is an address, absent when not valid.
func Address(a netip.Addr) hal.Opt[string] {
	if !a.IsValid() {
		return hal.Opt[string]{}
	}
	return hal.Some(a.String())
}

// Object is the short form in which one object names another.
func Object(r model.Ref, name string) hal.Object {
	return hal.Object{
		Ref: hal.Some(r.String()), ObjType: hal.Some(hal.ObjectType(r.Type.String())), Name: hal.Some(name),
	}
}

// Properties are custom properties; never nil, so that an empty list is there.
func Properties(ps []model.Property) []hal.Property {
	out := make([]hal.Property, len(ps))
	for i, p := range ps {
		out[i] = hal.Property{Name: hal.Some(p.Name), Value: hal.Some(p.Value)}
	}
	return out
}

// Server is a server without its passwords.
func Server(s *model.Server) hal.DHCPServer {
	state := s.State
	switch {
	case !s.Enabled:
		state = model.StateDisabled
	case state == "":
		state = model.StateUnknown
	}
	out := hal.DHCPServer{
		Ref:              hal.Some(s.Ref().String()),
		Name:             hal.Some(s.Name),
		Proxy:            text(s.Proxy),
		Address:          text(s.Address),
		ResolvedAddress:  text(s.ResolvedAddress),
		Username:         text(s.Username),
		Type:             hal.Some(hal.DHCPServerType(s.Kind)),
		State:            hal.Some(hal.DHCPServerState(state)),
		CustomProperties: Properties(s.Custom),
		Enabled:          hal.Some(s.Enabled),
	}
	if s.Security != "" {
		out.Security = hal.Some(hal.DHCPServerSecurity(s.Security))
	}
	return out
}

// Scope is a scope with the number of addresses in its pools; t makes its
// references.
func Scope(s *model.Scope, t *Texts) hal.DHCPScope {
	return hal.DHCPScope{
		Ref:           t.Ref(model.TypeScope, s.ID),
		Name:          hal.Some(s.Name),
		RangeRef:      t.Ref(model.TypeRange, s.RangeID),
		DHCPServerRef: t.Ref(model.TypeServer, s.ServerID),
		Superscope:    text(s.Superscope),
		Description:   text(s.Description),
		Available:     hal.Some(s.Available),
		Enabled:       hal.Some(s.Enabled),
	}
}

// Pool is an address pool; peer and relationship are the names it goes by.
func Pool(p *model.Pool, peer, relationship string) hal.DHCPAddressPool {
	return hal.DHCPAddressPool{
		Ref:                  hal.Some(p.Ref().String()),
		Name:                 text(p.Name),
		From:                 Address(p.From),
		To:                   Address(p.To),
		FailoverPeer:         text(peer),
		FailoverRelationship: text(relationship),
		DHCPScopeRef:         Ref(model.TypeScope, p.ScopeID),
	}
}

// Permits are a pool's permits; never nil.
func Permits(ps []model.Permit) []hal.DHCPAddressPoolPermit {
	out := make([]hal.DHCPAddressPoolPermit, len(ps))
	for i, p := range ps {
		out[i] = hal.DHCPAddressPoolPermit{
			Permit:    hal.Some(hal.DHCPAddressPoolPermitType(p.Permit)),
			Access:    hal.Some(hal.AccessType(p.Access)),
			ClassName: text(p.Class),
		}
	}
	return out
}

// RangeLinks is what a range's answer needs beside the range itself.
type RangeLinks struct {
	Children []hal.Object
	Scopes   []hal.Object
	// Utilization is the share of addresses in use, percent.
	Utilization uint32
}

// Range is a range with its children and scopes.
func Range(r *model.Range, name string, links RangeLinks, zone *time.Location) hal.Range {
	return hal.Range{
		Ref:                   hal.Some(r.Ref().String()),
		Name:                  hal.Some(name),
		From:                  Address(r.From),
		To:                    Address(r.To),
		ParentRef:             Ref(model.TypeRange, r.ParentID),
		ChildRanges:           links.Children,
		DHCPScopes:            links.Scopes,
		Subnet:                hal.Some(r.Subnet),
		Locked:                hal.Some(r.Locked),
		AutoAssign:            hal.Some(r.AutoAssign),
		HasSchedule:           hal.Some(HasSchedule(r)),
		HasMonitor:            hal.Some(false),
		CustomProperties:      Properties(r.Custom),
		InheritAccess:         hal.Some(r.InheritAccess),
		IsContainer:           hal.Some(r.Container),
		UtilizationPercentage: hal.Some(links.Utilization),
		HasRogueAddresses:     hal.Some(false),
		CloudAllocationPools:  []hal.AddressBlock{},
		DiscoveredProperties:  []hal.NetworkDiscoveryInfo{},
		CreationTime:          Date(r.Created, zone),
	}
}

// RelationshipView is a relationship as one of its servers sees it.
type RelationshipView struct {
	Primary, Secondary *model.Server
	Seen               *model.Server // the server asked
	State              string
	Scopes             []model.ID // of the server asked
}

// Relationship is a relationship without its shared secret.
func Relationship(r *model.Relationship, v RelationshipView) hal.DHCPFailoverRelationship {
	role := hal.DHCPFailoverServerTypePrimaryServer
	if v.Seen.ID == r.SecondaryID {
		role = hal.DHCPFailoverServerTypeSecondaryServer
	}
	out := hal.DHCPFailoverRelationship{
		Name:               hal.Some(r.Name),
		PrimaryServer:      hal.Some(v.Primary.Name),
		SecondaryServer:    hal.Some(v.Secondary.Name),
		FailoverMode:       hal.Some(hal.DHCPFailoverMode(r.Mode)),
		FailoverServerType: hal.Some(role),
		MCLT:               hal.Some(r.MCLT),
		SafePeriod:         hal.Some(r.SafePeriod),
		DHCPScopeRefs:      make([]string, len(v.Scopes)),
		Percentage:         hal.Some(r.Percentage),
		DHCPServerRef:      hal.Some(v.Seen.Ref().String()),
		PrimaryServerRef:   hal.Some(v.Primary.Ref().String()),
		SecondaryServerRef: hal.Some(v.Secondary.Ref().String()),
		State:              hal.Some(v.State),
		ServiceType:        hal.Some(hal.DHCPServiceType(r.ServiceType)),
	}
	for i, id := range v.Scopes {
		out.DHCPScopeRefs[i] = model.Ref{Type: model.TypeScope, ID: id}.String()
	}
	number := func(n uint32) hal.Opt[uint32] { return hal.Opt[uint32]{V: n, Set: n != 0} }
	out.Port, out.SecondaryPort = number(r.Port), number(r.SecondaryPort)
	out.LoadBalanceMaxSeconds = number(r.LoadBalanceMaxSeconds)
	out.MaxResponseDelay = number(r.MaxResponseDelay)
	out.MaxUnackedUpdates = number(r.MaxUnackedUpdates)
	if r.Kind.IsKea() {
		out.UseDedicatedPeerToPeerEndpoints = hal.Some(r.DedicatedEndpoints)
	}
	return out
}

// Event is a history event.
func Event(e *model.Event, zone *time.Location) hal.Event {
	return hal.Event{
		EventType:   hal.Some(hal.EventType(e.Type)),
		ObjType:     hal.Some(hal.ObjectType(e.Object.Type.String())),
		ObjRef:      hal.Some(e.Object.String()),
		ObjName:     hal.Some(e.Name),
		Timestamp:   Date(e.Time, zone),
		Username:    hal.Some(e.Username),
		SaveComment: hal.Some(e.Comment),
		EventText:   hal.Some(e.Text),
	}
}

// Bool writes a boolean as property values do.
func Bool(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// ParseBool reads a property's boolean.
func ParseBool(s string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1", "yes":
		return true, true
	case "false", "0", "no":
		return false, true
	}
	return false, false
}
