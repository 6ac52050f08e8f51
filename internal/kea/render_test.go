package kea_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"halxml/internal/errs"
	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
	"halxml/internal/realtool"
)

// Each archive in testdata holds a world, what its servers have before (NAME.dhcp4.before), and what is rendered of both.
// UPDATE_GOLDEN=1 writes the latter anew.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := golden(t, archive)
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for i, f := range got.Files {
				if i >= len(archive.Files) || archive.Files[i].Name != f.Name || string(archive.Files[i].Data) != string(f.Data) {
					t.Errorf("%s is\n%s", f.Name, f.Data)
				}
			}
		})
	}
}

// golden renders the world of an archive.
func golden(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	var w world
	if err := json.Unmarshal(archive.Files[0].Data, &w); err != nil {
		t.Fatal(err)
	}
	got := &txtar.Archive{Comment: archive.Comment, Files: archive.Files[:1:1]}
	before := map[string]*conf.Server{}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".before"); ok {
			file, err := conf.Parse(f.Name, f.Data, nil)
			if err != nil {
				t.Fatal(err)
			}
			if before[name] = file.Dhcp4; file.Dhcp6 != nil {
				before[name] = file.Dhcp6
			}
			got.Files = append(got.Files, f)
		}
	}
	notes := ""
	for _, service := range []model.ServiceType{model.DHCPv4, model.DHCPv6} {
		renderings := map[model.ID]*kea.Rendering{}
		for _, s := range w.Servers {
			snap := w.snapshot(s.ID, service)
			name := s.Name + ".dhcp" + string(service[len(service)-1])
			snap.Settings.Base = before[name]
			r, err := kea.Render(snap)
			if err != nil {
				t.Fatalf("%s: %v", s.Name, err)
			}
			mustFit(t, snap, r)
			renderings[s.ID] = r
			got.Files = append(got.Files, txtar.File{Name: name + ".conf", Data: r.Text})
			for _, n := range r.Notes {
				notes += fmt.Sprintf("%s: %d %s %s\n", name, n.Kind, n.Object, n.Text)
			}
		}
		for _, r := range w.Relationships {
			if r.ServiceType == service && len(before) == 0 {
				mustPair(t, renderings[r.PrimaryID], renderings[r.SecondaryID])
			}
		}
	}
	got.Files = append(got.Files, txtar.File{Name: "notes", Data: []byte(notes)})
	return got
}

func TestKeaTakesGolden(t *testing.T) {
	hooks, folder := keatest.Hooks(t), keatest.Folder(t)
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if !strings.HasSuffix(f.Name, ".conf") {
				continue
			}
			program := realtool.Path(t, "kea-dhcp4")
			if strings.HasSuffix(f.Name, "6.conf") {
				program = realtool.Path(t, "kea-dhcp6")
			}
			text := strings.ReplaceAll(string(f.Data), kea.DefaultHooksFolder, hooks)
			if passed, says := keatest.Check(t, program, folder, []byte(text)); !passed {
				t.Errorf("%s %s: Kea refuses\n%s", name, f.Name, says)
			}
		}
	}
}

// pairWorld is two servers with one scope and pool in one relationship.
func pairWorld() *world {
	return &world{
		Servers: []model.Server{
			{ID: 1, Name: "a.example.", Address: "192.0.2.1", Kind: model.KindKea},
			{ID: 2, Name: "b.example", Address: "b.example", ResolvedAddress: "2001:db8::2", Kind: model.KindKeaOld},
		},
		Relationships: []model.Relationship{{ID: 1, Name: "pair", PrimaryID: 1, SecondaryID: 2, Kind: model.KindKea, Mode: model.LoadBalance}},
		Ranges:        []model.Range{{ID: 7, Name: "10.0.0.0/24", From: addr("10.0.0.0"), To: addr("10.0.0.255")}},
		Scopes: []model.Scope{
			{ID: 1, RangeID: 7, ServerID: 1, Enabled: true},
			{ID: 2, RangeID: 7, ServerID: 2, Enabled: true},
		},
		Pools: []model.Pool{
			{ID: 1, ScopeID: 1, ServerID: 1, From: addr("10.0.0.10"), To: addr("10.0.0.20")},
			{ID: 2, ScopeID: 2, ServerID: 2, From: addr("10.0.0.10"), To: addr("10.0.0.20")},
		},
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// render renders one server's DHCPv4.
func (w *world) render(t *testing.T, server model.ID) *kea.Rendering {
	t.Helper()
	r, err := kea.Render(w.snapshot(server, model.DHCPv4))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPartnersDivideEachPool(t *testing.T) {
	w := pairWorld()
	for _, server := range []model.ID{1, 2} {
		var got []string
		for _, p := range w.render(t, server).File.Dhcp4.Subnets4[0].Pools {
			got = append(got, p.Range+" "+p.ClientClass)
		}
		if want := "[10.0.0.10 - 10.0.0.15 HA_a.example 10.0.0.16 - 10.0.0.20 HA_b.example]"; fmt.Sprint(got) != want {
			t.Errorf("server %d: %v, want %s", server, got, want)
		}
	}
	for _, tt := range []struct{ from, to, want string }{
		{"10.0.0.10", "10.0.0.10", "10.0.0.10 - 10.0.0.10 HA_a.example"},
		{"10.0.0.10", "10.0.0.11", "10.0.0.10 - 10.0.0.10 HA_a.example 10.0.0.11 - 10.0.0.11 HA_b.example"},
		{"10.0.0.0", "10.0.0.255", "10.0.0.0 - 10.0.0.127 HA_a.example 10.0.0.128 - 10.0.0.255 HA_b.example"},
	} {
		w.Pools[0].From, w.Pools[0].To = addr(tt.from), addr(tt.to)
		var got []string
		for _, p := range w.render(t, 1).File.Dhcp4.Subnets4[0].Pools {
			got = append(got, p.Range, p.ClientClass)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%v, want %s", got, tt.want)
		}
	}
	w.Relationships[0].Mode = model.HotStandby
	if pools := w.render(t, 1).File.Dhcp4.Subnets4[0].Pools; len(pools) != 1 || pools[0].ClientClass != "" {
		t.Errorf("hot standby: %v", pools)
	}
}

// An address of IPv6 is halved in all its 128 bits.
func TestHalvesOfIPv6(t *testing.T) {
	w := pairWorld()
	w.Relationships[0].ServiceType = model.DHCPv6
	w.Ranges[0].From, w.Ranges[0].To = addr("2001:db8::"), addr("2001:db8::ffff:ffff:ffff:ffff")
	w.Pools[0].From, w.Pools[0].To = addr("2001:db8::ff"), addr("2001:db8::8000:0:0:100")
	r, err := kea.Render(w.snapshot(1, model.DHCPv6))
	if err != nil {
		t.Fatal(err)
	}
	pools := r.File.Dhcp6.Subnets6[0].Pools
	if pools[0].Range != "2001:db8::ff - 2001:db8::4000:0:0:ff" || pools[1].Range != "2001:db8::4000:0:0:100 - 2001:db8::8000:0:0:100" {
		t.Error(pools)
	}
}

func TestRelationshipIsWritten(t *testing.T) {
	w := pairWorld()
	r := &w.Relationships[0]
	for _, tt := range []struct {
		name   string
		change func()
		want   string // of server 2
	}{
		{"defaults", func() {}, `{"this-server-name": "b.example", "mode": "load-balancing", "heartbeat-delay": 10000, "max-response-delay": 60000, "max-ack-delay": 10000, "max-unacked-clients": 10, ` +
			`"multi-threading": {"enable-multi-threading": false, "http-dedicated-listener": false}, ` +
			`"peers": [{"name": "a.example", "url": "http://192.0.2.1:8000/", "role": "primary", "auto-failover": true}, ` +
			`{"name": "b.example", "url": "http://[2001:db8::2]:8000/", "role": "secondary", "auto-failover": true}]}`},
		{"everything", func() {
			r.Mode, r.Port, r.SecondaryPort, r.MaxResponseDelay, r.DedicatedEndpoints = model.HotStandby, 8100, 8101, 90, true
		}, `{"this-server-name": "b.example", "mode": "hot-standby", "heartbeat-delay": 10000, "max-response-delay": 65535, "max-ack-delay": 10000, "max-unacked-clients": 10, ` +
			`"multi-threading": {"enable-multi-threading": true, "http-dedicated-listener": true}, ` +
			`"peers": [{"name": "a.example", "url": "http://192.0.2.1:8100/", "role": "primary", "auto-failover": true}, ` +
			`{"name": "b.example", "url": "http://[2001:db8::2]:8101/", "role": "standby", "auto-failover": true}]}`},
		{"a listener's own port", func() { r.Port, r.SecondaryPort = 0, 0 }, `"url": "http://[2001:db8::2]:8001/"`},
		{"a quick answer", func() { r.MaxResponseDelay = 5 }, `"heartbeat-delay": 2500, "max-response-delay": 5000`},
	} {
		tt.change()
		out := w.render(t, 2)
		hook, _ := out.File.Dhcp4.Hook(conf.HALibrary)
		got := only(&conf.Server{Hooks: []conf.Hook{*hook}})
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
		mustPair(t, w.render(t, 1), out)
	}
}

func TestOldVersionsHaveNoListener(t *testing.T) {
	w := pairWorld()
	w.Relationships[0].DedicatedEndpoints = true
	w.Settings = map[model.ID]kea.Settings{1: {Version: kea.Version{Major: 1, Minor: 8}}, 2: {Version: kea.Version{Major: 2, Minor: 2}}}
	r := w.render(t, 1)
	if len(r.Notes) != 1 || r.Notes[0].Kind != kea.Listener || r.File.Dhcp4.MultiThreading != nil || r.File.Dhcp4.HA()[0].MultiThreading != nil {
		t.Errorf("%v\n%s", r.Notes, r.Text)
	}
	r = w.render(t, 2)
	if len(r.Notes) != 0 || !*r.File.Dhcp4.MultiThreading.Enable || !*r.File.Dhcp4.HA()[0].MultiThreading.DedicatedListener {
		t.Errorf("%v\n%s", r.Notes, r.Text)
	}
}

func TestSettingsWinOverBase(t *testing.T) {
	base, err := conf.Parse("", []byte(`{"Dhcp4": {"interfaces-config": {"interfaces": ["eth9"], "dhcp-socket-type": "udp"},
		"control-socket": {"socket-type": "unix", "socket-name": "/old"}, "valid-lifetime": 77, "hooks-libraries": [{"library": "/opt/hooks/libdhcp_stat_cmds.so"}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	before := string(conf.Print(base))
	w := pairWorld()
	w.Settings = map[model.ID]kea.Settings{1: {Base: base.Dhcp4, Interfaces: []string{"eth0"}, ControlSocket: "/new",
		LeaseDatabase: &conf.Database{Type: "memfile", Name: "/leases"}}}
	got := string(conf.Compact(w.render(t, 1).File.Value()))
	for _, want := range []string{`"interfaces-config": {"interfaces": ["eth0"], "dhcp-socket-type": "udp"}`, `"control-socket": {"socket-type": "unix", "socket-name": "/new"}`,
		`"lease-database": {"type": "memfile", "name": "/leases"}`, `"valid-lifetime": 77`, `"library": "/opt/hooks/libdhcp_ha.so"`, `"library": "/opt/hooks/libdhcp_stat_cmds.so"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	if string(conf.Print(base)) != before {
		t.Error("the operator's configuration was changed")
	}
	w.Settings = map[model.ID]kea.Settings{1: {HooksFolder: "/hooks/"}}
	if got := string(w.render(t, 1).Text); !strings.Contains(got, `"/hooks/libdhcp_lease_cmds.so"`) {
		t.Error(got)
	}
}

func TestWhatKeaCannotExpressIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(w *world)
		code   errs.Code
		text   string
	}{
		{"a range that is no CIDR", func(w *world) { w.Ranges[0].To = addr("10.0.0.254") }, errs.Invalid, "Scope 10.0.0.0/24 of server a.example. is not a CIDR block"},
		{"two scopes of one subnet", func(w *world) {
			w.Scopes = append(w.Scopes, model.Scope{ID: 9, RangeID: 7, ServerID: 1, Enabled: true})
		}, errs.Conflict, "two scopes of 10.0.0.0/24"},
		{"a pool outside", func(w *world) { w.Pools[0].To = addr("10.0.1.9") }, errs.Invalid, "10.0.0.10-10.0.1.9 does not lie in scope 10.0.0.0/24"},
		{"a pool turned round", func(w *world) { w.Pools[0].To = addr("10.0.0.9") }, errs.Invalid, "10.0.0.10-10.0.0.9 does not lie"},
		{"pools that overlap", func(w *world) {
			w.Pools = append(w.Pools, model.Pool{ScopeID: 1, From: addr("10.0.0.20"), To: addr("10.0.0.30")})
		}, errs.Conflict, "10.0.0.10-10.0.0.20 and 10.0.0.20-10.0.0.30 of server a.example. overlap"},
		{"an unknown mode", func(w *world) { w.Relationships[0].Mode = "Both" }, errs.Invalid, `relationship pair has the mode "Both"`},
		{"two relationships", func(w *world) {
			w.Relationships = append(w.Relationships, model.Relationship{Name: "more", PrimaryID: 1, SecondaryID: 2})
		}, errs.Conflict, "pair and more"},
		{"no address", func(w *world) { w.Servers[1].ResolvedAddress = "" }, errs.Invalid, "Server b.example has no IP address"},
		{"a port too large", func(w *world) { w.Relationships[0].Port = 70000 }, errs.Invalid, "port 70000"},
		{"an id too large", func(w *world) { w.Ranges[0].ID, w.Scopes[0].RangeID = 1<<32, 1<<32 }, errs.Internal, "4294967296"},
	} {
		w := pairWorld()
		tt.change(w)
		_, err := kea.Render(w.snapshot(1, model.DHCPv4))
		if errs.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	snap := pairWorld().snapshot(1, "")
	snap.Server.ID = 3
	if _, err := kea.Render(snap); errs.CodeOf(err) != errs.Internal {
		t.Errorf("another's relationship: %v", err)
	}
}
