package kea_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
	"halxml/internal/realtool"
)

// Two servers run with what is rendered for them, find each other over dedicated listeners, share the load, and the
// second takes over the first one's leases, which shows that their subnets have the same ids.
func TestPairReachesLoadBalancing(t *testing.T) { livePair(t, model.LoadBalance, "load-balancing") }

// The same with a standby.
func TestPairReachesHotStandby(t *testing.T) { livePair(t, model.HotStandby, "hot-standby") }

func livePair(t *testing.T, mode model.FailoverMode, state string) {
	t.Parallel() // they mostly wait
	program, hooks, folder := realtool.Path(t, "kea-dhcp4"), keatest.Hooks(t), keatest.Folder(t)
	w := pairWorld()
	octets := make([]byte, 2) // of an address of this pair alone, as others run beside it
	if _, err := rand.Read(octets); err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.%d.%d.1", 1+octets[0]%250, octets[1])
	r := &w.Relationships[0]
	r.Mode, r.DedicatedEndpoints, r.Port, r.SecondaryPort = mode, true, 18000, 18001
	w.Servers[0].Address, w.Servers[1].Address = address, address
	// A pair of production has ten seconds between heartbeats, and waits for clients in need before it takes its partner for dead.
	quick, err := conf.Parse("quick", []byte(`{"Dhcp4": {"interfaces-config": {"interfaces": []}, "lease-database": {"type": "memfile", "persist": false},
		"hooks-libraries": [{"library": "`+hooks+`/libdhcp_ha.so", "parameters": {"high-availability": [{"heartbeat-delay": 100, "max-response-delay": 1000, "max-unacked-clients": 0}]}}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Settings = map[model.ID]kea.Settings{}
	clients := map[model.ID]*control.Client{}
	for _, id := range []model.ID{1, 2} {
		socket := fmt.Sprintf("%s/%d", folder, id)
		w.Settings[id] = kea.Settings{Base: quick.Dhcp4, ControlSocket: socket, HooksFolder: hooks}
		if clients[id], err = control.New(control.Target{Socket: socket}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := w.render(t, 1), w.render(t, 2)
	mustFit(t, w.snapshot(1, model.DHCPv4), first)
	mustPair(t, first, second)

	a := keatest.Start(t, program, keatest.Folder(t), first.Text)
	reply, err := clients[1].Do(t.Context(), "lease4-add", conf.Object{{Key: "ip-address", Value: "10.0.0.12"}, {Key: "hw-address", Value: "02:00:00:00:00:01"}})
	if err != nil || reply.Result != control.Success {
		t.Fatalf("%+v, error %v", reply, err)
	}
	b := keatest.Start(t, program, keatest.Folder(t), second.Text)
	log := func() string { return "first:\n" + warnings(a.Log()) + "second:\n" + warnings(b.Log()) }
	for id, c := range clients {
		await(t, fmt.Sprintf("server %d is in the state %s", id, state), log, func() bool {
			h, err := c.HAHeartbeat(t.Context())
			return err == nil && h.State == state
		})
	}
	list, err := clients[2].Leases4(t.Context())
	if err != nil || len(list) != 1 || list[0].HWAddress != "02:00:00:00:00:01" || list[0].SubnetID != 7 {
		t.Errorf("the second server's leases are %+v, error %v\n%s", list, err, log())
	}
	status, err := clients[2].StatusGet(t.Context())
	if err != nil || len(status.HA) != 1 || status.HA[0].Mode != state || status.HA[0].Partner.Role != "primary" {
		t.Errorf("status %+v, error %v", status, err)
	}
	// The running servers take what is rendered over their own configuration.
	running, err := clients[1].ConfigGet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	snap := w.snapshot(1, model.DHCPv4)
	snap.Settings = kea.Settings{Base: running.Dhcp4}
	snap.Scopes[0].Pools[0].To = addr("10.0.0.40")
	again, err := kea.Render(snap)
	if err != nil {
		t.Fatal(err)
	}
	mustFit(t, snap, again)
	if err := clients[1].ConfigSet(t.Context(), again.File); err != nil {
		t.Errorf("%v\n%s", err, again.Text)
	}
	await(t, "the first server is back after config-set", log, func() bool {
		h, err := clients[1].HAHeartbeat(t.Context())
		return err == nil && h.State == state
	})
	if t.Failed() || mode != model.LoadBalance {
		return
	}
	// When one falls silent, the other serves the clients of both.
	b.Stop()
	await(t, "the first server serves all", log, func() bool {
		h, err := clients[1].HAHeartbeat(t.Context())
		return err == nil && slices.Contains(h.Scopes, "b.example") && slices.Contains(h.Scopes, "a.example")
	})
}

// await asks until it is so; two minutes are far more than a busy machine needs.
func await(t *testing.T, what string, log func() string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so: %s\n%s", what, log())
		}
	}
}

// warnings are the lines of a log that are no news.
func warnings(log string) (out string) {
	for line := range strings.Lines(log) {
		if !strings.Contains(line, " INFO ") {
			out += line
		}
	}
	return out
}
