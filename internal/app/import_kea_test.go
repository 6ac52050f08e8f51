package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"halxml/internal/config"
	"halxml/internal/kea"
	keaconf "halxml/internal/kea/conf"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
	"halxml/internal/realtool"
	"halxml/internal/snapshot"
	"halxml/store"
	"halxml/store/bolt"
)

// keaFiles are the files of two servers that are partners in both services.
func keaFiles(t *testing.T) (files []ImportFile) {
	t.Helper()
	archive, err := txtar.ParseFile("../kea/testdata/pair.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		server, _, ok := strings.Cut(f.Name, ".dhcp")
		if !ok || strings.HasPrefix(server, "kea3") {
			continue
		}
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, ImportFile{server, path})
	}
	if len(files) != 4 {
		t.Fatalf("%d files", len(files))
	}
	return files
}

// renderKea renders one daemon of a server.
func renderKea(t *testing.T, c *config.Config, server string, service model.ServiceType) (out *kea.Rendering) {
	t.Helper()
	err := withData(t.Context(), c, func(s *bolt.Store) error {
		schema := store.NewSchema()
		return s.View(t.Context(), func(tx store.Tx) error {
			known, err := schema.ServersByName.First(tx, store.NameKey(server))
			if err != nil {
				return err
			}
			snap, err := snapshot.Kea(tx, schema, known, service)
			if err != nil {
				return err
			}
			out, err = kea.Render(snap)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is rendered of both daemons of both servers is what was imported.
func TestImportOfKea(t *testing.T) {
	program := realtool.Path(t, "kea-dhcp4")
	c, files := newData(t), keaFiles(t)
	found, err := ImportKea(t.Context(), c, files, ImportOptions{})
	if err != nil {
		t.Fatal(err, found)
	}
	if faults, err := Check(t.Context(), c); err != nil || len(faults) > 0 {
		t.Errorf("the data: %v %v", faults, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := keaconf.Parse(f.Path, text, nil)
		if err != nil {
			t.Fatal(err)
		}
		service := model.DHCPv4
		if want.Dhcp6 != nil {
			service = model.DHCPv6
		}
		got := renderKea(t, c, f.Server, service)
		if !keaconf.Same(want.Value(), got.File.Value()) {
			t.Errorf("%s became\n%s\n%s", f.Path, got.Text, firstDifference(string(keaconf.Print(want)), string(keaconf.Print(got.File))))
		}
		if service == model.DHCPv4 {
			text := strings.ReplaceAll(string(got.Text), kea.DefaultHooksFolder, keatest.Hooks(t))
			if ok, says := keatest.Check(t, program, t.TempDir(), []byte(text)); !ok {
				t.Errorf("kea-dhcp4 refuses: %s\n%s", says, got.Text)
			}
		}
	}
}

// Reservations become the service's; those by identifiers that it does not know stay, with all else of the file.
func TestImportOfKeaReservations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kea.conf")
	text := `{"Dhcp4": {"valid-lifetime": 600, "host-reservation-identifiers": ["hw-address", "client-id", "flex-id"],
		"reservations": [{"hw-address": "00:11:22:33:44:55", "hostname": "a", "next-server": "192.0.2.9"}],
		"subnet4": [{"id": 77, "subnet": "192.0.2.0/24", "user-context": {"comment": "office"}, "pools": [{"pool": "192.0.2.64/26"}],
			"reservations": [{"client-id": "01:02:03", "ip-address": "192.0.2.5"}, {"flex-id": "'x'", "ip-address": "192.0.2.6"}]}]}}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c := newData(t)
	if found, err := ImportKea(t.Context(), c, []ImportFile{{"k.example", path}}, ImportOptions{}); err != nil {
		t.Fatal(err, found)
	}
	want, err := keaconf.Parse("want", []byte(strings.ReplaceAll(text, "192.0.2.64/26", "192.0.2.64 - 192.0.2.127")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := renderKea(t, c, "k.example", model.DHCPv4); !keaconf.Same(want.Value(), got.File.Value()) {
		t.Errorf("it became\n%s", got.Text)
	}
}

// Subnets keep their ids, to which leases refer; a subnet that comes later gets one that none of them has, at both partners.
func TestImportOfKeaKeepsSubnetIDs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kea.conf")
	text := `{"Dhcp4": {"subnet4": [{"id": 2, "subnet": "192.0.2.0/24"}, {"id": 4000000000, "subnet": "198.51.100.0/24"}]}, "Dhcp6": {"subnet6": [{"id": 2, "subnet": "2001:db8::/64"}]}}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c := newData(t)
	if found, err := ImportKea(t.Context(), c, []ImportFile{{"k.example", path}}, ImportOptions{}); err != nil {
		t.Fatal(err, found)
	}
	c, _, err := config.Load(config.Sources{Environ: []string{"HALXML_ADMIN_PASSWORD=" + password, "HALXML_DATA=" + c.Data, "HALXML_LISTEN=127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, c, Options{})
	session := f.login()
	for _, call := range [][2]string{
		{"AddDHCPScope", `"dhcpScope": {"rangeRef": "203.0.113.0/24", "dhcpServerRef": "k.example"}`},
		{"AddDHCPServer", `"dhcpServer": {"name": "l.example", "type": "Kea", "address": "192.0.2.2"}`},
		{"AddDHCPFailoverRelationship", `"dhcpFailoverRelationship": {"name": "r", "primaryServer": "k.example", "secondaryServer": "l.example"}`},
		{"SetProperties", `"ref": "DHCPServers/k.example", "properties": [{"name": "address", "value": "192.0.2.1"}]`},
		{"AddDHCPScope", `"dhcpScope": {"rangeRef": "203.0.114.0/24", "dhcpServerRef": "l.example"}`},
	} {
		if _, fault := f.call(call[0], `{"session": "`+session+`", `+call[1]+`}`); fault != "" {
			t.Fatalf("%s: %s", call[0], fault)
		}
	}
	if err := f.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, server := range []string{"k.example", "l.example"} {
		ids := map[string]int64{}
		subnets, _ := renderKea(t, c, server, model.DHCPv4).File.Dhcp4.AllSubnets(4)
		seen := map[int64]bool{}
		for _, s := range subnets {
			ids[s.Prefix] = s.ID
			seen[s.ID] = true
		}
		if len(ids) != 4 || len(seen) != 4 || ids["192.0.2.0/24"] != 2 || ids["198.51.100.0/24"] != 4000000000 {
			t.Errorf("%s has the subnets %v", server, ids)
		}
		if server == "k.example" {
			if subnets, _ := renderKea(t, c, server, model.DHCPv6).File.Dhcp6.AllSubnets(6); len(subnets) != 1 || subnets[0].ID != 2 {
				t.Errorf("%s has the subnets %+v", server, subnets)
			}
		}
	}
}

// Files that do not fit, or a partner's that is missing, are refused, and nothing changes.
func TestImportOfKeaRefuses(t *testing.T) {
	all := keaFiles(t)
	bad := filepath.Join(t.TempDir(), "bad.conf")
	if err := os.WriteFile(bad, []byte("{\n\"Dhcp4\": {\n  oops\n}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	agent := filepath.Join(t.TempDir(), "kea-ctrl-agent.conf")
	if err := os.WriteFile(agent, []byte(`{"Control-agent": {}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		files []ImportFile
		want  string
	}{
		"agent":   {[]ImportFile{{"k", agent}}, "neither Dhcp4 nor Dhcp6"},
		"syntax":  {[]ImportFile{{"k", bad}}, "bad.conf:3"},
		"partner": {all[:1], "give the files of both servers"},
		"twice":   {[]ImportFile{all[0], {all[0].Server, all[1].Path}}, "two configurations for DHCPv4"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newData(t)
			found, err := ImportKea(t.Context(), c, tt.files, ImportOptions{})
			if err == nil {
				t.Fatal("it was imported")
			}
			all := err.Error()
			for _, f := range found {
				all += "\n" + f.Kind + " " + f.Text
			}
			if !strings.Contains(all, tt.want) {
				t.Errorf("got %s\nwant %s", all, tt.want)
			}
			mustBeEmpty(t, c)
		})
	}
}
