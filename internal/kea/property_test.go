package kea_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
	"halxml/internal/realtool"
)

// bases are what operators may have written, for either family.
var bases = []string{
	`{}`,
	`{"valid-lifetime": 60, "renew-timer": 0, "comment": "é \u0001 \"", "subnet@": []}`,
	`{"subnet@": [{"subnet": "10.0.0.0/24", "id": 99, "user-context": {"comment": "old", "n": [1.5, {}]}}, {"subnet": "2001:db8:0:1::/64", "id": 98, "comment": "six"}]}`,
	`{"shared-networks": [{"name": "wire", "comment": "w", "subnet@": []}], "hooks-libraries": []}`,
	`{"hooks-libraries": [{"library": "@HOOKS@/libdhcp_ha.so", "parameters": {"high-availability": [{"heartbeat-delay": 500, "max-response-delay": 2000,
	   "peers": [{"name": "server 1", "auto-failover": false}, {"name": "spare", "url": "http://192.0.2.9/", "role": "backup"}]}]}}]}`,
}

// drawWorld makes up a pair of servers that hold the same scopes, as Kea's partners do, and a server alone.
func drawWorld(t *rapid.T, service model.ServiceType, hooks string) *world {
	w := &world{Settings: map[model.ID]kea.Settings{}, Reservations: []model.Reservation{}}
	text := rapid.SampledFrom([]string{"", "Floor 1", "a \"quoted\" one\\", "two\nlines", "é#;{}//", "/* \x00 \x7f"})
	base := rapid.SampledFrom(bases).Draw(t, "base")
	for i := range 3 {
		id := model.ID(i + 1)
		address := fmt.Sprintf("192.0.2.%d", id)
		if rapid.Bool().Draw(t, "address of IPv6") {
			address = fmt.Sprintf("2001:db8:ffff::%d", id)
		}
		w.Servers = append(w.Servers, model.Server{ID: id, Kind: model.KindKea, Address: address,
			Name: fmt.Sprintf("%s %d", rapid.SampledFrom([]string{"server", "kea.corp.example.", "ké\"a\\"}).Draw(t, "name"), id)})
		w.Settings[id] = kea.Settings{HooksFolder: hooks, ControlSocket: fmt.Sprintf("/run/kea/%d", id), Base: drawBase(t, base, service, hooks)}
	}
	if rapid.IntRange(0, 3).Draw(t, "pair") > 0 {
		w.Relationships = append(w.Relationships, model.Relationship{
			ID: 1, Kind: model.KindKea, Name: "pair", PrimaryID: 1, SecondaryID: 2, ServiceType: service,
			Mode:               rapid.SampledFrom([]model.FailoverMode{model.LoadBalance, model.HotStandby}).Draw(t, "mode"),
			Port:               rapid.Uint32Range(0, 65535).Draw(t, "port"),
			SecondaryPort:      rapid.Uint32Range(0, 65535).Draw(t, "secondary port"),
			MaxResponseDelay:   rapid.SampledFrom([]uint32{0, 1, 60, 65535}).Draw(t, "delay"),
			DedicatedEndpoints: rapid.Bool().Draw(t, "dedicated"),
		})
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "ranges") {
		from := netip.AddrFrom4([4]byte{10, byte(i), 0, byte(rapid.IntRange(0, 255).Draw(t, "byte"))})
		bits := rapid.IntRange(24, 32).Draw(t, "bits")
		if service == model.DHCPv6 {
			from = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 5: byte(i / 2), 7: byte(i), 15: byte(rapid.IntRange(0, 255).Draw(t, "byte6"))})
			bits = rapid.SampledFrom([]int{48, 64, 96, 127, 128}).Draw(t, "bits6")
		}
		prefix := netip.PrefixFrom(from, bits).Masked()
		if slices.ContainsFunc(w.Ranges, func(r model.Range) bool { return r.From == prefix.Addr() }) {
			continue // two of them may lie in one /48
		}
		r := model.Range{ID: model.ID(i + 10), Name: prefix.String(), From: prefix.Addr(), To: conf.Last(prefix)}
		w.Ranges = append(w.Ranges, r)
		w.drawScopes(t, r, text)
	}
	return w
}

func drawBase(t *rapid.T, text string, service model.ServiceType, hooks string) *conf.Server {
	family := string(service[len(service)-1])
	text = strings.NewReplacer("@HOOKS@", hooks, "subnet@", "subnet"+family).Replace(text)
	f, err := conf.Parse("base", []byte(`{"Dhcp4": `+text+`}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f.Dhcp4
}

// drawScopes puts a range on the pair, with the same pools, or on the server alone.
func (w *world) drawScopes(t *rapid.T, r model.Range, text *rapid.Generator[string]) {
	servers := []model.ID{1, 2}
	if rapid.IntRange(0, 3).Draw(t, "alone") == 0 {
		servers = []model.ID{3}
	}
	scope := model.Scope{RangeID: r.ID, Name: text.Draw(t, "scope name"), Description: text.Draw(t, "description"),
		Superscope: rapid.SampledFrom([]string{"", "wire", "b \"quoted\""}).Draw(t, "superscope"), Enabled: rapid.IntRange(0, 4).Draw(t, "enabled") > 0}
	var pools []model.Pool
	for from := r.From; r.Contains(from) && rapid.IntRange(0, 3).Draw(t, "more pools") > 0; {
		p := model.Pool{Name: text.Draw(t, "pool name"), From: from, To: from}
		for range rapid.IntRange(0, 20).Draw(t, "length") {
			if next := p.To.Next(); r.Contains(next) {
				p.To = next
			}
		}
		if rapid.IntRange(0, 5).Draw(t, "to the end") == 0 {
			p.To = r.To
		}
		pools = append(pools, p)
		from = p.To.Next()
	}
	options := drawOptions(t, r.From.Is6())
	var reserved []model.Reservation
	for i, a := 0, r.To; i < 3 && r.Contains(a) && rapid.Bool().Draw(t, "reserve"); i, a = i+1, a.Prev() {
		one := model.Reservation{Client: fmt.Sprintf("02:00:00:00:%02x:%02x", r.ID, i), Method: model.ByHardwareAddress, Name: text.Draw(t, "reservation name")}
		if rapid.Bool().Draw(t, "by identifier") {
			one.Method = model.ByClientIdentifier
			one.Client = rapid.SampledFrom([]string{one.Client, "pc \"é\" " + one.Client}).Draw(t, "identifier")
		}
		if rapid.Bool().Draw(t, "with address") {
			one.Addresses = []netip.Addr{a}
		}
		reserved = append(reserved, one)
	}
	for _, server := range servers {
		scope.ID, scope.ServerID = model.ID(len(w.Scopes)+1), server
		w.Scopes = append(w.Scopes, scope)
		w.set(scope.Ref().String(), options...)
		for _, o := range reserved {
			o.ID, o.ServerID, o.ScopeID = model.ID(len(w.Reservations)+1), server, scope.ID
			w.Reservations = append(w.Reservations, o)
			w.set(o.Ref().String(), options...)
		}
		for _, p := range pools {
			p.ID, p.ScopeID, p.ServerID = model.ID(len(w.Pools)+1), scope.ID, server
			w.Pools = append(w.Pools, p)
		}
	}
}

func drawOptions(t *rapid.T, v6 bool) []model.Option {
	some := []model.Option{opt(3, "10.0.0.1"), opt(15, "a, \"b\" é"), opt(51, "600"), opt(119, "a.example,b.example"), opt(150, "10.0.0.9")}
	if v6 {
		some = []model.Option{opt(14, "true"), opt(23, "2001:db8::53"), opt(24, "a.example,b.example"), opt(56, "00"), opt(59, "tftp://[2001:db8::1]/a,b")}
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(some), 0, len(some), func(o model.Option) uint32 { return o.Number }).Draw(t, "options")
}

// Whatever the domain holds, each server's text reads back as its structures and has no error, rendering it again over
// itself changes nothing, and partners fit each other.
func TestAnyWorldFits(t *testing.T) {
	for _, service := range []model.ServiceType{model.DHCPv4, model.DHCPv6} {
		t.Run(string(service), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { fits(t, drawWorld(t, service, "/hooks"), service) })
		})
	}
}

func fits(t failer, w *world, service model.ServiceType) []*kea.Rendering {
	t.Helper()
	var all []*kea.Rendering
	for _, s := range w.Servers {
		snap := w.snapshot(s.ID, service)
		r, err := kea.Render(snap)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		mustFit(t, snap, r)
		all = append(all, r)
	}
	mustPair(t, all[0], all[1])
	return all
}

// The same with Kea's own check, which takes its time: one in three worlds; -rapid.checks=N draws more than 100.
func TestKeaTakesAnyWorld(t *testing.T) {
	hooks, folder := keatest.Hooks(t), keatest.Folder(t)
	programs := map[model.ServiceType]string{model.DHCPv4: realtool.Path(t, "kea-dhcp4"), model.DHCPv6: realtool.Path(t, "kea-dhcp6")}
	rapid.Check(t, func(t *rapid.T) {
		service := rapid.SampledFrom([]model.ServiceType{model.DHCPv4, model.DHCPv6}).Draw(t, "service")
		w := drawWorld(t, service, hooks)
		if rapid.IntRange(0, 2).Draw(t, "ask Kea") == 0 {
			mustTake(t, programs[service], folder, fits(t, w, service)[rapid.IntRange(0, 2).Draw(t, "server")])
		}
	})
}
