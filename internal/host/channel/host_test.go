package channel_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"halxml/internal/host"
	"halxml/internal/host/channel"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
	"halxml/internal/kea/keatest"
	"halxml/internal/realtool"
)

// server is a real Kea server with both daemons, behind a control agent.
type server struct {
	*channel.Host
	v4, v6, agent *keatest.Daemon
	folder, hooks string
}

// daemon is the configuration of one daemon; more are further keys.
func (s *server) daemon(service, more string) string {
	n := strings.TrimPrefix(service, "Dhcp")
	if n == "6" {
		more += `"server-id": {"type": "EN", "enterprise-id": 1, "identifier": "0a", "persist": false},`
	}
	return fmt.Sprintf(`"%s": {"interfaces-config": {"interfaces": []}, "lease-database": {"type": "memfile", "persist": false}, %s
		"control-socket": {"socket-type": "unix", "socket-name": "%s/s%s"}, "subnet%s": []}`, service, more, s.folder, n, n)
}

func (s *server) both(more4, more6 string) []byte {
	return []byte("{" + s.daemon("Dhcp4", more4) + ",\n" + s.daemon("Dhcp6", more6) + "}")
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{folder: keatest.Folder(t), hooks: keatest.Hooks(t)}
	s.v4 = keatest.Start(t, realtool.Path(t, "kea-dhcp4"), keatest.Folder(t), []byte("{"+s.daemon("Dhcp4", "")+"}"))
	s.v6 = keatest.Start(t, realtool.Path(t, "kea-dhcp6"), keatest.Folder(t), []byte("{"+s.daemon("Dhcp6", "")+"}"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	s.agent = keatest.Start(t, realtool.Path(t, "kea-ctrl-agent"), keatest.Folder(t), fmt.Appendf(nil, `{"Control-agent": {"http-host": "127.0.0.1", "http-port": %s,
		"authentication": {"type": "basic", "realm": "kea", "clients": [{"user": "halxml", "password": "sesame"}]},
		"control-sockets": {"dhcp4": {"socket-type": "unix", "socket-name": "%[2]s/s4"}, "dhcp6": {"socket-type": "unix", "socket-name": "%[2]s/s6"}}}}`, port, s.folder))
	target := control.Target{URL: "http://" + address + "/", User: "halxml", Password: "sesame"}
	program := filepath.Dir(realtool.Path(t, "kea-dhcp4")) + "/kea-{daemon}"
	if s.Host, err = channel.New(channel.Config{DHCPv4: &target, DHCPv6: &target, Trial: []string{program, "-c", "{file}"}, Interval: 20 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	return s
}

// stage lets the server judge a configuration.
func (s *server) stage(t *testing.T, text []byte) host.Verdict {
	t.Helper()
	v, err := s.Stage(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A server of two daemons is judged, told, put back, and told for good.
func TestBothDaemonsAreOneServer(t *testing.T) {
	s, ctx := newServer(t), t.Context()
	before := s.State(ctx)
	if !before.Reachable || !before.Running || before.Config == "" || len(before.Peers) > 0 {
		t.Fatalf("state %+v", before)
	}
	wanted := s.both(`"valid-lifetime": 601,`, `"valid-lifetime": 602,`)
	if v := s.stage(t, wanted); !v.Accepted || len(v.Lines) > 0 {
		t.Fatalf("verdict %+v", v)
	}
	var fault *host.Fault
	if err := s.Swap(ctx, "", host.HashOf(wanted)); !errors.As(err, &fault) || !strings.Contains(fault.Text, "changed meanwhile") {
		t.Errorf("swap of another one: %v", err)
	}
	if err := s.Swap(ctx, before.Config, "x"); !errors.As(err, &fault) || !strings.Contains(fault.Text, "another one") {
		t.Errorf("swap to another one: %v", err)
	}
	has := func(what string, texts ...string) {
		t.Helper()
		live, ok, err := s.Live(ctx)
		for _, text := range texts {
			if err != nil || !ok || !strings.Contains(string(live), text) {
				t.Errorf("%s: %q is not in what is live, %v:\n%s", what, text, err, live)
			}
		}
	}
	if err := s.Swap(ctx, before.Config, host.HashOf(wanted)); err != nil {
		t.Fatal(err)
	}
	has("swapped", `"valid-lifetime": 601`, `"valid-lifetime": 602`)
	if now := s.State(ctx); now.Config == before.Config {
		t.Errorf("state %+v", now)
	}
	if err := s.Restore(ctx, before.Config); err != nil {
		t.Fatal(err)
	}
	if now := s.State(ctx); now.Config != before.Config {
		t.Errorf("restored, %+v is not %+v", now, before)
	}
	if err := s.Swap(ctx, before.Config, host.HashOf(wanted)); err != nil {
		t.Fatal(err)
	}
	written := func() bool {
		text, err := os.ReadFile(s.v6.File)
		return err == nil && strings.Contains(string(text), "602")
	}
	if written() {
		t.Error("the file was written too early")
	}
	if err := s.Keep(ctx); err != nil || !written() {
		t.Errorf("the file was not written: %v", err)
	}
	// What was kept is put back in the file too.
	if err := s.Restore(ctx, before.Config); err != nil || written() {
		t.Errorf("the file was not put back: %v", err)
	}
}

// What Kea refuses is told in its words, without paths and secrets, whether its
// own check sees it or only a trial start does.
func TestWhatKeaRefusesIsTold(t *testing.T) {
	s := newServer(t)
	ha := func(delay int) string {
		return fmt.Sprintf(`"hooks-libraries": [{"library": "%[1]s/libdhcp_lease_cmds.so"}, {"library": "%[1]s/libdhcp_ha.so", "parameters": {"high-availability": [{
			"this-server-name": "a", "mode": "hot-standby", "heartbeat-delay": %[2]d, "peers": [
			{"name": "a", "url": "http://192.0.2.1:8000/", "role": "primary"}, {"name": "b", "url": "http://192.0.2.2:8000/", "role": "standby"}]}]}}],`, s.hooks, delay)
	}
	if v := s.stage(t, s.both(ha(1000), "")); !v.Accepted {
		t.Errorf("verdict %+v", v)
	}
	for _, tt := range []struct{ name, v4, v6, want string }{
		{"a key", `"frobnicate": 1,`, "", "frobnicate"},
		{"a key of the other daemon", "", `"frobnicate": 1,`, "frobnicate"},
		{"high availability", ha(70000), "", "heartbeat-delay"},
		{"a secret", `"hosts-database": {"type": "sesame", "password": "sesame"},`, "", "…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := s.stage(t, s.both(tt.v4, tt.v6))
			text := strings.Join(v.Lines, "\n")
			if v.Accepted || !strings.Contains(text, tt.want) || strings.Contains(text, "sesame") || strings.Contains(text, "/kea") {
				t.Errorf("verdict %+v", v)
			}
		})
	}
	if v := s.stage(t, []byte("{"+s.daemon("Dhcp4", "")+"}")); v.Accepted || !slices.Contains(v.Lines, "there is nothing for the daemon of DHCPv6") {
		t.Errorf("verdict %+v", v)
	}
}

// A daemon that has died is told from an agent that cannot be reached; what
// others change is seen.
func TestWhatIsSeenOfAServer(t *testing.T) {
	s := newServer(t)
	ctx, stop := context.WithCancel(t.Context())
	states := make(chan host.State, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Watch(ctx, func(state host.State) { states <- state })
	}()
	defer func() { stop(); <-done }()
	until := func(what string, ok func(host.State) bool) {
		t.Helper()
		for limit := time.After(time.Minute); ; {
			select {
			case state := <-states:
				if ok(state) {
					return
				}
			case <-limit:
				t.Fatalf("not seen: %s", what)
			}
		}
	}
	var first host.State
	until("a running server", func(state host.State) bool { first = state; return state.Running })
	c, err := control.New(control.Target{Socket: s.folder + "/s4"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.ConfigGet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.Dhcp4.Rest.Set("valid-lifetime", int64(77))
	if err := c.ConfigSet(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	until("somebody's change", func(state host.State) bool { return state.Config != first.Config })
	// Without the library of lease commands nobody can be told of a lease.
	if told, err := s.Release(t.Context(), netip.MustParseAddr("192.0.2.1")); told || err != nil {
		t.Errorf("told %v, %v", told, err)
	}
	f.Dhcp4.Hooks = append(f.Dhcp4.Hooks, conf.Hook{Library: s.hooks + "/libdhcp_lease_cmds.so"})
	if err := c.ConfigSet(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if told, err := s.Release(t.Context(), netip.MustParseAddr("192.0.2.1")); !told || err != nil {
		t.Errorf("told %v, %v", told, err)
	}
	s.v6.Stop()
	until("a daemon's end", func(state host.State) bool { return state.Reachable && !state.Running })
	s.agent.Stop()
	until("the agent's end", func(state host.State) bool { return !state.Reachable && state.Fault != "" })
	if told, err := s.Release(t.Context(), netip.MustParseAddr("192.0.2.1")); told || err != nil {
		t.Errorf("told %v, %v", told, err)
	}
}
