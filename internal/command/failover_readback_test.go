package command_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"halxml/internal/auth"
	"halxml/internal/command"
	"halxml/internal/jsonscan"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// live is the service under test: the commands over a real store, and what was
// read of it last.
type live struct {
	ctx     context.Context
	store   store.Store
	auth    *auth.Auth
	command *command.Service
	session string
	now     time.Time
	// refs has the references of what is there, by the words of the world;
	// known has the words of every reference ever seen.
	refs, known map[string]string
}

func newLive(ctx context.Context, s store.Store) (*live, error) {
	l := &live{ctx: ctx, store: s, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), known: map[string]string{}, refs: map[string]string{}}
	schema := store.NewSchema()
	start := l.now
	var err error
	l.auth, err = auth.New(auth.Options{Store: s, Schema: schema, Now: func() time.Time { return start }, Argon: auth.Argon{Time: 1, Memory: 8, Threads: 1}})
	if err != nil {
		return nil, err
	}
	if _, _, err := l.auth.EnsureAdministrator(ctx, adminPassword); err != nil {
		return nil, err
	}
	l.command = command.New(command.Options{Store: s, Schema: schema, Auth: l.auth, Now: func() time.Time { return l.now }, Zone: time.UTC})
	res, err := l.Call("Login", &hal.Login{LoginName: hal.Some("administrator"), Password: hal.Some(adminPassword)})
	if err != nil {
		return nil, err
	}
	l.session = res.(*hal.LoginResponse).Session.V
	return l, nil
}

// Call is a call by the administrator, its answer read from JSON.
func (l *live) Call(operation string, req hal.Message) (hal.Message, error) {
	op, _, ok := hal.Lookup(operation)
	if !ok {
		return nil, fmt.Errorf("no operation %s", operation)
	}
	var out hal.Output
	var text []byte
	err := l.command.Dispatch(l.ctx, &hal.Call{Operation: op, Request: req, Session: l.session, Protocol: "json"},
		func(answer hal.Message) (err error) {
			text, err = out.AppendJSON(nil, answer)
			return err
		})
	if err != nil {
		return nil, err
	}
	answer := op.NewResponse()
	return answer, answer.DecodeJSON(jsonscan.New(string(text), jsonscan.DefaultLimits()))
}

// ask is call with the answer's type.
func ask[P hal.Message](l *live, operation string, req hal.Message) (answer P, err error) {
	res, err := l.Call(operation, req)
	if err != nil {
		return answer, fmt.Errorf("%s: %w", operation, err)
	}
	return res.(P), nil
}

// reading collects what the API answers, in the words of the world.
type reading struct {
	*live
	lines []string
	words map[string]string // of a reference
	cidrs map[string]string // of a scope's reference
}

func (r *reading) add(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *reading) saw(ref, format string, args ...any) string {
	r.words[ref] = fmt.Sprintf(format, args...)
	return r.words[ref]
}

// read asks for everything.
func (l *live) read() ([]string, error) {
	r := &reading{live: l, words: map[string]string{}, cidrs: map[string]string{}}
	servers, err := ask[*hal.GetDHCPServersResponse](l, "GetDHCPServers", &hal.GetDHCPServers{})
	if err != nil {
		return nil, err
	}
	for _, s := range servers.DHCPServers {
		r.saw(s.Ref.V, "server %s", s.Name.V)
		r.add("server %s %s", s.Name.V, s.Type.V)
	}
	ranges, err := ask[*hal.GetRangesResponse](l, "GetRanges", &hal.GetRanges{})
	if err != nil {
		return nil, err
	}
	for _, x := range ranges.Ranges {
		r.add("%s", r.saw(x.Ref.V, "range %s", x.Name.V))
	}
	if err := r.scopes(); err != nil {
		return nil, err
	}
	if err := r.pools(); err != nil {
		return nil, err
	}
	if err := r.relationships("", ""); err != nil {
		return nil, err
	}
	for _, s := range servers.DHCPServers {
		if err := r.relationships(s.Name.V, s.Ref.V); err != nil {
			return nil, err
		}
	}
	slices.Sort(r.lines)
	clear(l.refs)
	for ref, words := range r.words {
		l.known[ref], l.refs[words] = words, ref
	}
	return r.lines, nil
}

func (r *reading) scopes() error {
	res, err := ask[*hal.GetDHCPScopesResponse](r.live, "GetDHCPScopes", &hal.GetDHCPScopes{})
	if err != nil {
		return err
	}
	for _, s := range res.DHCPScopes {
		cidr := strings.TrimPrefix(r.words[s.RangeRef.V], "range ")
		server := strings.TrimPrefix(r.words[s.DHCPServerRef.V], "server ")
		r.cidrs[s.Ref.V] = cidr
		r.saw(s.Ref.V, "scope %s %s", server, cidr)
		r.add("scope %s %s %q %q enabled=%v available=%d", server, cidr, s.Name.V, s.Description.V, s.Enabled.V, s.Available.V)
	}
	return nil
}

// short is an address's last number.
func short(a string) int { b := netip.MustParseAddr(a).As16(); return int(b[15]) }

func (r *reading) pools() error {
	res, err := ask[*hal.GetDHCPAddressPoolsResponse](r.live, "GetDHCPAddressPools", &hal.GetDHCPAddressPools{})
	if err != nil {
		return err
	}
	for _, p := range res.DHCPAddressPools {
		server, cidr, _ := strings.Cut(strings.TrimPrefix(r.words[p.DHCPScopeRef.V], "scope "), " ")
		from, to := short(p.From.V), short(p.To.V)
		r.saw(p.Ref.V, "pool %s %s", server, spanText(cidr, from, to))
		var permits []string
		if strings.Contains(strings.Join(r.lines, "\n"), "server "+server+" ISC") {
			list, err := ask[*hal.GetDHCPAddressPoolPermitListResponse](r.live, "GetDHCPAddressPoolPermitList", &hal.GetDHCPAddressPoolPermitList{DHCPAddressPoolRef: p.Ref})
			if err != nil {
				return err
			}
			for _, x := range list.DHCPAddressPoolPermits {
				permits = append(permits, string(x.Access.V)+" "+string(x.Permit.V))
			}
		}
		r.add("pool %s %s %d-%d %q peer=%q relationship=%q permits=%q", server, cidr, from, to, p.Name.V, p.FailoverPeer.V, p.FailoverRelationship.V, permits)
	}
	return nil
}

func (r *reading) relationships(from, ref string) error {
	res, err := ask[*hal.GetDHCPFailoverRelationshipsResponse](r.live, "GetDHCPFailoverRelationships", &hal.GetDHCPFailoverRelationships{DHCPServerRef: hal.Opt[string]{V: ref, Set: ref != ""}})
	if err != nil {
		return err
	}
	for _, x := range res.DHCPFailoverRelationships {
		var scopes []string
		for _, ref := range x.DHCPScopeRefs {
			scopes = append(scopes, strings.TrimPrefix(r.words[ref], "scope "))
		}
		slices.Sort(scopes)
		r.add("relationship seen from %q: %s %s-%s %s %s %s %s %v scopes=%q", from, x.Name.V, x.PrimaryServer.V, x.SecondaryServer.V,
			x.FailoverServerType.V, x.FailoverMode.V, x.ServiceType.V, x.State.V,
			wParameters{x.MCLT.V, x.SafePeriod.V, x.Percentage.V, x.Port.V, x.SecondaryPort.V, x.LoadBalanceMaxSeconds.V, x.MaxResponseDelay.V, x.MaxUnackedUpdates.V}, scopes)
		if ref == "" {
			continue
		}
		one, err := ask[*hal.GetDHCPFailoverRelationshipResponse](r.live, "GetDHCPFailoverRelationship", &hal.GetDHCPFailoverRelationship{DHCPServerRef: hal.Some(ref), DHCPFailoverRelationshipName: x.Name})
		if err != nil {
			return err
		}
		if a, b := one.DHCPFailoverRelationship.AppendJSON(nil, hal.Current), x.AppendJSON(nil, hal.Current); string(a) != string(b) {
			return fmt.Errorf("alone a relationship reads %s, listed %s", a, b)
		}
	}
	return nil
}

// events are the history of the last command, in the words of the world.
// before has the words that references had ahead of it.
func (l *live) events(before map[string]string, comment string) ([]string, error) {
	res, err := ask[*hal.GetHistoryResponse](l, "GetHistory", &hal.GetHistory{StartDate: hal.Some(l.now.Format("Jan 2, 2006 15:04:05"))})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range res.Events {
		if e.SaveComment.V != comment || e.Username.V != "administrator" || e.EventText.V == "" {
			return nil, fmt.Errorf("an event says %q, %q, %q", e.SaveComment.V, e.Username.V, e.EventText.V)
		}
		words := before[e.ObjRef.V]
		if words == "" {
			words = l.known[e.ObjRef.V]
		}
		if e.ObjType.V == hal.ObjectType(model.TypeRelationship.String()) {
			words = "relationship " + e.ObjName.V
		}
		out = append(out, fmt.Sprintf("%s %s", e.EventType.V, words))
	}
	slices.Sort(out)
	return out, nil
}
