// Package commandtest holds the rules of DHCP failover as scenarios that are
// told to the API and read back from it, over whatever carries the calls. It is
// for tests only.
package commandtest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

// Caller calls an operation of the API as the administrator and returns its
// response. A fault is an errs error with the fault's code and text.
type Caller interface {
	Call(operation string, req hal.Message) (hal.Message, error)
}

// scene is an empty service that a scenario is played on.
type scene struct {
	*testing.T
	caller  Caller
	comment string // the saveComment of commands made from now on
}

// command is one call, made but not yet sent.
type command struct {
	operation string
	request   hal.Message
}

// do sends a command that must succeed.
func (s *scene) do(c command) hal.Message {
	s.Helper()
	answer, err := s.caller.Call(c.operation, c.request)
	if err != nil {
		s.Fatalf("%s %s: %v", c.operation, c.request.AppendJSON(nil, hal.Current), err)
	}
	return answer
}

// refused sends a command that must fail with a code and a text that holds all
// words, and must change nothing that can be read back.
func (s *scene) refused(c command, code errs.Code, words ...string) {
	s.Helper()
	before := s.everything()
	_, err := s.caller.Call(c.operation, c.request)
	said := fmt.Sprintf("%s %s", c.operation, c.request.AppendJSON(nil, hal.Current))
	if err == nil {
		s.Errorf("%s: not refused", said)
		return
	}
	if got := errs.CodeOf(err); got != code {
		s.Errorf("%s: %v, want %v: %v", said, got, code, err)
	}
	for _, w := range words {
		if !strings.Contains(errs.MessageOf(err), w) {
			s.Errorf("%s: %q does not say %q", said, errs.MessageOf(err), w)
		}
	}
	if after := s.everything(); after != before {
		s.Errorf("%s: refused, and changed\n%s\nto\n%s", said, before, after)
	}
}

// ask sends a Get that must succeed.
func ask[P hal.Message](s *scene, operation string, req hal.Message) P {
	s.Helper()
	return s.do(command{operation, req}).(P)
}

// everything is all that can be read back, history too.
func (s *scene) everything() string {
	s.Helper()
	var b []byte
	for _, c := range []command{
		{"GetDHCPServers", &hal.GetDHCPServers{}}, {"GetRanges", &hal.GetRanges{}}, {"GetDHCPScopes", &hal.GetDHCPScopes{}},
		{"GetDHCPAddressPools", &hal.GetDHCPAddressPools{}}, {"GetDHCPFailoverRelationships", &hal.GetDHCPFailoverRelationships{}},
		{"GetHistory", &hal.GetHistory{}},
	} {
		b = append(s.do(c).AppendJSON(b, hal.Current), '\n')
	}
	return string(b)
}

func text(s string) hal.Opt[string] { return hal.Opt[string]{V: s, Set: s != ""} }

// servers adds servers of one kind.
func (s *scene) servers(kind hal.DHCPServerType, names ...string) {
	s.Helper()
	for _, name := range names {
		s.do(command{"AddDHCPServer", &hal.AddDHCPServer{
			DHCPServer: &hal.DHCPServer{Name: hal.Some(name), Type: hal.Some(kind)}, SaveComment: text(s.comment),
		}})
	}
}

// scope adds a scope that is named after its range.
func (s *scene) scope(server, cidr string) command {
	return command{"AddDHCPScope", &hal.AddDHCPScope{
		DHCPScope: &hal.DHCPScope{RangeRef: hal.Some(cidr), DHCPServerRef: hal.Some(server)}, SaveComment: text(s.comment),
	}}
}

// cidrOf is the subnet that a pool of the scenarios lies in.
func cidrOf(pool string) string {
	first, _, _ := strings.Cut(pool, "-")
	a := netip.MustParseAddr(first)
	return netip.PrefixFrom(a, map[bool]int{true: 24, false: 64}[a.Is4()]).Masked().String()
}

// pool adds a pool, written from-to, to a server's scope of its subnet.
func (s *scene) pool(server, span, peer string) command {
	s.Helper()
	return command{"AddDHCPAddressPool", &hal.AddDHCPAddressPool{
		DHCPAddressPool: &hal.DHCPAddressPool{Name: hal.Some(span), FailoverPeer: text(peer), DHCPScopeRef: hal.Some(s.scopeRef(server, cidrOf(span)))},
		SaveComment:     text(s.comment),
	}}
}

// pools adds pools, written from-to, with their scopes where there are none.
func (s *scene) pools(server string, spans ...string) {
	s.Helper()
	for _, span := range spans {
		if s.find(server, cidrOf(span)) == nil {
			s.do(s.scope(server, cidrOf(span)))
		}
		s.do(s.pool(server, span, ""))
	}
}

// find is a server's scope of a subnet, or nil.
func (s *scene) find(server, cidr string) *hal.DHCPScope {
	s.Helper()
	scopes := ask[*hal.GetDHCPScopesResponse](s, "GetDHCPScopes", &hal.GetDHCPScopes{
		Filter: hal.Some("dhcpServerRef=" + server + " AND rangeRef=" + cidr),
	}).DHCPScopes
	if len(scopes) == 0 {
		return nil
	}
	return &scopes[0]
}

func (s *scene) scopeRef(server, cidr string) string {
	s.Helper()
	found := s.find(server, cidr)
	if found == nil {
		s.Fatalf("no scope %s on %s", cidr, server)
	}
	return found.Ref.V
}

func (s *scene) scopeRefs(server string, cidrs []string) (refs []string) {
	s.Helper()
	for _, cidr := range cidrs {
		refs = append(refs, s.scopeRef(server, cidr))
	}
	return refs
}

// poolsOn are a server's pools by address.
func (s *scene) poolsOn(server string) (found []hal.DHCPAddressPool) {
	s.Helper()
	for _, scope := range ask[*hal.GetDHCPScopesResponse](s, "GetDHCPScopes", &hal.GetDHCPScopes{Filter: hal.Some("dhcpServerRef=" + server)}).DHCPScopes {
		found = append(found, ask[*hal.GetDHCPAddressPoolsResponse](s, "GetDHCPAddressPools", &hal.GetDHCPAddressPools{DHCPScopeRef: scope.Ref}).DHCPAddressPools...)
	}
	slices.SortFunc(found, func(a, b hal.DHCPAddressPool) int {
		return netip.MustParseAddr(a.From.V).Compare(netip.MustParseAddr(b.From.V))
	})
	return found
}

func (s *scene) poolRef(server, from string) hal.Opt[string] {
	s.Helper()
	for _, p := range s.poolsOn(server) {
		if p.From.V == from {
			return p.Ref
		}
	}
	s.Fatalf("no pool %s on %s", from, server)
	return hal.Opt[string]{}
}

// peers holds a server's pools to "first address=peer" by address.
func (s *scene) peers(server string, want ...string) {
	s.Helper()
	var got []string
	for _, p := range s.poolsOn(server) {
		got = append(got, p.From.V+"="+p.FailoverPeer.V)
	}
	if !slices.Equal(got, want) {
		s.Errorf("pools on %s: %q, want %q", server, got, want)
	}
}

// set changes properties of an object: name, value, name, value.
func (s *scene) set(ref hal.Opt[string], nameValues ...string) command {
	req := &hal.SetProperties{Ref: ref, SaveComment: text(s.comment)}
	for i := 0; i+1 < len(nameValues); i += 2 {
		req.Properties = append(req.Properties, hal.Property{Name: hal.Some(nameValues[i]), Value: hal.Some(nameValues[i+1])})
	}
	return command{"SetProperties", req}
}

// move lets a pool refer to another peer.
func (s *scene) move(server, from, peer string) command {
	s.Helper()
	return s.set(s.poolRef(server, from), "failoverPeer", peer)
}

// remove removes an object.
func (s *scene) remove(ref hal.Opt[string], force bool) command {
	return command{"RemoveObject", &hal.RemoveObject{Ref: ref, ForceRemoval: hal.Some(force), SaveComment: text(s.comment)}}
}

// removeRange removes a range, which may be named as its scopes are.
func (s *scene) removeRange(cidr string, force bool) command {
	c := s.remove(hal.Some(cidr), force)
	c.request.(*hal.RemoveObject).ObjType = hal.Some(hal.ObjectTypeRange)
	return c
}

// history lists the events that carry a comment, oldest first: type, kind of
// object and its name.
func (s *scene) history(comment string) (events []string) {
	s.Helper()
	for _, e := range ask[*hal.GetHistoryResponse](s, "GetHistory", &hal.GetHistory{Filter: hal.Some("saveComment=" + comment)}).Events {
		events = append(events, fmt.Sprintf("%s %s %s", e.EventType.V, e.ObjType.V, e.ObjName.V))
	}
	slices.Reverse(events)
	return events
}

// said is the text of the newest event about a relationship.
func (s *scene) said(name string) string {
	s.Helper()
	for _, e := range ask[*hal.GetHistoryResponse](s, "GetHistory", &hal.GetHistory{ObjType: hal.Some(hal.ObjectTypeDHCPFailoverPeer)}).Events {
		if e.ObjName.V == name {
			return e.EventText.V
		}
	}
	return ""
}

// equal compares two lists.
func (s *scene) equal(what string, got []string, want ...string) {
	s.Helper()
	if !slices.Equal(got, want) {
		s.Errorf("%s: %q, want %q", what, got, want)
	}
}
