package command_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"halxml/internal/errs"
	"halxml/store"
	"halxml/store/bolt"
	"halxml/wsdl/hal"
)

// TestFailoverAgainstModel sends random commands to the service and tells the
// naive world the same; after each, all that can be read back must be equal,
// whether the command was refused or not. For a longer search:
//
//	go test ./internal/command -run FailoverAgainstModel -rapid.checks=2000 -rapid.steps=60
func TestFailoverAgainstModel(t *testing.T) {
	for name, kinds := range map[string][]string{
		"ISC":           {"ISC"},
		"Microsoft":     {"MSDHCP"},
		"Kea":           {"Kea", "Kea", "KEA DHCPv4"},
		"several kinds": {"ISC", "ISC", "ISC", "MSDHCP", "Kea"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, round := t.TempDir(), 0
			rapid.Check(t, func(t *rapid.T) {
				round++
				againstModel(t, filepath.Join(dir, fmt.Sprintf("%d.db", round)), kinds)
			})
		})
	}
}

func againstModel(t *rapid.T, file string, kinds []string) {
	s, err := bolt.Open(file, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file)
	defer s.Close()
	if err := store.Migrate(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	l, err := newLive(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer l.auth.Close()
	d := &driver{T: t, live: l, world: &world{}, kinds: kinds}
	d.prepare()
	t.Repeat(d.actions())
}

// driver sends one command after another to the service and to the world.
type driver struct {
	*rapid.T
	live  *live
	world *world
	kinds []string // of new servers
	steps int
}

// names of things; few, so that they collide.
var (
	serverNames       = []string{"a", "b", "c", "d"}
	cidrs             = []string{"10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24", "10.0.0.0/16", "2001:db8:1::/64"}
	relationshipNames = []string{"x", "y", "z", "w"}
	spans             = [][2]int{{10, 19}, {20, 29}, {30, 39}, {15, 24}, {10, 29}, {40, 49}, {9, 5}}
)

func draw[T any](d *driver, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(d.T, label)
}

// prepare makes servers with scopes, pools and relationships, so that the
// commands have something to work on.
func (d *driver) prepare() {
	for _, name := range serverNames[:draw(d, "servers", 3, 3, 2, 4)] {
		d.addServer(name, draw(d, "type", d.kinds...))
	}
	for _, s := range d.world.servers {
		for _, cidr := range cidrs[:3] {
			if !rapid.Bool().Draw(d.T, "scope") {
				continue
			}
			d.addScope(s.name, cidr, "net "+cidr, true)
			for i := range draw(d, "pools", 1, 2, 1, 0) {
				d.addPool(wKey{s.name, cidr}, spans[i][0], spans[i][1], "")
			}
		}
	}
	for range draw(d, "relationships", 2, 3, 1, 4, 0) {
		d.addRelationship()
	}
}

// send sends a command to both sides and compares what became of it.
func (d *driver) send(operation string, req hal.Message, comment string, rule func(*world) error) hal.Message {
	d.Helper()
	next := d.world.clone()
	want := rule(next)
	d.live.now = d.live.now.Add(2 * time.Hour)
	before := maps.Clone(d.live.known)
	answer, err := d.live.Call(operation, req)
	said := string(req.AppendJSON(nil, hal.Current))
	switch {
	case (err != nil) != (want != nil):
		d.Fatalf("%s %s:\nthe service says %v,\nthe model %v\n%s", operation, said, err, want, strings.Join(d.world.lines(), "\n"))
	case err != nil && (errs.CodeOf(err) == errs.Internal || errs.MessageOf(err) == ""):
		d.Fatalf("%s %s: %v", operation, said, err)
	case err == nil:
		d.world = next
	default:
		next = d.world
		next.events, next.warning = nil, ""
	}
	d.compare(operation + " " + said)
	events, err := d.live.events(before, comment)
	if err != nil {
		d.Fatalf("%s %s: %v", operation, said, err)
	}
	slices.Sort(next.events)
	if !slices.Equal(events, next.events) {
		d.Fatalf("%s %s: history\n%s\nmodel\n%s", operation, said, strings.Join(events, "\n"), strings.Join(next.events, "\n"))
	}
	return answer
}

// compare holds what can be read back to the world.
func (d *driver) compare(after string) {
	d.Helper()
	refs := maps.Clone(d.live.refs)
	got, err := d.live.read()
	if err != nil {
		d.Fatalf("after %s: %v", after, err)
	}
	want := d.world.lines()
	if !slices.Equal(got, want) {
		d.Fatalf("after %s\n%s", after, difference(got, want))
	}
	for words, ref := range refs {
		if now := d.live.refs[words]; now != "" && now != ref && !strings.HasPrefix(words, "server") {
			d.Fatalf("after %s %s is %s, was %s", after, words, now, ref)
		}
	}
	for _, check := range []func(store.Tx) error{store.Check, store.CheckReferences} {
		if err := d.live.store.View(d.live.ctx, check); err != nil {
			d.Fatalf("after %s: %v", after, err)
		}
	}
}

// difference shows both lists with what only one has marked.
func difference(got, want []string) string {
	var b strings.Builder
	for _, l := range want {
		if mark := "  "; slices.Contains(got, l) {
			b.WriteString(mark + l + "\n")
		} else {
			b.WriteString("- model    " + l + "\n")
		}
	}
	for _, l := range got {
		if !slices.Contains(want, l) {
			b.WriteString("+ service  " + l + "\n")
		}
	}
	return b.String()
}

// ref is the reference of something, or one of nothing.
func (d *driver) ref(format string, args ...any) hal.Opt[string] {
	words := fmt.Sprintf(format, args...)
	if ref := d.live.refs[words]; ref != "" {
		return hal.Some(ref)
	}
	kinds := map[string]string{"server": "{#3-#9999}", "range": "{#6-#9999}", "scope": "{#7-#9999}", "pool": "{#10-#9999}"}
	return hal.Some(kinds[strings.Fields(words)[0]])
}

func (d *driver) scopeRef(k wKey) hal.Opt[string] { return d.ref("scope %s %s", k.server, k.cidr) }

func (d *driver) comment() (hal.Opt[string], string) {
	d.steps++
	text := fmt.Sprintf("step %d", d.steps)
	return hal.Some(text), text
}

func (d *driver) addServer(name, kind string) {
	comment, text := d.comment()
	req := &hal.AddDHCPServer{DHCPServer: &hal.DHCPServer{Name: hal.Some(name), Type: hal.Some(hal.DHCPServerType(kind))}, SaveComment: comment}
	d.send("AddDHCPServer", req, text, func(w *world) error { return w.addServer(name, kind) })
}

func (d *driver) addScope(server, cidr, name string, enabled bool) {
	comment, text := d.comment()
	req := &hal.AddDHCPScope{DHCPScope: &hal.DHCPScope{
		Name: hal.Some(name), RangeRef: hal.Some(cidr), DHCPServerRef: hal.Some(server), Enabled: hal.Some(enabled),
	}, SaveComment: comment}
	d.send("AddDHCPScope", req, text, func(w *world) error { return w.addScope(server, cidr, name, enabled) })
}

func (d *driver) addPool(k wKey, from, to int, peer string) {
	comment, text := d.comment()
	req := &hal.AddDHCPAddressPool{DHCPAddressPool: &hal.DHCPAddressPool{
		From: hal.Some(address(k.cidr, from)), To: hal.Some(address(k.cidr, to)),
		FailoverPeer: hal.Opt[string]{V: peer, Set: peer != ""}, DHCPScopeRef: d.scopeRef(k),
	}, SaveComment: comment}
	d.send("AddDHCPAddressPool", req, text, func(w *world) error { return w.addPool(k, from, to, peer) })
}
