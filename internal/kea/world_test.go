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
	Options       []model.OptionSet
	Settings      map[model.ID]kea.Settings
}

// set gives the object of a reference options.
func (w *world) set(owner string, options ...model.Option) {
	ref, ok := model.ParseRef(owner)
	if !ok {
		panic(owner)
	}
	w.Options = append(w.Options, model.OptionSet{Owner: ref, Options: options})
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
	snap := kea.Snapshot{Server: w.server(server), Service: service, Settings: w.Settings[server], Definitions: w.Definitions, Options: w.Options}
	if w.Reservations != nil {
		snap.Reservations = []model.Reservation{}
	}
	for _, r := range w.Reservations {
		if r.ServerID == server {
			snap.Reservations = append(snap.Reservations, r)
		}
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
		scope := kea.Scope{Scope: s}
		for _, r := range w.Ranges {
			if r.ID == s.RangeID {
				scope.Range = r
			}
		}
		for _, p := range w.Pools {
			if p.ScopeID == s.ID {
				scope.Pools = append(scope.Pools, p)
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
