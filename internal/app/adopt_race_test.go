package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"halxml/internal/command"
	"halxml/internal/deliver"
	"halxml/internal/host"
	"halxml/internal/intake"
	"halxml/store"
	"halxml/store/bolt"
)

// A file that is edited again while it is being adopted is somebody else's
// still: what was read is adopted, and nothing of the rest is overwritten.
func TestAnEditDuringAnAdoptionIsNotLost(t *testing.T) {
	t.Parallel()
	f := newFiles(t, "", "authoritative;\nsubnet 10.1.0.0 netmask 255.255.255.0 {\n  option routers 10.1.0.1;\n}\n")
	if err := f.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.edit(t, 0, "option routers 10.1.0.1;", "option routers 10.1.0.2;")
	err := withData(t.Context(), f.config, func(s *bolt.Store) error {
		schema := store.NewSchema()
		commands := command.New(command.Options{Store: s, Schema: schema, Now: time.Now, Zone: time.UTC})
		d := deliver.New(deliver.Options{
			Store: s, Schema: schema, Targets: []deliver.Target{{Server: serverNames[0], Host: host.New(hostConfig(f.config.Servers[0])), Manual: true}},
			Adopt: func(ctx context.Context, o deliver.Adoption) ([]intake.Finding, error) {
				f.edit(t, 0, "authoritative;", "not authoritative;")
				return commands.Adopt(ctx, command.Adoption(o))
			},
		})
		d.Start()
		defer d.Close()
		report, err := d.Adopt(t.Context(), "administrator", deliver.AdoptOrder{Servers: serverNames[:1], Replace: true})
		if err != nil || report.Refused != "" {
			t.Fatalf("%+v, %v", report, err)
		}
		if text, err := d.Configuration(t.Context(), serverNames[0], ""); err != nil || !strings.Contains(string(text), "routers 10.1.0.2") || strings.Contains(string(text), "not authoritative") {
			t.Errorf("the service has %v\n%s", err, text)
		}
		for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			out, err := d.Deploy(t.Context(), deliver.Order{Servers: serverNames[:1]})
			if err != nil || time.Now().After(end) {
				t.Fatalf("%+v, %v", out, err)
			}
			if out[0].Result == deliver.Waiting && strings.Contains(out[0].Text, "was changed by somebody else; halxml adopt takes it over") {
				return nil
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.live(0), "not authoritative;") {
		t.Errorf("the file is\n%s", f.live(0))
	}
}
