package kea_test

import (
	"net/netip"
	"strings"
	"testing"

	"halxml/internal/errs"
	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
	"halxml/internal/realtool"
)

// reservedWorld is a server with one scope and the reservations.
func reservedWorld(list ...model.Reservation) *world {
	w := pairWorld()
	w.Relationships, w.Pools = nil, nil
	w.Reservations = []model.Reservation{}
	for i, r := range list {
		r.ID, r.ServerID = model.ID(i+1), 1
		w.Reservations = append(w.Reservations, r)
	}
	return w
}

func inScope(client string, addresses ...string) model.Reservation {
	r := model.Reservation{ScopeID: 1, Client: client, Method: model.ByHardwareAddress}
	for _, a := range addresses {
		r.Addresses = append(r.Addresses, netip.MustParseAddr(a))
	}
	return r
}

func byIdentifier(r model.Reservation) model.Reservation {
	r.Method = model.ByClientIdentifier
	return r
}

func TestReservationsAreWritten(t *testing.T) {
	named := inScope("02:00:00:00:00:01", "10.0.0.7")
	named.Name, named.DDNSHostName = "printer", "printer.corp.example"
	for _, tt := range []struct {
		r    model.Reservation
		want string
	}{
		{named, `{"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.7", "hostname": "printer.corp.example", "user-context": {"comment": "printer"}}`},
		{byIdentifier(inScope("01:02:0a", "10.0.0.7")), `{"client-id": "01:02:0a", "ip-address": "10.0.0.7"}`},
		{byIdentifier(inScope("pc'1", "10.0.0.7")), `{"client-id": "70:63:27:31", "ip-address": "10.0.0.7"}`},
		{inScope("02:00:00:00:00:01"), `{"hw-address": "02:00:00:00:00:01", "client-classes": ["KNOWN"]}`},
	} {
		got := only(&conf.Server{Reservations: reservedWorld(tt.r).render(t, 1).File.Dhcp4.Subnets4[0].Reservations})
		if want := `{"reservations": [` + tt.want + `]}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestReservationsOfDHCPv6(t *testing.T) {
	atServer := inScope("02:00:00:00:00:03", "2001:db8::9")
	atServer.ScopeID = 0
	lost := inScope("02:00:00:00:00:04")
	lost.ScopeID = 0
	w := reservedWorld(byIdentifier(inScope("00:01:02", "2001:db8::1", "2001:db8::2")), inScope("02:00:00:00:00:01"), atServer, lost)
	w.Ranges[0].From, w.Ranges[0].To = addr("2001:db8::"), addr("2001:db8::ffff")
	snap := w.snapshot(1, model.DHCPv6)
	r, err := kea.Render(snap)
	if err != nil {
		t.Fatal(err)
	}
	got := only(&conf.Server{Reservations: r.File.Dhcp6.Reservations, Subnets6: r.File.Dhcp6.Subnets6})
	want := `{"reservations": [{"hw-address": "02:00:00:00:00:03", "ip-addresses": ["2001:db8::9"]}], "subnet6": [{"id": 7, "subnet": "2001:db8::/112", ` +
		`"reservations": [{"hw-address": "02:00:00:00:00:01", "client-classes": ["KNOWN"]}, {"duid": "00:01:02", "ip-addresses": ["2001:db8::1", "2001:db8::2"]}]}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	mustFit(t, snap, r)
	mustTake(t, realtool.Path(t, "kea-dhcp6"), keatest.Folder(t), r)
}

// Reservations of the whole server are looked at, beside those of scopes.
func TestReservationsOfTheServer(t *testing.T) {
	all := inScope("02:00:00:00:00:01", "10.9.0.7")
	all.ScopeID = 0
	w := reservedWorld(all, inScope("02:00:00:00:00:01", "10.0.0.7"), inScope("02:00:00:00:00:02", "10.0.0.6"))
	w.set("{#9-#1}", opt(3, "10.9.0.1"), opt(51, "60"))
	r := w.render(t, 1)
	got := only(r.File.Dhcp4)
	want := `{"reservations": [{"hw-address": "02:00:00:00:00:01", "ip-address": "10.9.0.7", "option-data": [{"code": 3, "data": "10.9.0.1"}]}], ` +
		`"subnet4": [{"id": 7, "subnet": "10.0.0.0/24", "reservations": [{"hw-address": "02:00:00:00:00:02", "ip-address": "10.0.0.6"}, ` +
		`{"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.7"}]}], "reservations-global": true}`
	if got != want || len(r.Notes) != 1 || r.Notes[0].Kind != kea.Option {
		t.Errorf("got  %s\nwant %s\nnotes %v", got, want, r.Notes)
	}
	mustFit(t, w.snapshot(1, model.DHCPv4), r)
	mustTake(t, realtool.Path(t, "kea-dhcp4"), keatest.Folder(t), r)
}

// A reservation of the domain takes the place of the operator's for the same client and keeps what else that says; the
// operator's others go, unless the domain knows nothing of reservations or has no word for the client's identifier.
func TestReservationsOfTheOperator(t *testing.T) {
	f, err := conf.Parse("", []byte(`{"Dhcp4": {"reservations-global": false, "reservations": [{"hw-address": "02:00:00:00:00:05", "hostname": "x"}], "subnet4": [{"subnet": "10.0.0.0/24", "reservations": [
		{"hw-address": "020000000001", "ip-address": "10.0.0.9", "next-server": "10.0.0.2", "server-hostname": "tftp"}, {"flex-id": "'x'", "hostname": "y"}]}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := reservedWorld(inScope("02:00:00:00:00:01", "10.0.0.7"))
	w.Settings = map[model.ID]kea.Settings{1: {Base: f.Dhcp4}}
	want := `{"subnet4": [{"id": 7, "subnet": "10.0.0.0/24", "reservations": [{"hw-address": "020000000001", "ip-address": "10.0.0.7", "next-server": "10.0.0.2", "server-hostname": "tftp"}, ` +
		`{"flex-id": "'x'", "hostname": "y"}]}], "reservations-global": false}`
	if got := only(w.render(t, 1).File.Dhcp4); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	w.Reservations = nil
	if got := only(w.render(t, 1).File.Dhcp4); strings.Count(got, "hw-address") != 2 || !strings.Contains(got, "flex-id") {
		t.Errorf("reservations that the domain does not know are gone: %s", got)
	}
}

func TestReservationsThatCannotBeWritten(t *testing.T) {
	for _, tt := range []struct {
		list []model.Reservation
		code errs.Code
		want string
	}{
		{[]model.Reservation{byIdentifier(inScope("ab", "10.0.0.1")), byIdentifier(inScope("61:62", "10.0.0.2"))}, errs.Conflict, "two reservations for the client 61:62"},
		{[]model.Reservation{inScope("02:00:00:00:00:01", "10.0.0.1", "10.0.0.2")}, errs.Invalid, "Reservation 02:00:00:00:00:01 of server a.example. has 2 addresses"},
	} {
		if _, err := kea.Render(reservedWorld(tt.list...).snapshot(1, model.DHCPv4)); errs.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v", tt.list, err)
		}
	}
	w := reservedWorld(byIdentifier(inScope(strings.Repeat("x", 129), "2001:db8::1")))
	w.Ranges[0].From, w.Ranges[0].To = addr("2001:db8::"), addr("2001:db8::ffff")
	if _, err := kea.Render(w.snapshot(1, model.DHCPv6)); errs.CodeOf(err) != errs.Invalid || !strings.Contains(err.Error(), "more than 128 bytes") {
		t.Error(err)
	}
}
