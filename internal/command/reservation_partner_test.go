package command_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"halxml/internal/command"
	"halxml/internal/errs"
	"halxml/internal/model"
)

// joined is a failover scope: a's instance of 10.0.0.0/24 and b's.
func (s *service) joined(kind string) (a, b, here, there string) {
	s.t.Helper()
	a, b = s.server("a", kind), s.server("b", kind)
	here = s.scope(a, "10.0.0.0/24")
	s.pool(here, "10.0.0.100", "10.0.0.199")
	s.pair(kind, here)
	there = s.names("GetDHCPScopes", fmt.Sprintf(`{"filter":"dhcpServerRef=%s"}`, b), "dhcpScopes", "ref")
	return a, b, here, there
}

// pair makes the relationship fo of servers a and b, and adds a's scope to it.
func (s *service) pair(kind, scope string) {
	s.t.Helper()
	scopes := ""
	if kind != "Kea" {
		scopes = fmt.Sprintf(`,"dhcpScopeRefs":[%q]`, scope)
	}
	s.text("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"a","secondaryServer":"b","failoverMode":"LoadBalance","sharedSecret":"x"`+scopes+`}}`)
}

// clients lists an owner's reservations: reference, name, client and addresses.
func (s *service) clients(owner string) string {
	s.t.Helper()
	var all []string
	for _, r := range s.get("GetDHCPReservations", fmt.Sprintf(`{"ownerRef":%q}`, owner))["dhcpReservations"].([]any) {
		m := r.(map[string]any)
		all = append(all, fmt.Sprint(m["ref"], " ", m["name"], " ", m["clientIdentifier"], " ", m["addresses"]))
	}
	return strings.Join(all, "; ")
}

func TestReservationsReachThePartner(t *testing.T) {
	for _, kind := range []string{"ISC", "MSDHCP", "Kea"} {
		t.Run(kind, func(t *testing.T) {
			s := newService(t)
			_, b, here, there := s.joined(kind)
			want := func(text string) {
				t.Helper()
				if got := s.clients(there); got != text {
					t.Errorf("at the partner: %s, want %s", got, text)
				}
			}
			one := s.reserve(here, "00:11:22:33:44:01", "10.0.0.5", `"name":"one"`)
			want("{#9-#2} one 00:11:22:33:44:01 [10.0.0.5]")
			two := s.reserve(there, "00:11:22:33:44:02", "10.0.0.6", `"name":"two"`)
			want("{#9-#2} one 00:11:22:33:44:01 [10.0.0.5]; {#9-#3} two 00:11:22:33:44:02 [10.0.0.6]")
			if got := s.clients(here); got != "{#9-#1} one 00:11:22:33:44:01 [10.0.0.5]; {#9-#4} two 00:11:22:33:44:02 [10.0.0.6]" {
				t.Errorf("from the partner: %s", got)
			}
			s.set(one, `{"addresses":"10.0.0.7","name":"uno"}`)
			want("{#9-#2} uno 00:11:22:33:44:01 [10.0.0.7]; {#9-#3} two 00:11:22:33:44:02 [10.0.0.6]")
			s.set(one, `{"clientIdentifier":"00:11:22:33:44:09","addresses":"10.0.0.8"}`)
			want("{#9-#2} uno 00:11:22:33:44:09 [10.0.0.8]; {#9-#3} two 00:11:22:33:44:02 [10.0.0.6]")
			s.refused(errs.Conflict, "AddDHCPReservation", reservation(here, "00:11:22:33:44:03", "10.0.0.6"), "10.0.0.6")
			s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, two))
			want("{#9-#2} uno 00:11:22:33:44:09 [10.0.0.8]")
			if got := s.clients(here); got != "{#9-#1} uno 00:11:22:33:44:09 [10.0.0.8]" {
				t.Errorf("after removal at the partner: %s", got)
			}
			if got := s.names("GetHistory", `{"objType":"DHCPReservation","objRef":"{#9-#2}"}`, "events", "eventType"); got != "Modification Modification Creation" {
				t.Errorf("history of the partner's: %s", got)
			}
			if kind != "Kea" {
				s.text("RemoveDHCPScopesFromDHCPFailoverRelationship", fmt.Sprintf(`{"dhcpServerRef":%q,"dhcpFailoverRelationshipName":"fo","dhcpScopeRefs":[%q]}`, b, there))
				s.reserve(here, "00:11:22:33:44:0a", "10.0.0.10")
				want("{#9-#2} uno 00:11:22:33:44:09 [10.0.0.8]")
			}
		})
	}
}

// TestReservationChangesAreDelivered tells which servers' configurations a change
// of a reservation concerns.
func TestReservationChangesAreDelivered(t *testing.T) {
	var changed []model.ID
	s := newServiceWith(t, func(o *command.Options) {
		o.Changed = func(servers []model.ID) { changed = slices.Sorted(slices.Values(servers)) }
	})
	a, _, here, there := s.joined("ISC")
	told := func(what string, want ...model.ID) {
		t.Helper()
		if !slices.Equal(changed, want) {
			t.Errorf("%s: servers %v are told, want %v", what, changed, want)
		}
		changed = nil
	}
	ref := s.reserve(here, "00:11:22:33:44:01", "10.0.0.5")
	told("added", 1, 2)
	s.set(ref, `{"ddnsHostName":"p1"}`)
	told("changed", 1, 2)
	s.text("RemoveObject", `{"ref":"`+s.names("GetDHCPReservations", fmt.Sprintf(`{"ownerRef":%q}`, there), "dhcpReservations", "ref")+`"}`)
	told("removed at the partner", 1, 2)
	g := s.group(a, "g", "")
	told("group", 1)
	s.reserve(g, "00:11:22:33:44:02", "")
	told("added to a group", 1)
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, g))
	told("group removed", 1)
}

// TestReservationsAreCopied adds a scope to a relationship whose partner has an
// instance with reservations of its own.
func TestReservationsAreCopied(t *testing.T) {
	s := newService(t)
	a, b := s.server("a", "ISC"), s.server("b", "ISC")
	here, there := s.scope(a, "10.0.0.0/24"), s.scope(b, "10.0.0.0/24")
	s.pool(here, "10.0.0.100", "10.0.0.199")
	s.reserve(here, "00:11:22:33:44:01", "10.0.0.5", `"name":"one"`)
	s.reserve(here, "00:11:22:33:44:02", "10.0.0.6", `"name":"two","filename":"boot"`)
	s.reserve(here, "00:11:22:33:44:03", "10.0.0.7", `"name":"three"`)
	s.reserve(there, "00:11:22:33:44:02", "10.0.0.5", `"name":"one"`)
	s.reserve(there, "00:11:22:33:44:01", "10.0.0.6", `"name":"two"`)
	s.reserve(there, "00:11:22:33:44:04", "10.0.0.7", `"name":"four"`)
	s.reserve(there, "00:11:22:33:44:05", "10.0.0.9", `"name":"five"`)
	s.text("AddDHCPFailoverRelationship", `{"dhcpFailoverRelationship":{"name":"fo","primaryServer":"a","secondaryServer":"b"}}`)
	join := fmt.Sprintf(`{"dhcpServerRef":"a","dhcpFailoverRelationshipName":"fo","dhcpScopeRefs":[%q]}`, here)

	// What the partner's server has elsewhere is in the way.
	other := s.reserve(b, "00:11:22:33:44:99", "", `"name":"three"`)
	s.refused(errs.Conflict, "AddDHCPScopesToDHCPFailoverRelationship", join, "three")
	s.set(other, `{"name":"global"}`)
	s.text("AddDHCPScopesToDHCPFailoverRelationship", join)
	if got, want := s.clients(there), "{#9-#4} two 00:11:22:33:44:02 [10.0.0.6]; {#9-#5} one 00:11:22:33:44:01 [10.0.0.5]; {#9-#6} three 00:11:22:33:44:03 [10.0.0.7]"; got != want {
		t.Errorf("at the partner: %s, want %s", got, want)
	}
	if got := s.reserved("{#9-#4}")["filename"]; got != "boot" {
		t.Errorf("filename: %v", got)
	}
	s.refused(errs.Conflict, "AddDHCPReservation", reservation(here, "00:11:22:33:44:06", "10.0.0.11", `"name":"global"`), "global")
	// Replication from the other side is no change.
	before := s.clients(here)
	s.text("ReplicateDHCPFailover", `{"dhcpServerRef":"b"}`)
	if got := s.clients(here); got != before {
		t.Errorf("after replication: %s, was %s", got, before)
	}
}

func TestKeaServersReservationsReachThePartner(t *testing.T) {
	s := newService(t)
	a, b := s.server("a", "Kea"), s.server("b", "Kea")
	s.reserve(a, "00:11:22:33:44:01", "", `"ddnsHostName":"one.corp.net"`)
	s.reserve(a, "00:11:22:33:44:06", "2001:db8::6")
	s.reserve(b, "00:11:22:33:44:02", "")
	s.pair("Kea", "")
	if got := s.clients(b); got != "{#9-#4}  00:11:22:33:44:01 []" {
		t.Errorf("copied: %s", got)
	}
	one := s.reserve(b, "00:11:22:33:44:03", "10.0.0.3")
	if got := s.clients(a); got != "{#9-#1}  00:11:22:33:44:01 []; {#9-#2}  00:11:22:33:44:06 [2001:db8::6]; {#9-#6}  00:11:22:33:44:03 [10.0.0.3]" {
		t.Errorf("from the partner: %s", got)
	}
	s.set(one, `{"addresses":"10.0.0.4"}`)
	s.text("RemoveObject", `{"ref":"{#9-#1}"}`)
	if got := s.clients(b); got != "{#9-#5}  00:11:22:33:44:03 [10.0.0.4]" {
		t.Errorf("after changes: %s", got)
	}
	s.reserve(a, "00:11:22:33:44:07", "2001:db8::7") // no DHCPv6 relationship
	if got := s.clients(b); got != "{#9-#5}  00:11:22:33:44:03 [10.0.0.4]" {
		t.Errorf("IPv6: %s", got)
	}
}
