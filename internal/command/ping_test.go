package command_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"halxml/internal/command"
	"halxml/internal/errs"
)

func TestPing(t *testing.T) {
	network := &hosts{alive: map[string]bool{"10.0.0.1": true, "2001:db8::1": true}}
	s := newServiceWith(t, func(o *command.Options) { o.Pinger = network })
	s.space("lab")
	for _, a := range []string{"10.0.0.1", "IPAMRecords/10.0.0.1", "2001:db8::1"} {
		if got := s.text("Ping", `{"addrRef":"`+a+`"}`); got != `{"alive":true,"pingTime":1}` {
			t.Errorf("%s: %s", a, got)
		}
	}
	if got := s.xml("Ping", `{"addrRef":"10.0.0.2"}`); !strings.Contains(got, "<alive>false</alive><pingTime>0</pingTime>") {
		t.Errorf("nobody there: %s", got)
	}
	seen := func(a string) string {
		r := s.get("GetIPAMRecord", `{"addrRef":"`+a+`"}`)["ipamRecord"].(map[string]any)
		return strings.Join([]string{r["addrRef"].(string), r["discoveryType"].(string), r["lastSeenDate"].(string), r["lastDiscoveryDate"].(string), r["state"].(string)}, "|")
	}
	if got := seen("10.0.0.1"); got != "{#8-#1}|Ping|Mar 4, 2026 05:06:07|Mar 4, 2026 05:06:07|Free" {
		t.Errorf("seen: %s", got)
	}
	if got := seen("10.0.0.2"); got != "10.0.0.2|None|||Free" {
		t.Errorf("never seen: %s", got)
	}
	network.alive["10.0.0.1"] = false
	s.now = s.now.Add(time.Hour)
	s.text("Ping", `{"addrRef":"{#8-#1}"}`)
	if got := seen("10.0.0.1"); got != "{#8-#1}|Ping|Mar 4, 2026 05:06:07|Mar 4, 2026 06:06:07|Free" {
		t.Errorf("not seen any more: %s", got)
	}
	s.enter("lab") // where it is another host's
	if got := seen("10.0.0.1"); got != "10.0.0.1|None|||Free" {
		t.Errorf("in another space: %s", got)
	}
	s.enter("<default>")

	s.refused(errs.Missing, "Ping", `{}`, "addrRef: required")
	s.refused(errs.Invalid, "Ping", `{"addrRef":"10.0.0.256"}`, "addrRef", "10.0.0.256")
	s.refused(errs.NotFound, "Ping", `{"addrRef":"{#8-#77}"}`, "addrRef")
	for _, a := range []string{"0.0.0.0", "255.255.255.255", "224.0.0.1", "ff02::1"} {
		s.refused(errs.Invalid, "Ping", `{"addrRef":"`+a+`"}`, "addrRef", a, "not the address of a host")
	}
	network.err = errors.New("permission denied by /etc")
	s.refused(errs.Unavailable, "Ping", `{"addrRef":"10.0.0.1"}`, "10.0.0.1 cannot be pinged")
	if _, err := s.try("Ping", `{"addrRef":"10.0.0.1"}`); strings.Contains(errs.MessageOf(err), "/etc") {
		t.Errorf("the fault tells of the machine: %v", err)
	}
	newService(t).refused(errs.NotSupported, "Ping", `{"addrRef":"10.0.0.1"}`, "ping.method")
}
