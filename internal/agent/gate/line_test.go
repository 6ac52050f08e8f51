package gate_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"halxml/internal/agent"
)

// TestABrokenLineIsSeenAtOnce lets an agent break off while it waits for a task,
// of a service that takes silence for nothing.
func TestABrokenLineIsSeenAtOnce(t *testing.T) {
	s := newServiceThatWaits(t, time.Hour)
	const hello = `"version": 1, "server": "a", "agent": "x"`
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	post := func(path, body string) {
		t.Helper()
		_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
			path, c.RemoteAddr(), s.token, len(body), body)
		if err != nil {
			t.Fatal(err)
		}
	}
	post(agent.StatePath, `{`+hello+`, "seen": {"number": 1, "state": {"Reachable": true, "Running": false, "Process": 0, "Config": "", "Peers": null, "Fault": ""}}}`)
	seen := s.until("the agent", 0, reachable)
	post(agent.NextPath, `{`+hello+`}`)
	_ = c.Close()
	s.until("the loss", seen, unreachable)
}
