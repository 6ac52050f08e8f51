package app

import (
	"fmt"
	"strings"
	"testing"
)

// TestPing asks the hosts of the loopback network, which all answer.
func TestPing(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), "ping.limit", "10s"), Options{})
	session := r.login()
	answer, fault := r.soap("Ping", `<session>`+session+`</session><addrRef>127.0.0.5</addrRef>`)
	if !strings.Contains(answer, "<alive>true</alive><pingTime>") || fault != "" {
		t.Errorf("SOAP: %s %s", answer, fault)
	}
	result, fault := r.call("Ping", fmt.Sprintf(`{"session":%q,"addrRef":"127.0.0.9"}`, session))
	if result["alive"] != true || fault != "" {
		t.Errorf("JSON: %v %s", result, fault)
	}
	free := func(r *fixture, session, params string) string {
		t.Helper()
		result, fault := r.call("GetNextFreeAddress", fmt.Sprintf(`{"session":%q,"rangeRef":"127.0.0.0/29",%s}`, session, params))
		if fault != "" {
			t.Error(fault)
		}
		address, _ := result["address"].(string)
		return address
	}
	add := func(r *fixture, session string) {
		t.Helper()
		if _, fault := r.call("AddRange", fmt.Sprintf(`{"session":%q,"range":{"name":"127.0.0.0/29"}}`, session)); fault != "" {
			t.Fatal(fault)
		}
	}
	add(r, session)
	if a, b := free(r, session, `"startAddress":"127.0.0.2","ping":false`), free(r, session, `"startAddress":"127.0.0.2","ping":true`); a != "127.0.0.2" || b != "" {
		t.Errorf("free without a ping %q, with one %q", a, b)
	}

	off := start(t, settings(t, t.TempDir(), "ping.method", "off"), Options{})
	session = off.login()
	add(off, session)
	if a := free(off, session, `"startAddress":"127.0.0.2","ping":true`); a != "127.0.0.2" {
		t.Errorf("free without pings: %q", a)
	}
	if _, fault := off.call("Ping", fmt.Sprintf(`{"session":%q,"addrRef":"127.0.0.9"}`, session)); !strings.Contains(fault, "ping.method") {
		t.Errorf("without pings: %s", fault)
	}
}
