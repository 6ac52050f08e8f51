package dhcpd_test

import (
	"os"
	"os/exec"
	"path/filepath"

	"halxml/internal/dhcpd"
	"halxml/internal/dhcpd/check"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/model"
)

// failer is what tests and property checks have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// world is a whole domain, as a store would hold it.
type world struct {
	Servers       []model.Server
	Relationships []model.Relationship
	Ranges        []model.Range
	Scopes        []model.Scope
	Pools         []model.Pool
	Options       []model.OptionSet
	Definitions   []model.OptionDefinition
	Classes       []model.Class
	Groups        []model.Group
	Reservations  []model.Reservation
	Statements    []model.Statements
}

func (w *world) server(id model.ID) model.Server {
	for _, s := range w.Servers {
		if s.ID == id {
			return s
		}
	}
	return model.Server{}
}

func (w *world) scopes(server model.ID) (out []dhcpd.Scope) {
	for _, s := range w.Scopes {
		if s.ServerID != server {
			continue
		}
		scope := dhcpd.Scope{Scope: s}
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
		out = append(out, scope)
	}
	return out
}

func (w *world) snapshot(server model.ID) dhcpd.Snapshot {
	snap := dhcpd.Snapshot{Server: w.server(server), Scopes: w.scopes(server)}
	for _, o := range w.Options {
		if o.ServerID == server {
			snap.Options = append(snap.Options, o)
		}
	}
	for _, d := range w.Definitions {
		if d.ServerID == server {
			snap.Definitions = append(snap.Definitions, d)
		}
	}
	for _, k := range w.Classes {
		if k.ServerID == server {
			snap.Classes = append(snap.Classes, k)
		}
	}
	for _, g := range w.Groups {
		if g.ServerID == server {
			snap.Groups = append(snap.Groups, g)
		}
	}
	for _, r := range w.Reservations {
		if r.ServerID == server {
			snap.Reservations = append(snap.Reservations, r)
		}
	}
	snap.Statements = w.Statements
	for _, r := range w.Relationships {
		if r.Joins(server) {
			snap.Relationships = append(snap.Relationships, dhcpd.Relationship{
				Relationship: r, Primary: w.server(r.PrimaryID), Secondary: w.server(r.SecondaryID), Partner: w.scopes(r.Partner(server)),
			})
		}
	}
	return snap
}

// mustFit fails when a rendered text is not what dhcpd and a partner's text need.
func mustFit(t failer, name string, r *dhcpd.Rendering) {
	t.Helper()
	back, err := conf.Parse("dhcpd.conf", r.Text, nil)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, r.Text)
	}
	if !conf.Equal(back, r.File) {
		t.Fatalf("%s: the text reads as another tree\n%s\nprinted again\n%s", name, r.Text, conf.Print(back))
	}
	for _, f := range check.File(back) {
		if f.Severity == check.Error {
			t.Errorf("%s: %v\n%s", name, f, r.Text)
		}
	}
}

// mustPair fails when two servers' files do not work together.
func mustPair(t failer, a, b *dhcpd.Rendering) {
	t.Helper()
	for _, f := range check.Pair(a.File, b.File) {
		if f.Severity == check.Error {
			t.Errorf("%v\n%s\n---\n%s", f, a.Text, b.Text)
		}
	}
}

// validator is dhcpd's own check over texts, in one folder.
type validator struct{ program, folder string }

func (v validator) mustAccept(t failer, name string, text []byte) {
	t.Helper()
	file := filepath.Join(v.folder, "dhcpd.conf")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(v.program, "-4", "-t", "-cf", file, "-lf", filepath.Join(v.folder, "leases")).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: dhcpd refuses: %v\n%s\n%s", name, err, out, text)
	}
}
