package command_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"halxml/internal/command"
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// FuzzOperations calls every answered operation with parameters of the right
// types and any values: what is there, what is not, what is of another type,
// what is too much. Whatever is asked, the fault is the caller's, a refused
// command leaves everything as it was, and the data stay sound.
func FuzzOperations(f *testing.F) {
	for seed := range uint64(12) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		s := furnished(t)
		g := &caller{Rand: rand.New(rand.NewPCG(seed, 1)), service: s}
		g.held = g.content()
		operations := slices.DeleteFunc(command.Answered(), func(name string) bool { return name == "Login" || name == "Logout" })
		for range 400 {
			g.call(operations[g.IntN(len(operations))])
		}
		g.sound()
	})
}

// caller makes up calls.
type caller struct {
	*rand.Rand
	*service
	held   uint64                        // the content before the next call
	there  map[model.ObjectType][]string // the references of what there is
	kind   bool                          // the next call is one that may well succeed,
	net    int                           // about 10.0.net.0/24
	lastly []string                      // the last commands that were carried out
}

// call calls an operation.
func (g *caller) call(operation string) {
	g.t.Helper()
	op, _, _ := hal.Lookup(operation)
	g.kind, g.net = g.IntN(5) < 3, g.IntN(5)
	params := g.structure(op.Request, 0)
	delete(params, "session")
	text, err := json.Marshal(params)
	if err != nil {
		g.t.Fatal(err)
	}
	_, err = g.try(operation, string(text))
	held := g.content()
	switch code := errs.CodeOf(err); {
	case err == nil:
		if held != g.held {
			g.lastly = append(g.lastly, operation+" "+string(text))
			if len(g.lastly)%20 == 0 {
				g.sound()
			}
		}
	case code == errs.Internal:
		g.t.Fatalf("%s %s: %v", operation, text, err)
	case !code.Caller() && code != errs.NotImplemented && code != errs.Unavailable:
		g.t.Errorf("%s %s is answered as the server's fault: %v %v", operation, text, code, err)
	case held != g.held:
		g.t.Errorf("%s %s was refused (%v) and changed something", operation, text, err)
	}
	g.held = held
}

// content is a sum of all records but those of sessions.
func (g *caller) content() uint64 {
	g.t.Helper()
	sum := fnv.New64a()
	err := g.store.View(g.t.Context(), func(tx store.Tx) error {
		sum.Reset()
		g.there = map[model.ObjectType][]string{}
		for _, table := range store.NewSchema().Tables() {
			if table.String() == "sessions" {
				continue
			}
			kind := kinds[table.String()]
			err := tx.Scan(table.String(), nil, nil, false, func(key, value []byte) (bool, error) {
				if kind != 0 {
					g.there[kind] = append(g.there[kind], model.Ref{Type: kind, ID: model.ID(binary.BigEndian.Uint64(key))}.String())
				}
				for _, part := range [][]byte{key, {0}, value, {0}} {
					_, _ = sum.Write(part)
				}
				return true, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return sum.Sum64()
}

// sound tests the data.
func (g *caller) sound() {
	g.t.Helper()
	err := g.store.View(g.t.Context(), func(tx store.Tx) error {
		if err := store.Check(tx); err != nil {
			return err
		}
		return store.CheckReferences(tx)
	})
	if err != nil {
		g.t.Fatalf("%v after\n%s", err, strings.Join(g.lastly[max(0, len(g.lastly)-20):], "\n"))
	}
}

// kinds are the types of the objects in tables.
var kinds = map[string]model.ObjectType{
	"servers": model.TypeServer, "ranges": model.TypeRange, "scopes": model.TypeScope, "pools": model.TypePool, "exclusions": model.TypeExclusion,
	"groups": model.TypeGroup, "reservations": model.TypeReservation, "relationships": model.TypeRelationship, "folders": model.TypeFolder,
	"devices": model.TypeDevice, "interfaces": model.TypeInterface, "addresses": model.TypeIPAddress, "spaces": model.TypeAddressSpace,
}

// structure makes up the fields of a structure; required ones are mostly there.
func (g *caller) structure(of *hal.Struct, depth int) map[string]any {
	fields := map[string]any{}
	for i := range of.Fields {
		f := &of.Fields[i]
		n := g.IntN(100)
		switch {
		case g.kind && (f.Name == "from" || f.Name == "to" || f.Required):
		case g.kind && (f.Name == "objType" || f.Name == "saveComment" || f.Name == "dhcpPolicyName" || f.Name == "ref" && depth > 0 ||
			strings.HasSuffix(f.Name, "ServerRef") || f.Name == "customProperties" && n < 70):
			continue
		case f.Required && n < 4 && !g.kind, !f.Required && n < 55:
			continue
		case n > 97 && !g.kind:
			fields[f.Name] = nil
			continue
		}
		if !f.List() {
			fields[f.Name] = g.value(of, f, depth)
			continue
		}
		items, least := []any{}, 0
		if g.kind {
			least = 1
		}
		for range least + g.IntN(3) {
			if item := g.value(of, f, depth); f.Sub != "" {
				items = append(items, []any{item})
			} else {
				items = append(items, item)
			}
		}
		fields[f.Name] = items
	}
	return fields
}

func (g *caller) value(of *hal.Struct, f *hal.Field, depth int) any {
	switch f.Kind {
	case hal.BoolKind:
		return g.IntN(2) == 0
	case hal.UintKind, hal.IntKind:
		if g.kind {
			return pick(g, 1, 2, 3, 5, 20, 25, 26, 28, 30, 60, 3600)
		}
		return pick(g, 0, 1, 2, 3, 7, 24, 30, 64, 100, 647, 3600, 65535, 1<<31-1)
	case hal.EnumKind:
		if g.kind && f.Enum.Name == "ObjectType" {
			return pick(g, "DHCPServer", "Range", "DHCPScope", "IPAddress", "Device", "Interface")
		}
		return f.Enum.Values[g.IntN(len(f.Enum.Values))].Value
	case hal.StructKind:
		if depth > 4 {
			return map[string]any{}
		}
		return g.structure(f.Struct, depth+1)
	}
	return g.text(of, f)
}

func pick[T any](g *caller, from ...T) T { return from[g.IntN(len(from))] }

// text makes up a text that a field of that name may well have, or any.
func (g *caller) text(of *hal.Struct, f *hal.Field) string {
	name := strings.ToLower(f.Name)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	if !g.kind && g.IntN(10) < 3 {
		return g.anything()
	}
	if f.Name == "dhcpServerRef" && g.kind && g.IntN(2) > 0 { // what most of the others belong to
		return "dhcp1.example.com."
	}
	if f.Kind == hal.RefKind && (has("scoperef") || name == "ownerref") && g.kind && g.IntN(3) > 0 {
		return []string{"lan", "lab", "office", "kea4", "branch"}[g.net]
	}
	if g.kind && (name == "from" || name == "to") {
		least := map[string]int{"from": 1, "to": 120}[name]
		return fmt.Sprintf("10.0.%d.%d", g.net, least+g.IntN(100))
	}
	for part, kind := range map[string]model.ObjectType{
		"scoperef": model.TypeScope, "serverref": model.TypeServer, "poolref": model.TypePool, "rangeref": model.TypeRange, "folderref": model.TypeFolder,
		"deviceref": model.TypeDevice, "interfaceref": model.TypeInterface, "groupref": model.TypeGroup, "exclusionref": model.TypeExclusion,
		"reservationref": model.TypeReservation, "spaceref": model.TypeAddressSpace,
	} {
		if f.Kind == hal.RefKind && has(part) {
			return g.ref(kind)
		}
	}
	switch {
	case f.Kind == hal.RefKind && has("addrref", "fromref", "toref"), has("address", "from", "nextserver", "lease") && !has("space"), name == "to":
		return g.address()
	case f.Kind == hal.RefKind && has("parentref") && of.Name == "DHCPGroup":
		return g.ref(model.TypeGroup)
	case f.Kind == hal.RefKind && has("parentref") && of.Name == "Folder":
		return g.ref(model.TypeFolder)
	case f.Kind == hal.RefKind && has("parentref"):
		return g.ref(model.TypeRange)
	case f.Kind == hal.RefKind && has("ownerref"):
		return g.ref(pick(g, model.TypeScope, model.TypeScope, model.TypeServer, model.TypeGroup))
	case f.Kind == hal.RefKind && has("ranges"):
		return g.ref(model.TypeRange)
	case f.Kind == hal.RefKind:
		return g.ref(pick(g, model.TypeServer, model.TypeRange, model.TypeScope, model.TypeScope, model.TypePool, model.TypeReservation, model.TypeGroup, model.TypeExclusion,
			model.TypeRelationship, model.TypeDevice, model.TypeInterface, model.TypeFolder, model.TypeIPAddress))
	case has("peer", "relationshipname", "failoverrelationship"), name == "name" && of.Name == "DHCPFailoverRelationship":
		return pick(g, "fo1", "fo1", "fo2", "fo3")
	case has("primaryserver") && g.kind && g.IntN(5) > 0:
		return "dhcp1.example.com."
	case has("secondaryserver") && g.kind && g.IntN(5) > 0:
		return "dhcp2.example.com."
	case has("primaryserver", "secondaryserver", "servername"):
		return g.server()
	case has("client", "mac"):
		return fmt.Sprintf("02:00:00:00:00:%02x", g.IntN(40))
	case has("filter"):
		return pick(g, "", "name:^l", "x", "available>3", "address=10.0.0.1", "enabled=1 or name:b")
	case has("sortby"):
		return pick(g, "name", "ref", "nothing", "Site")
	case has("date", "time"):
		return pick(g, "Mar 4, 2026 05:16:07", "2026-03-04", "")
	case has("classname"):
		return pick(g, "phones", "desks")
	case has("policyname"), name == "name" && of.Name == "DHCPPolicy":
		return pick(g, "phones", "plain", "third")
	case name == "property", name == "parentproperty":
		return g.property()
	case has("option"):
		return pick(g, "::3", "::6", "::15", "::51", "::252", "R&D::7", "R&D:guests:7", "ACME::9")
	case name == "range", has("ranges"), name == "name" && of.Name == "Range":
		return g.cidr()
	case name == "name" && of.Name == "SystemSetting":
		return pick(g, "allowReservationsInPools", "inheritAccess", "saveComment")
	case name == "name" && (of.Name == "Property" || of.Name == "PropertyDefinition"):
		return g.property()
	case has("value"):
		return pick(g, "true", "false", "10.0.0.1", "text", "7", g.address(), g.cidr(), "North", "Optional", "fo1", "")
	}
	return g.anything()
}

// ref is the reference of something of a type, mostly of what there is.
func (g *caller) ref(kind model.ObjectType) string {
	if all := g.there[kind]; len(all) > 0 && (g.kind || g.IntN(3) > 0) {
		return all[g.IntN(len(all))]
	}
	return model.Ref{Type: kind, ID: model.ID(1 + g.IntN(30))}.String()
}

func (g *caller) server() string {
	return pick(g, "dhcp1.example.com.", "dhcp2.example.com.", "ms.example.com.", "kea.example.com.", "DHCPServers/ios.example.com")
}

func (g *caller) address() string {
	if g.kind || g.IntN(2) == 0 {
		return pick(g, fmt.Sprintf("10.0.%d.%d", g.net, g.IntN(256)), fmt.Sprintf("10.0.%d.%d", g.net, 100+g.IntN(5)), fmt.Sprintf("2001:db8::%x", g.IntN(1<<13)))
	}
	return pick(g, "0.0.0.0", "255.255.255.255", "::", "ff02::1", "::ffff:10.0.0.1", "IPAMRecords/10.0.0.40", "10.0.9.15", "fe80::1%eth0", "010.0.0.1")
}

func (g *caller) cidr() string {
	if g.kind || g.IntN(2) == 0 {
		return pick(g, fmt.Sprintf("10.0.%d.0/24", g.IntN(20)), fmt.Sprintf("10.%d.0.0/16", g.IntN(3)), "10.0.0.128/25", "10.0.7.0/30", fmt.Sprintf("2001:db8:0:%x::/64", g.IntN(4)), "10.0.9.10-10.0.9.20")
	}
	return pick(g, "10.0.0.0/8", "10.0.9.5-10.0.9.12", "2001:db8:1::/48", "0.0.0.0/0", "::/0", "10.0.0.0/32", "10.0.0.0/31", "Ranges/10.0.0.0/24", "10.0.0.0/33", "::/0-::1")
}

// property is the name of a property.
func (g *caller) property() string {
	return pick(g, "name", "enabled", "description", "from", "to", "failoverPeer", "addresses", "clientIdentifier", "address", "type", "claimed", "locked", "subnet",
		"Site", "Room", "Rack", "Owner", "Vendor", "Billed", "Title", "mclt", "percentage", "port", "parentRef", "deviceRef", "ownerRef", "superscope", "proxy", "password", "Colour")
}

func (g *caller) anything() string {
	some := pick(g, "lan", "lab", "office", "kea4", "kea6", "branch", "printers", "laser", "phones", "plain", "guests", "North", "Cellar", "router1", "eth1", "p1", "fo1", "new", "other")
	if g.kind {
		return some
	}
	return pick(g, some, "", " ", "0", "1", "7", "true", "no",
		"Ünïcode ☃ 名", "with \"quotes\" & <tags>", "a\nb\tc", "a\x00b", "\x7f", strings.Repeat("x", 256), strings.Repeat("ß", 130), "{#7-#1}", "{#99-#1}", "{#7-#18446744073709551616}", "{#-1-#-1}", "DHCPScopes/1", "Ranges/",
		"-1", "4294967296", "1e9", "../../etc/passwd", "lan.", "NULL", "(", g.address(), g.cidr(), g.server(), g.ref(model.ObjectType(g.IntN(35))))
}
