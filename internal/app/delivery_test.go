package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halxml/internal/config"
	"halxml/internal/host/hosttest"
)

// pair is a service with two real servers, dhcp1.test and dhcp2.test.
type pair struct {
	*fixture
	lab     *hosttest.Lab
	session string
	file    string // the service's configuration
	dir     string
}

// serverNames are the servers' names in the interface.
var serverNames = [2]string{"dhcp1.test", "dhcp2.test"}

// table is a server's table in the service's configuration.
func table(name string, s *hosttest.Server, preamble, more string) string {
	words := func(list []string) string {
		text, _ := json.Marshal(list)
		return strings.ReplaceAll(string(text), `\u0026`, "&")
	}
	return fmt.Sprintf("[server.%q]\npreamble = %q\nconfig = %q\nleases = %q\npid = %q\nvalidate = %s\nstart = %s\nstop = %s\n%s\n",
		name, preamble, s.Config.File, s.Config.Leases, s.Config.PID, words(s.Config.Validate), words(s.Config.Start), words(s.Config.Stop), more)
}

// newPair makes the lab and its configuration, and starts the service.
func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{lab: hosttest.New(t, 2), dir: t.TempDir()}
	p.file = filepath.Join(p.dir, "halxml.toml")
	p.configure(t, p.lab.Preamble(), "")
	p.start(t)
	return p
}

func (p *pair) configure(t *testing.T, preamble, more string) {
	t.Helper()
	text := "listen = '127.0.0.1:0'\nsession.idle = '1h'\nlog.access = false\n[delivery]\ngather = '50ms'\n"
	for i, s := range p.lab.Servers {
		text += table(serverNames[i], s, preamble, more)
	}
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *pair) start(t *testing.T) {
	t.Helper()
	c, _, err := config.Load(config.Sources{File: p.file, Environ: []string{"HALXML_ADMIN_PASSWORD=" + password, "HALXML_DATA=" + p.dir}})
	if err != nil {
		t.Fatal(err)
	}
	p.fixture = start(t, c, Options{})
	p.session = p.login()
}

func (p *pair) restart(t *testing.T) {
	t.Helper()
	if err := p.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.start(t)
}

// do calls an operation that must succeed; params are the members of its
// parameters.
func (p *pair) do(method, params string) map[string]any {
	p.t.Helper()
	if params != "" {
		params = ", " + params
	}
	result, fault := p.call(method, `{"session": "`+p.session+`"`+params+`}`)
	if fault != "" {
		p.t.Fatalf("%s %s: %s", method, params, fault)
	}
	return result
}

// state is a server's state.
func (p *pair) state(i int) string {
	p.t.Helper()
	server, _ := p.do("GetDHCPServer", `"dhcpServerRef": "`+serverNames[i]+`"`)["dhcpServer"].(map[string]any)
	state, _ := server["state"].(string)
	return state
}

// relationships are the states of all relationships by name.
func (p *pair) relationships() map[string]string {
	p.t.Helper()
	states := map[string]string{}
	list, _ := p.do("GetDHCPFailoverRelationships", "")["dhcpFailoverRelationships"].([]any)
	for _, item := range list {
		r, _ := item.(map[string]any)
		name, _ := r["name"].(string)
		states[name], _ = r["state"].(string)
	}
	return states
}

// until waits for something that happens.
func (p *pair) until(what string, ok func() bool) {
	p.t.Helper()
	for end := time.Now().Add(90 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			history, _ := json.MarshalIndent(p.do("GetHistory", `"limit": 10`), "", " ")
			p.t.Fatalf("not seen: %s; states %q %q, relationships %v\nhistory %s\nlog %s", what, p.state(0), p.state(1), p.relationships(), history, p.stderr)
		}
	}
}

// rendered is what a server should run.
func (p *pair) rendered(i int) string {
	p.t.Helper()
	request, err := http.NewRequest(http.MethodGet, p.url()+"/config/"+serverNames[i], nil)
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+p.session)
	return p.send(request)
}

func (p *pair) send(request *http.Request) string {
	p.t.Helper()
	answer, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var text strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := answer.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	if answer.StatusCode != http.StatusOK {
		p.t.Fatalf("%s answers %s: %s", request.URL.Path, answer.Status, text.String())
	}
	return text.String()
}

// deploy delivers now and returns the outcomes.
func (p *pair) deploy(order string) string {
	p.t.Helper()
	request, err := http.NewRequest(http.MethodPost, p.url()+"/deploy", strings.NewReader(order))
	if err != nil {
		p.t.Fatal(err)
	}
	request.SetBasicAuth("administrator", password)
	return strings.TrimSpace(p.send(request))
}

// live is the configuration file of a server, "" without one.
func (p *pair) live(i int) string {
	text, _ := os.ReadFile(p.lab.Servers[i].Config.File)
	return string(text)
}

// process is the content of a server's pid file.
func (p *pair) process(i int) string {
	text, _ := os.ReadFile(p.lab.Servers[i].Config.PID)
	return strings.TrimSpace(string(text))
}

// settled waits until both servers run what they should and the relationships
// have the states that are wanted.
func (p *pair) settled(what string, want map[string]string) {
	p.t.Helper()
	p.until(what, func() bool {
		got := p.relationships()
		for name, state := range want {
			if got[name] != state {
				return false
			}
		}
		return len(got) == len(want) && p.state(0) == "OK" && p.state(1) == "OK" && p.live(0) == p.rendered(0) && p.live(1) == p.rendered(1)
	})
}

// both wants a text in both servers' live configurations, or in neither.
func (p *pair) both(text string, want bool) {
	p.t.Helper()
	for i := range serverNames {
		if strings.Contains(p.live(i), text) != want {
			p.t.Errorf("%q in the configuration of %s: %v, want %v:\n%s", text, serverNames[i], !want, want, p.live(i))
		}
	}
}

// addServers adds both servers, which then serve nobody.
func (p *pair) addServers() {
	p.t.Helper()
	for i, s := range p.lab.Servers {
		p.do("AddDHCPServer", fmt.Sprintf(`"dhcpServer": {"name": %q, "type": "ISC", "address": %q}`, serverNames[i], s.Address))
	}
	p.settled("two servers", nil)
}

// addPair brings a scope under failover, until both servers say "normal".
func (p *pair) addPair() {
	p.t.Helper()
	p.addServers()
	p.do("AddDHCPScope", `"dhcpScope": {"name": "office", "rangeRef": "10.77.0.0/24", "dhcpServerRef": "dhcp1.test"}`)
	p.do("AddDHCPAddressPool", `"dhcpAddressPool": {"dhcpScopeRef": "office", "from": "10.77.0.100", "to": "10.77.0.119"}`)
	p.do("AddDHCPFailoverRelationship", `"dhcpFailoverRelationship": {"name": "main", "primaryServer": "dhcp1.test", "secondaryServer": "dhcp2.test",
		"mclt": 20, "maxResponseDelay": 10, "dhcpScopeRefs": ["office"]}`)
	p.settled("the new pair", map[string]string{"main": "normal"})
}

// TestAPairIsDrivenOverTheService takes two real servers from an empty store
// through the life of a failover relationship.
func TestAPairIsDrivenOverTheService(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.addPair()
	p.serves("02:00:00:00:00:01")

	normal := map[string]string{"main": "normal"}
	begun, delivered := time.Now(), len(p.events("Refresh"))
	p.grow("10.77.0.120")
	p.until("a larger pool", func() bool { return len(p.events("Refresh")) == delivered+len(serverNames) })
	t.Logf("a change is live at both partners, restarted one after the other, after %.2f s, gathered for %s", time.Since(begun).Seconds(), p.config.Delivery.Gather)

	p.do("ModifyDHCPFailoverRelationship", `"dhcpFailoverRelationship": {"name": "main", "primaryServer": "dhcp1.test", "secondaryServer": "dhcp2.test", "mclt": 40, "percentage": 75}`)
	p.settled("other parameters", normal)
	if live := p.live(0); !strings.Contains(live, "mclt 40;") || !strings.Contains(live, "split 192;") {
		t.Errorf("the primary runs\n%s", live)
	}

	p.do("AddDHCPScope", `"dhcpScope": {"name": "lab", "rangeRef": "10.78.0.0/24", "dhcpServerRef": "dhcp1.test"}`)
	p.do("AddDHCPAddressPool", `"dhcpAddressPool": {"dhcpScopeRef": "lab", "from": "10.78.0.10", "to": "10.78.0.99"}`)
	p.do("AddDHCPScopesToDHCPFailoverRelationship", `"dhcpServerRef": "dhcp1.test", "dhcpFailoverRelationshipName": "main", "dhcpScopeRefs": ["lab"]`)
	p.settled("another scope", normal)
	p.both("range 10.78.0.10 10.78.0.99;", true)

	leave := func(action string) {
		t.Helper()
		p.do("RemoveDHCPScopesFromDHCPFailoverRelationship", fmt.Sprintf(`"dhcpServerRef": "dhcp1.test", "dhcpFailoverRelationshipName": "main",
			"dhcpScopeRefs": [%q], "dhcpFailoverRelationshipDeconfigureAction": %q`, p.scope("lab", 0), action))
		p.settled("a scope that left: "+action, normal)
	}
	leave("Disable")
	if !strings.Contains(p.live(0), "range 10.78.0.10") || strings.Contains(p.live(1), "range 10.78.0.10") || !strings.Contains(p.live(1), "subnet 10.78.0.0") {
		t.Errorf("the primary runs\n%s\nthe secondary\n%s", p.live(0), p.live(1))
	}
	p.do("AddDHCPScopesToDHCPFailoverRelationship", `"dhcpServerRef": "dhcp1.test", "dhcpFailoverRelationshipName": "main", "dhcpScopeRefs": ["`+p.scope("lab", 0)+`"]`)
	p.settled("the scope again", normal)
	leave("Delete")
	if !strings.Contains(p.live(0), "range 10.78.0.10") || strings.Contains(p.live(1), "10.78.0.0") {
		t.Errorf("the primary runs\n%s\nthe secondary\n%s", p.live(0), p.live(1))
	}

	// The pool moves to another peer; the first one goes with its last pool.
	p.do("AddDHCPFailoverRelationship", `"dhcpFailoverRelationship": {"name": "second", "primaryServer": "dhcp2.test", "secondaryServer": "dhcp1.test", "mclt": 20, "maxResponseDelay": 10}`)
	pools, _ := p.do("GetDHCPAddressPools", `"dhcpScopeRef": "`+p.scope("office", 0)+`"`)["dhcpAddressPools"].([]any)
	pool, _ := pools[0].(map[string]any)
	if warning := p.do("SetProperties", fmt.Sprintf(`"ref": %q, "properties": [{"name": "failoverPeer", "value": "second"}]`, pool["ref"]))["warning"]; warning == "" {
		t.Error("the last pool left its peer without a warning")
	}
	p.settled("a pool that moved", map[string]string{"second": "normal"})
	p.both(`failover peer "second"`, true)
	p.both(`"main"`, false)

	p.do("RemoveDHCPFailoverRelationships", `"dhcpRefAndFailoverRelationshipNames": [{"dhcpServerRef": "dhcp2.test", "dhcpFailoverRelationshipName": "second"}]`)
	p.settled("no relationship", nil)
	p.both("failover", false)
	p.serves("02:00:00:00:00:02")
}

// serves wants a client to get an address, where there can be one.
func (p *pair) serves(hardware string) {
	p.t.Helper()
	address, err := p.lab.Lease(hardware)
	if !errors.Is(err, hosttest.ErrNoClient) && (err != nil || !strings.HasPrefix(address, "10.77.0.1")) {
		p.t.Errorf("the client got %q, %v", address, err)
	}
}

// scope is the reference of a scope on one server.
func (p *pair) scope(name string, server int) string {
	p.t.Helper()
	list, _ := p.do("GetDHCPScopes", `"filter": "name=`+name+`"`)["dhcpScopes"].([]any)
	for _, item := range list {
		s, _ := item.(map[string]any)
		if ref, _ := s["ref"].(string); s["dhcpServerRef"] == fmt.Sprintf("{#3-#%d}", server+1) {
			return ref
		}
	}
	p.t.Fatalf("no scope %s on %s", name, serverNames[server])
	return ""
}
