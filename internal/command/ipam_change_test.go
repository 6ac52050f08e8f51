package command_test

import (
	"strings"
	"testing"

	"halxml/internal/errs"
)

func TestSetIPAMRecord(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/29","subnet":true}}`)
	record := func(address, claimed string) string {
		return `{"addrRef":"` + address + `","claimed":` + claimed + `}`
	}
	set := func(before, after string) string {
		return s.text("SetIPAMRecord", `{"ipamRecordBefore":`+before+`,"ipamRecordAfter":`+after+`,"saveComment":"c"}`)
	}
	if got := set(record("10.0.0.1", "false"), record("10.0.0.1", "true")); got != `{"errors":[]}` {
		t.Errorf("a claim: %s", got)
	}
	state := func(ref string) any {
		return s.get("GetIPAMRecord", `{"addrRef":"`+ref+`"}`)["ipamRecord"].(map[string]any)["claimed"]
	}
	if state("10.0.0.1") != true {
		t.Error("not claimed")
	}
	// As clients do: the whole record as it was read, and one field changed.
	whole := strings.TrimSuffix(strings.TrimPrefix(s.text("GetIPAMRecord", `{"addrRef":"{#8-#1}"}`), `{"ipamRecord":`), "}")
	if got := set(whole, strings.Replace(whole, `"claimed":true`, `"claimed":false`, 1)); got != `{"errors":[]}` || state("{#8-#1}") != false {
		t.Errorf("a release: %s", got)
	}
	before := s.everything()
	for name, c := range map[string]struct{ before, after, want string }{
		"hosts":        {whole, strings.Replace(whole, `"dnsHosts":[]`, `"dnsHosts":[{"ptrStatus":"OK"}]`, 1), "dnsHosts: DNS is not managed"},
		"reservations": {record("10.0.0.1", "true"), `{"addrRef":"10.0.0.1","claimed":true,"dhcpReservations":[{"name":"x"}]}`, "dhcpReservations: not changed here"},
	} {
		if got := set(c.before, c.after); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := set(record("10.0.0.1", "true"), record("10.0.0.1", "true")); got != `{"errors":[]}` {
		t.Errorf("nothing to change: %s", got)
	}
	if s.everything() != before {
		t.Error("what was refused left a trace")
	}

	// Custom properties, one of which somebody else changes meanwhile.
	s.define("IPAddress", "Owner", `"type":"String"`)
	s.define("IPAddress", "Room", `"type":"String"`)
	with := func(properties string) string {
		return `{"addrRef":"10.0.0.1","claimed":false,"customProperties":[` + properties + `]}`
	}
	const owner, room = `{"name":"Owner","value":"me"}`, `{"name":"Room","value":"12"}`
	set(with(""), with(owner+","+room))
	if got := s.custom("{#8-#1}"); got != "Owner=me Room=12" {
		t.Errorf("set: %s", got)
	}
	if got := set(with(owner+","+room), with(`{"name":"owner","value":"you"}`)); got != `{"errors":[]}` || s.custom("{#8-#1}") != "Owner=you" {
		t.Errorf("changed and cleared: %s, %s", got, s.custom("{#8-#1}"))
	}
	if got := set(with(owner), with(`{"name":"Owner","value":"her"}`)); got != `{"errors":["customProperties: Owner is \"you\" by now"]}` || s.custom("{#8-#1}") != "Owner=you" {
		t.Errorf("changed meanwhile: %s, %s", got, s.custom("{#8-#1}"))
	}
	s.refused(errs.Invalid, "SetIPAMRecord", `{"ipamRecordBefore":`+with("")+`,"ipamRecordAfter":`+with(`{"name":"Colour","value":"red"}`)+`}`, "ipamRecordAfter.customProperties", "Colour")
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/29","filter":"Owner=you"}`, "ipamRecords", "address"); got != "10.0.0.1" {
		t.Errorf("by owner: %s", got)
	}
	s.text("MoveIPAMRecord", `{"fromRef":"10.0.0.1","toRef":"10.0.0.4"}`)
	if from, to := s.custom("{#8-#1}"), s.custom("{#8-#2}"); from != "" || to != "Owner=you" {
		t.Errorf("moved: %q to %q", from, to)
	}

	s.refused(errs.Missing, "SetIPAMRecord", `{}`, "ipamRecordBefore")
	s.refused(errs.Missing, "SetIPAMRecord", `{"ipamRecordBefore":{"addrRef":"10.0.0.1"}}`, "ipamRecordAfter")
	s.refused(errs.Missing, "SetIPAMRecord", `{"ipamRecordBefore":{},"ipamRecordAfter":{}}`, "ipamRecordBefore.addrRef")
	s.refused(errs.Invalid, "SetIPAMRecord", `{"ipamRecordBefore":`+record("10.0.0.1", "true")+`,"ipamRecordAfter":`+record("10.0.0.2", "true")+`}`, "ipamRecordAfter.addrRef", "10.0.0.2", "MoveIPAMRecord")
}

func TestMoveIPAMRecord(t *testing.T) {
	s := newService(t)
	s.add("AddDHCPServer", `{"dhcpServer":{"name":"ms","type":"MSDHCP"}}`)
	s.add("AddDHCPScope", `{"dhcpScope":{"name":"lan","rangeRef":"10.0.0.0/24","dhcpServerRef":"ms"}}`)
	s.add("AddDHCPReservation", `{"dhcpReservation":{"name":"a","clientIdentifier":"00:11:22:33:44:55","addresses":["10.0.0.1"],"ownerRef":"lan"}}`)
	s.claim("10.0.0.1")
	s.claim("10.0.0.9")
	if got := s.text("MoveIPAMRecord", `{"fromRef":"{#8-#1}","toRef":"10.0.0.5","saveComment":"moved"}`); got != `{"errors":[]}` {
		t.Errorf("a move: %s", got)
	}
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/24","filter":"state!=Free"}`, "ipamRecords", "address"); got != "10.0.0.5 10.0.0.9" {
		t.Errorf("in use after the move: %s", got)
	}
	if got := s.names("GetDHCPReservations", `{"ownerRef":"lan","filter":"addresses=10.0.0.5"}`, "dhcpReservations", "name"); got != "a" {
		t.Errorf("the reservation moved with it: %q", got)
	}
	before := s.everything()
	for params, want := range map[string]string{
		`{"fromRef":"10.0.0.5","toRef":"10.0.0.9"}`:              "10.0.0.9 is in use (Claimed)",
		`{"fromRef":"10.0.0.5","toRef":"10.0.1.9","force":true}`: "outside",
	} {
		if got := s.text("MoveIPAMRecord", params); !strings.Contains(got, want) {
			t.Errorf("%s: %s", params, got)
		}
	}
	if s.everything() != before {
		t.Error("what was refused left a trace")
	}
	if got := s.text("MoveIPAMRecord", `{"fromRef":"10.0.0.5","toRef":"10.0.0.9","force":true}`); got != `{"errors":[]}` {
		t.Errorf("with force: %s", got)
	}
	s.refused(errs.Missing, "MoveIPAMRecord", `{"toRef":"10.0.0.9"}`, "fromRef")
	s.refused(errs.Missing, "MoveIPAMRecord", `{"fromRef":"10.0.0.9"}`, "toRef")
	s.refused(errs.Invalid, "MoveIPAMRecord", `{"fromRef":"10.0.0.9","toRef":"{#8-#2}"}`, "toRef", "10.0.0.9")
	s.refused(errs.Invalid, "MoveIPAMRecord", `{"fromRef":"10.0.0.9","toRef":"2001:db8::1"}`, "toRef", "2001:db8::1")
}
