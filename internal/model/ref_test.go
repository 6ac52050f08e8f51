package model

import (
	"strings"
	"testing"
)

func TestParseRef(t *testing.T) {
	for text, want := range map[string]Ref{
		"{#3-#1}":                      {TypeServer, 1},
		" {#14-#0} ":                   {TypeUser, 0},
		"{#25-#1}":                     {TypeAddressSpace, 1},
		"DHCPScopes/12":                {TypeScope, 12},
		"dhcpscopes/12":                {TypeScope, 12},
		"DHCPServer/7":                 {TypeServer, 7},
		"Range/0":                      {TypeRange, 0},
		"Ranges/Ranges/3":              {TypeRange, 3},
		"dnsZones/18":                  {TypeDNSZone, 18},
		"DHCPFailoverRelationships/2":  {TypeRelationship, 2},
		"{#6-#18446744073709551615}":   {TypeRange, 1<<64 - 1},
		"Devices/18446744073709551615": {TypeDevice, 1<<64 - 1},
	} {
		if got, ok := ParseRef(text); !ok || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "{#3-#1", "{3-1}", "{#3-#}", "{#-#1}", "{#+3-#1}", "{#3-#-1}", "{#70000-#1}", "{#3-#18446744073709551616}",
		"{#3-#1}x", "10.0.0.0/24", "fe80::/64", "DHCPScopes/", "DHCPScopes/x", "/3", "office/3", "Unknown/x", "dhcp1.corp.net.",
		"Ranges/192.168.2.0/24",
	} {
		if got, ok := ParseRef(text); ok {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestObjectTypes(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range typeNames {
		if seen[n.Name] {
			t.Errorf("%s twice", n.Name)
		}
		seen[n.Name] = true
		if got, ok := ObjectTypeOf(strings.ToLower(n.Name)); !ok || got != n.Type || got.String() != n.Name {
			t.Errorf("%s: %v", n.Name, got)
		}
	}
	if _, ok := ObjectTypeOf("Toaster"); ok || ObjectType(999).String() != "Unknown" {
		t.Error("an unknown type has a name")
	}
}

// FuzzParseRef: never panics, and what is read from {#t-#n} is written back.
func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"{#3-#1}", "DHCPScopes/12", "Ranges/Ranges/3", "{#3-#", "10.0.0.0/24", "{#6-#18446744073709551615}", "//", "{#}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, ok := ParseRef(s)
		if !ok {
			return
		}
		again, ok := ParseRef(ref.String())
		if !ok || again != ref {
			t.Errorf("%q is %v, read back as %v", s, ref, again)
		}
	})
}

func TestNamesCompareWithoutCaseAndFinalDot(t *testing.T) {
	for _, pair := range [][2]string{{"DHCP1.corp.net.", "dhcp1.corp.net"}, {" a ", "A"}} {
		if FoldName(pair[0]) != FoldName(pair[1]) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	if FoldName("a..") == FoldName("a") {
		t.Error("only one final dot is dropped")
	}
}

func TestSplit(t *testing.T) {
	for percentage, want := range map[uint32]int{0: 0, 1: 3, 50: 128, 75: 192, 99: 253, 100: 256} {
		r := Relationship{Percentage: percentage}
		if got := r.Split(); got != want {
			t.Errorf("%d %%: split %d, want %d", percentage, got, want)
		}
	}
}

func TestRelationshipsKnowTheirServers(t *testing.T) {
	a := Relationship{PrimaryID: 1, SecondaryID: 2}
	swapped := Relationship{PrimaryID: 2, SecondaryID: 1}
	other := Relationship{PrimaryID: 1, SecondaryID: 3}
	if a.Partner(1) != 2 || a.Partner(2) != 1 || !a.Joins(2) || a.Joins(3) || !a.JoinsSame(&swapped) || a.JoinsSame(&other) {
		t.Error("wrong partners")
	}
	if !KindKea.Same(KindKeaOld) || KindISC.Same(KindKea) || !KindISC.Same(KindISC) {
		t.Error("wrong kinds")
	}
}
