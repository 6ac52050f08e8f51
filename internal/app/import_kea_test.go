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

// withoutIDs is a configuration but for the ids of its subnets, which are those of the ranges.
func withoutIDs(f *keaconf.File) keaconf.Value {
	f = f.Clone()
	for _, d := range []*keaconf.Server{f.Dhcp4, f.Dhcp6} {
		if d == nil {
			continue
		}
		for _, family := range []int{4, 6} {
			subnets, _ := d.AllSubnets(family)
			for _, s := range subnets {
				s.ID = 0
			}
		}
	}
	return f.Value()
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
		if !keaconf.Same(withoutIDs(want), withoutIDs(got.File)) {
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
	if got := renderKea(t, c, "k.example", model.DHCPv4); !keaconf.Same(withoutIDs(want), withoutIDs(got.File)) {
		t.Errorf("it became\n%s", got.Text)
	}
}

// Files that do not fit, or a partner's that is missing, are refused, and nothing changes.
func TestImportOfKeaRefuses(t *testing.T) {
	all := keaFiles(t)
	bad := filepath.Join(t.TempDir(), "bad.conf")
	if err := os.WriteFile(bad, []byte("{\n\"Dhcp4\": {\n  oops\n}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		files []ImportFile
		want  string
	}{
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
