package kea_test

import (
	"bytes"

	"halxml/internal/kea"
	"halxml/internal/kea/check"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
)

// failer is what tests and property checks have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// world is a whole domain, as a store would hold it, and the settings of its servers by id.
type world struct {
	Servers       []model.Server
	Relationships []model.Relationship
	Ranges        []model.Range
	Scopes        []model.Scope
	Pools         []model.Pool
	Reservations  []model.Reservation
	Definitions   []model.OptionDefinition
	// Options are by their owner's reference; what is not there has none, but for a world without any they are unknown.
	Options  map[string][]model.Option
	Settings map[model.ID]kea.Settings
}

// options are the options of an object.
func (w *world) options(owner model.Ref) []model.Option {
	if list := w.Options[owner.String()]; list != nil || w.Options == nil {
		return list
	}
	return []model.Option{}
}

// reservations are those that belong to an object.
func (w *world) reservations(owner model.Ref) []kea.Reservation {
	if w.Reservations == nil {
		return nil
	}
	out := []kea.Reservation{}
	for _, r := range w.Reservations {
		if r.Owner() == owner {
			out = append(out, kea.Reservation{Reservation: r, Options: w.options(r.Ref())})
		}
	}
	return out
}

func (w *world) server(id model.ID) model.Server {
	for _, s := range w.Servers {
		if s.ID == id {
			return s
		}
	}
	return model.Server{}
}

func (w *world) snapshot(server model.ID, service model.ServiceType) kea.Snapshot {
	s := w.server(server)
	snap := kea.Snapshot{Server: s, Service: service, Settings: w.Settings[server], Definitions: w.Definitions, Reservations: w.reservations(s.Ref())}
	if service == model.DHCPv4 {
		snap.Options = w.options(s.Ref())
	}
	for _, r := range w.Relationships {
		if r.Joins(server) {
			snap.Relationships = append(snap.Relationships, kea.Relationship{Relationship: r, Primary: w.server(r.PrimaryID), Secondary: w.server(r.SecondaryID)})
		}
	}
	for _, s := range w.Scopes {
		if s.ServerID != server {
			continue
		}
		scope := kea.Scope{Scope: s, Options: w.options(s.Ref()), Reservations: w.reservations(s.Ref())}
		for _, r := range w.Ranges {
			if r.ID == s.RangeID {
				scope.Range = r
			}
		}
		for _, p := range w.Pools {
			if p.ScopeID == s.ID {
				scope.Pools = append(scope.Pools, kea.Pool{Pool: p, Options: w.options(p.Ref())})
			}
		}
		snap.Scopes = append(snap.Scopes, scope)
	}
	return snap
}

// mustFit fails when a rendered text is not its structures, has an error, or changes when it is rendered over itself.
func mustFit(t failer, snap kea.Snapshot, r *kea.Rendering) {
	t.Helper()
	back, err := conf.Parse("kea.conf", r.Text, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, r.Text)
	}
	if !conf.Equal(back, r.File) {
		t.Fatalf("the text reads as something else\n%s\nprinted again\n%s", r.Text, conf.Print(back))
	}
	for _, f := range check.File(back) {
		if f.Severity == check.Error {
			t.Errorf("%v\n%s", f, r.Text)
		}
	}
	snap.Settings.Base = back.Dhcp4
	if snap.Service == model.DHCPv6 {
		snap.Settings.Base = back.Dhcp6
	}
	again, err := kea.Render(snap)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Text, r.Text) {
		t.Errorf("rendered over itself\n%s\nbecomes\n%s", r.Text, again.Text)
	}
}

// mustPair fails when two servers' configurations do not work together.
func mustPair(t failer, a, b *kea.Rendering) {
	t.Helper()
	for _, f := range check.Pair(a.File, b.File) {
		t.Errorf("%v\n%s\n---\n%s", f, a.Text, b.Text)
	}
}

// mustTake fails when Kea's own check refuses a rendering.
func mustTake(t failer, program, folder string, r *kea.Rendering) {
	t.Helper()
	if passed, says := keatest.Check(t, program, folder, r.Text); !passed {
		t.Fatalf("Kea refuses\n%s\n%s", r.Text, says)
	}
}
