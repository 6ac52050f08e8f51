package kea_test

import (
	"strings"
	"testing"

	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
	"halxml/internal/realtool"
)

// A trial start says what Kea's check does not, though the addresses and files of the configuration are elsewhere.
func TestScratchStarts(t *testing.T) {
	program, hooks := realtool.Path(t, "kea-dhcp4"), keatest.Hooks(t)
	f, err := conf.Parse("", []byte(`{"Dhcp4": {"interfaces-config": {"interfaces": ["no-such-interface"]}, "lease-database": {"type": "memfile", "name": "/no/such/folder/leases.csv"},
		"loggers": [{"name": "kea-dhcp4", "output_options": [{"output": "/no/such/folder/log"}]}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := pairWorld()
	w.Relationships[0].DedicatedEndpoints = true
	w.Settings = map[model.ID]kea.Settings{1: {Base: f.Dhcp4, HooksFolder: hooks, ControlSocket: "/no/such/folder/socket"}}
	r := w.render(t, 1)
	before := string(conf.Print(r.File))

	folder := keatest.Folder(t)
	if d, says := keatest.Try(t, program, folder, conf.Print(kea.Scratch(r.File, folder))); d == nil {
		t.Errorf("the trial does not start:\n%s", says)
	} else {
		d.Stop()
	}
	bad := r.File.Clone()
	*bad.Dhcp4.HA()[0].HeartbeatDelay = 70000
	if passed, says := keatest.Check(t, program, folder, conf.Print(kea.Scratch(bad, folder))); !passed {
		t.Errorf("Kea's own check sees it:\n%s", says)
	}
	if d, says := keatest.Try(t, program, folder, conf.Print(kea.Scratch(bad, folder))); d != nil || !strings.Contains(says, "heartbeat-delay") {
		t.Errorf("a wrong parameter starts: %v\n%s", d != nil, says)
	}
	if string(conf.Print(r.File)) != before {
		t.Error("the configuration was changed")
	}
}
