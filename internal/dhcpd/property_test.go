package dhcpd_test

import (
	"fmt"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"halxml/internal/dhcpd"
	"halxml/internal/model"
	"halxml/internal/realtool"
)

// drawWorld makes up three servers with relationships, scopes that some of them share, and pools.
func drawWorld(t *rapid.T) *world {
	w := &world{}
	for i := range 3 {
		id := model.ID(i + 1)
		w.Servers = append(w.Servers, model.Server{ID: id, Name: fmt.Sprintf("dhcp%d.example", id), Kind: model.KindISC,
			Address: rapid.SampledFrom([]string{"", fmt.Sprintf("192.0.2.%d", id)}).Draw(t, "address")})
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "relationships") {
		ends := rapid.Permutation([]model.ID{1, 2, 3}).Draw(t, "ends")
		w.Relationships = append(w.Relationships, model.Relationship{
			ID: model.ID(i + 1), Kind: model.KindISC, PrimaryID: ends[0], SecondaryID: ends[1],
			Name:                  fmt.Sprintf("%s-%d", rapid.StringMatching(`[A-Za-z0-9._-]{1,40}`).Draw(t, "name"), i),
			Percentage:            rapid.Uint32Range(0, 100).Draw(t, "percentage"),
			MCLT:                  rapid.Uint32Range(0, 86400).Draw(t, "mclt"),
			Port:                  rapid.Uint32Range(0, 65535).Draw(t, "port"),
			SecondaryPort:         rapid.Uint32Range(0, 65535).Draw(t, "secondary port"),
			LoadBalanceMaxSeconds: rapid.Uint32Range(0, 65535).Draw(t, "balance"),
			MaxResponseDelay:      rapid.Uint32Range(0, 65535).Draw(t, "delay"),
			MaxUnackedUpdates:     rapid.Uint32Range(0, 65535).Draw(t, "updates"),
		})
	}
	text := rapid.SampledFrom([]string{"", "Floor 1", "a \"quoted\" one\\", "two\nlines", "é#;{}"})
	for i := range rapid.IntRange(0, 6).Draw(t, "ranges") {
		bits := rapid.IntRange(24, 32).Draw(t, "bits")
		from := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), 0, byte(rapid.IntRange(0, 255).Draw(t, "byte"))}), bits).Masked()
		last := from.Addr().As4()
		last[3] |= byte(1<<(32-bits) - 1)
		w.Ranges = append(w.Ranges, model.Range{ID: model.ID(i + 1), Name: from.String(), From: from.Addr(), To: netip.AddrFrom4(last)})
		w.drawScopes(t, i, text)
	}
	w.drawOptions(t, text)
	return w
}

// drawScopes puts a range on some servers. Most of them get the same pools, as partners do.
func (w *world) drawScopes(t *rapid.T, i int, text *rapid.Generator[string]) {
	r := w.Ranges[i]
	same := w.drawPools(t, r, text)
	for _, s := range w.Servers {
		if !rapid.Bool().Draw(t, "on "+s.Name) {
			continue
		}
		id := model.ID(len(w.Scopes) + 1)
		w.Scopes = append(w.Scopes, model.Scope{
			ID: id, RangeID: r.ID, ServerID: s.ID, Name: text.Draw(t, "scope name"), Description: text.Draw(t, "description"),
			Superscope: text.Draw(t, "superscope"), Enabled: rapid.IntRange(0, 4).Draw(t, "enabled") > 0,
		})
		pools := same
		if rapid.IntRange(0, 4).Draw(t, "own pools") == 0 {
			pools = w.drawPools(t, r, text)
		}
		for _, p := range pools {
			p.ID, p.ScopeID, p.ServerID = model.ID(len(w.Pools)+1), id, s.ID
			if p.PeerID != 0 && !w.Relationships[p.PeerID-1].Joins(s.ID) {
				p.PeerID = 0
			}
			w.Pools = append(w.Pools, p)
		}
	}
}

func (w *world) drawPools(t *rapid.T, r model.Range, text *rapid.Generator[string]) (out []model.Pool) {
	low, high := int(r.From.As4()[3]), int(r.To.As4()[3])
	at := func(last int) netip.Addr {
		a := r.From.As4()
		a[3] = byte(last)
		return netip.AddrFrom4(a)
	}
	for low <= high && rapid.IntRange(0, 3).Draw(t, "more pools") > 0 {
		from := rapid.IntRange(low, high).Draw(t, "from")
		to := rapid.IntRange(from, high).Draw(t, "to")
		p := model.Pool{Name: text.Draw(t, "pool name"), From: at(from), To: at(to), PeerID: model.ID(rapid.IntRange(0, len(w.Relationships)).Draw(t, "peer"))}
		for range rapid.IntRange(0, 3).Draw(t, "permits") {
			p.Permits = append(p.Permits, model.Permit{
				Permit: rapid.SampledFrom([]string{"AllClients", "KnownClients", "UnknownClients", "DynamicBOOTPClients", "MembersOfDHCPClass"}).Draw(t, "permit"),
				Access: rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(t, "access"),
				Class:  rapid.SampledFrom([]string{"phones", "a \"b\"", "c\\"}).Draw(t, "class"),
			})
		}
		out = append(out, p)
		low = to + 1
	}
	return out
}

// Whatever the domain holds, each server's text reads back as its tree and has no error, and any two servers' texts fit
// each other.
func TestAnyWorldFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { fits(t, drawWorld(t), nil) })
}

// The same with dhcpd's own check, on three times as many worlds; -rapid.checks=N
// draws three times N.
func TestDhcpdAcceptsAnyWorld(t *testing.T) {
	program := realtool.Path(t, "dhcpd")
	for _, part := range []string{"first", "second", "third"} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			v := validator{program, t.TempDir()}
			rapid.Check(t, func(t *rapid.T) { fits(t, drawWorld(t), &v) })
		})
	}
}

func fits(t failer, w *world, v *validator) {
	var all []*dhcpd.Rendering
	for _, s := range w.Servers {
		r, err := dhcpd.Render(w.snapshot(s.ID))
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if v != nil {
			v.mustAccept(t, s.Name, r.Text)
		}
		mustFit(t, s.Name, r)
		all = append(all, r)
	}
	mustPair(t, all[0], all[1])
	mustPair(t, all[0], all[2])
	mustPair(t, all[1], all[2])
}
