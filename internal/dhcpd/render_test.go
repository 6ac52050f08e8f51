package dhcpd_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"halxml/internal/dhcpd"
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/realtool"
)

// rendered renders all servers of a world, the notes as a text.
func rendered(t testing.TB, w *world) (all []*dhcpd.Rendering, notes string) {
	t.Helper()
	for _, s := range w.Servers {
		r, err := dhcpd.Render(w.snapshot(s.ID))
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		all = append(all, r)
		for _, n := range r.Notes {
			notes += fmt.Sprintf("%s: %d %s %s\n", s.Name, n.Kind, n.Object, n.Text)
		}
	}
	return all, notes
}

// Each archive in testdata holds a world and what is rendered of it. UPDATE_GOLDEN=1 writes the latter anew.
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
			var w world
			if err := json.Unmarshal(archive.Files[0].Data, &w); err != nil {
				t.Fatal(err)
			}
			all, notes := rendered(t, &w)
			got := &txtar.Archive{Comment: archive.Comment, Files: archive.Files[:1:1]}
			for i, s := range w.Servers {
				got.Files = append(got.Files, txtar.File{Name: s.Name + ".conf", Data: all[i].Text})
				mustFit(t, s.Name, all[i])
			}
			got.Files = append(got.Files, txtar.File{Name: "notes", Data: []byte(notes)})
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
			for _, r := range w.Relationships {
				mustPair(t, all[slices.IndexFunc(w.Servers, func(s model.Server) bool { return s.ID == r.PrimaryID })],
					all[slices.IndexFunc(w.Servers, func(s model.Server) bool { return s.ID == r.SecondaryID })])
			}
		})
	}
}

func TestDhcpdAcceptsGolden(t *testing.T) {
	v := validator{realtool.Path(t, "dhcpd"), t.TempDir()}
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
			if strings.HasSuffix(f.Name, ".conf") {
				v.mustAccept(t, name+" "+f.Name, f.Data)
			}
		}
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// pairWorld is two servers with one scope and pool in one relationship.
func pairWorld() *world {
	return &world{
		Servers: []model.Server{
			{ID: 1, Name: "a.example.", Address: "192.0.2.1", Kind: model.KindISC},
			{ID: 2, Name: "b.example", ResolvedAddress: "192.0.2.2", Kind: model.KindISC},
		},
		Relationships: []model.Relationship{{ID: 1, Name: "pair", PrimaryID: 1, SecondaryID: 2, Kind: model.KindISC, Percentage: 50, Port: 647, SecondaryPort: 647, MCLT: 60}},
		Ranges:        []model.Range{{ID: 1, Name: "10.0.0.0/24", From: addr("10.0.0.0"), To: addr("10.0.0.255")}},
		Scopes: []model.Scope{
			{ID: 1, RangeID: 1, ServerID: 1, Enabled: true},
			{ID: 2, RangeID: 1, ServerID: 2, Enabled: true},
		},
		Pools: []model.Pool{
			{ID: 1, ScopeID: 1, ServerID: 1, From: addr("10.0.0.10"), To: addr("10.0.0.19"), PeerID: 1},
			{ID: 2, ScopeID: 2, ServerID: 2, From: addr("10.0.0.10"), To: addr("10.0.0.19"), PeerID: 1},
		},
	}
}

// A pool refers to a peer only when the partner serves the very same pool under it.
func TestPoolsThatPartnersDoNotShare(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"other addresses":         func(w *world) { w.Pools[1].To = addr("10.0.0.20") },
		"no reference":            func(w *world) { w.Pools[1].PeerID = 0 },
		"partner's scope missing": func(w *world) { w.Scopes, w.Pools = w.Scopes[:1], w.Pools[:1] },
		"partner's disabled":      func(w *world) { w.Scopes[1].Enabled = false },
		"other subnet": func(w *world) {
			w.Ranges = append(w.Ranges, model.Range{ID: 2, Name: "10.0.0.0/16", From: addr("10.0.0.0"), To: addr("10.0.255.255")})
			w.Scopes[1].RangeID = 2
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := pairWorld()
			change(w)
			all, notes := rendered(t, w)
			if strings.Contains(string(all[0].Text)+string(all[1].Text), "failover") {
				t.Errorf("a peer is named:\n%s\n%s", all[0].Text, all[1].Text)
			}
			want := "a.example.: 1 {#10-#1} Address pool 10.0.0.10-10.0.0.19 of scope 10.0.0.0/24 is still to be migrated to the partner in failover relationship pair.\n"
			if !strings.HasPrefix(notes, want) {
				t.Errorf("notes %q, want %q", notes, want)
			}
			for i, r := range all {
				mustFit(t, w.Servers[i].Name, r)
			}
		})
	}
}

func TestSplitIsTheRoundedShareOf256(t *testing.T) {
	for percentage, want := range map[uint32]string{0: "split 0;", 1: "split 3;", 50: "split 128;", 70: "split 179;", 99: "split 253;", 100: "split 256;"} {
		w := pairWorld()
		w.Relationships[0].Percentage = percentage
		all, _ := rendered(t, w)
		if !strings.Contains(string(all[0].Text), want) || strings.Contains(string(all[1].Text), "split") {
			t.Errorf("%d %%:\n%s\n%s", percentage, all[0].Text, all[1].Text)
		}
	}
}

// The text depends on nothing but the snapshot's contents.
func TestOrderOfTheSnapshotDoesNotMatter(t *testing.T) {
	w := pairWorld()
	w.Pools = append(w.Pools, model.Pool{ID: 3, ScopeID: 1, ServerID: 1, From: addr("10.0.0.1"), To: addr("10.0.0.2")})
	w.Ranges = append(w.Ranges, model.Range{ID: 2, Name: "9.0.0.0/24", From: addr("9.0.0.0"), To: addr("9.0.0.255")})
	w.Scopes = append(w.Scopes, model.Scope{ID: 3, RangeID: 2, ServerID: 1, Superscope: "x"})
	first, _ := rendered(t, w)
	slices.Reverse(w.Pools)
	slices.Reverse(w.Scopes)
	second, _ := rendered(t, w)
	if string(first[0].Text) != string(second[0].Text) {
		t.Errorf("first\n%s\nsecond\n%s", first[0].Text, second[0].Text)
	}
}

// Texts of users cannot become statements.
func TestHostileTexts(t *testing.T) {
	w := pairWorld()
	const text = "x\";}\nauthoritative;\r\n# \\\x00\u2028"
	w.Relationships[0].Name, w.Scopes[0].Superscope, w.Scopes[1].Superscope = text, text, text
	for i := range 2 {
		w.Scopes[i].Name, w.Scopes[i].Description, w.Pools[i].Name = text, text, text
		w.Pools[i].Permits = []model.Permit{{Permit: "MembersOfDHCPClass", Access: "Deny", Class: text}}
	}
	all, _ := rendered(t, w)
	for i, r := range all {
		mustFit(t, w.Servers[i].Name, r)
		if len(r.File.Statements) != 3 {
			t.Errorf("%d statements\n%s", len(r.File.Statements), r.Text)
		}
	}
	mustPair(t, all[0], all[1])
}

func TestRenderRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *world)
		code   errs.Code
		want   string
	}{
		"range that is no block": {func(w *world) { w.Ranges[0].To = addr("10.0.0.99") }, errs.Invalid,
			"Scope 10.0.0.0/24 of server a.example. is not a CIDR block, which an ISC server needs."},
		"range of nothing": {func(w *world) { w.Scopes[0].RangeID = 9 }, errs.Invalid,
			"Scope  of server a.example. is not a CIDR block, which an ISC server needs."},
		"two scopes of one range": {func(w *world) { w.Scopes = append(w.Scopes, model.Scope{ID: 3, RangeID: 1, ServerID: 1}) }, errs.Conflict,
			"Server a.example. has two scopes of 10.0.0.0/24."},
		"pool outside": {func(w *world) { w.Pools[0].To = addr("10.0.1.1") }, errs.Invalid,
			"Address pool 10.0.0.10-10.0.1.1 does not lie in scope 10.0.0.0/24 of server a.example.."},
		"pool reversed": {func(w *world) { w.Pools[0].To = addr("10.0.0.1") }, errs.Invalid,
			"Address pool 10.0.0.10-10.0.0.1 does not lie in scope 10.0.0.0/24 of server a.example.."},
		"pools overlap": {func(w *world) {
			w.Pools = append(w.Pools, model.Pool{ScopeID: 1, From: addr("10.0.0.5"), To: addr("10.0.0.10")})
		}, errs.Conflict, "Address pools 10.0.0.5-10.0.0.10 and 10.0.0.10-10.0.0.19 of server a.example. overlap."},
		"relationship of others": {func(w *world) { w.Pools[0].PeerID = 7 }, errs.Internal,
			"Address pool 10.0.0.10-10.0.0.19 of server a.example. refers to a failover relationship that is not the server's."},
		"one name twice": {func(w *world) {
			r := w.Relationships[0]
			r.ID = 2
			w.Relationships = append(w.Relationships, r)
			for i, p := range w.Pools[:2] {
				p.ID, p.From, p.To, p.PeerID = model.ID(3+i), addr("10.0.0.50"), addr("10.0.0.60"), 2
				w.Pools = append(w.Pools, p)
			}
		}, errs.Conflict, `Server a.example. is in two failover relationships named "pair".`},
		"server without an address": {func(w *world) { w.Servers[1].ResolvedAddress, w.Servers[1].Name = "2001:db8::1", "server b" }, errs.Invalid,
			`Server "server b" has no IPv4 address, and its name is no host name that a failover partner could look up.`},
		"permit unknown": {func(w *world) { w.Pools[0].Permits = []model.Permit{{Permit: "Unknown", Access: "Allow"}} }, errs.Invalid,
			`A permit of address pool 10.0.0.10-10.0.0.19 of server a.example. has permit "Unknown", which an ISC server does not know.`},
		"access unknown": {func(w *world) { w.Pools[0].Permits = []model.Permit{{Permit: "AllClients", Access: "Ignore"}} }, errs.Invalid,
			`A permit of address pool 10.0.0.10-10.0.0.19 of server a.example. has access "Ignore", which an ISC server does not know.`},
		"class without a name": {func(w *world) { w.Pools[0].Permits = []model.Permit{{Permit: "MembersOfDHCPClass", Access: "Deny"}} }, errs.Invalid,
			`A permit of address pool 10.0.0.10-10.0.0.19 of server a.example. has class "", which an ISC server does not know.`},
	} {
		t.Run(name, func(t *testing.T) {
			w := pairWorld()
			c.change(w)
			_, err := dhcpd.Render(w.snapshot(1))
			if err == nil || errs.CodeOf(err) != c.code || err.Error() != c.want {
				t.Errorf("got %v %v\nwant %v %s", errs.CodeOf(err), err, c.code, c.want)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	for want, s := range map[string]model.Server{
		"address 192.0.2.9;":      {Address: "192.0.2.9", ResolvedAddress: "192.0.2.8", Name: "x"},
		"address 192.0.2.8;":      {Address: "2001:db8::1", ResolvedAddress: "192.0.2.8", Name: "x"},
		"address 192.0.2.7;":      {Address: "::ffff:192.0.2.7", Name: "x"},
		"address b-1.Example.de;": {Address: "2001:db8::1", Name: "b-1.Example.de."},
	} {
		w := pairWorld()
		s.ID = 2
		w.Servers[1] = s
		all, _ := rendered(t, w)
		if !strings.Contains(string(all[0].Text), "peer "+want) || !strings.Contains(string(all[1].Text), "  "+want) {
			t.Errorf("%s is not in\n%s\n%s", want, all[0].Text, all[1].Text)
		}
	}
}

// Half of 1,000 scopes with two pools each are shared with a partner.
func BenchmarkRender1000Scopes(b *testing.B) {
	w := pairWorld()
	w.Ranges, w.Scopes, w.Pools = nil, nil, nil
	for i := range 1000 {
		id := model.ID(i + 1)
		at := func(last byte) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), last}) }
		w.Ranges = append(w.Ranges, model.Range{ID: id, From: at(0), To: at(255)})
		for server := model.ID(1); server <= 2-id%2; server++ {
			scope := model.ID(len(w.Scopes) + 1)
			w.Scopes = append(w.Scopes, model.Scope{ID: scope, RangeID: id, ServerID: server, Enabled: true})
			for _, first := range []byte{10, 100} {
				w.Pools = append(w.Pools, model.Pool{ID: model.ID(len(w.Pools) + 1), ScopeID: scope, From: at(first), To: at(first + 50), PeerID: 1})
			}
		}
	}
	snap := w.snapshot(1)
	b.ReportAllocs()
	for b.Loop() {
		r, err := dhcpd.Render(snap)
		if err != nil || len(r.Notes) != 1000 {
			b.Fatal(err, len(r.Notes))
		}
	}
}
