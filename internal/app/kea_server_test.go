package app

import (
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/config"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
	"halxml/internal/kea/keatest"
	"halxml/internal/realtool"
)

// TestAKeaServerIsTakenOver imports the files of a running server with both
// daemons, which go on as before, and then changes it.
func TestAKeaServerIsTakenOver(t *testing.T) {
	t.Parallel()
	folder, hooks := keatest.Folder(t), keatest.Hooks(t)
	files := map[string]string{
		"4": fmt.Sprintf(`{"Dhcp4": {"interfaces-config": {"interfaces": []}, "control-socket": {"socket-type": "unix", "socket-name": "%[1]s/s4"},
			"lease-database": {"type": "memfile", "name": "%[1]s/leases4.csv", "lfc-interval": 0}, "hooks-libraries": [{"library": "%[2]s/libdhcp_lease_cmds.so"}],
			"subnet4": [{"id": 40, "subnet": "10.0.0.0/24", "option-data": [{"name": "routers", "data": "10.0.0.1"}], "pools": [{"pool": "10.0.0.10 - 10.0.0.99"}],
				"reservations": [{"hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.5"}]}]}}`, folder, hooks),
		"6": fmt.Sprintf(`{"Dhcp6": {"interfaces-config": {"interfaces": []}, "control-socket": {"socket-type": "unix", "socket-name": "%[1]s/s6"},
			"lease-database": {"type": "memfile", "name": "%[1]s/leases6.csv", "lfc-interval": 0}, "hooks-libraries": [{"library": "%[2]s/libdhcp_lease_cmds.so"}], "server-id": {"type": "EN", "enterprise-id": 1, "identifier": "0A", "persist": false},
			"subnet6": [{"id": 60, "subnet": "2001:db8::/64", "pools": [{"pool": "2001:db8::10 - 2001:db8::99"}]}]}}`, folder, hooks),
	}
	dir := t.TempDir()
	daemons, clients := map[string]*keatest.Daemon{}, map[string]*control.Client{}
	var imports []ImportFile
	for n, text := range files {
		daemons[n] = keatest.Start(t, realtool.Path(t, "kea-dhcp"+n), keatest.Folder(t), []byte(text))
		var err error
		if clients[n], err = control.New(control.Target{Socket: folder + "/s" + n}); err != nil {
			t.Fatal(err)
		}
		imports = append(imports, ImportFile{"kea.test", daemons[n].File})
	}
	for n, lease := range map[string]conf.Object{
		"4": {{Key: "ip-address", Value: "10.0.0.20"}, {Key: "hw-address", Value: "02:00:00:00:00:02"}},
		"6": {{Key: "ip-address", Value: "2001:db8::20"}, {Key: "duid", Value: "00:03:00:01:02:00:00:00:00:06"}, {Key: "iaid", Value: int64(7)}},
	} {
		if reply, err := clients[n].Do(t.Context(), "lease"+n+"-add", lease); err != nil || reply.Result != control.Success {
			t.Fatalf("lease%s-add: %+v, %v", n, reply, err)
		}
	}
	file := filepath.Join(dir, "halxml.toml")
	text := fmt.Sprintf("listen = '127.0.0.1:0'\nlog.access = false\n[delivery]\ngather = '50ms'\n[kea.'kea.test']\ndhcp4 = '%[1]s/s4'\ndhcp6 = '%[1]s/s6'\nhooks = '%[2]s'\nleases = '%[1]s/leases4.csv'\nleases6 = '%[1]s/leases6.csv'\ntrial = ['%[3]s/kea-{daemon}', '-c', '{file}']\n",
		folder, hooks, filepath.Dir(realtool.Path(t, "kea-dhcp4")))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := config.Load(config.Sources{File: file, Environ: []string{"HALXML_ADMIN_PASSWORD=" + password, "HALXML_DATA=" + dir}})
	if err != nil {
		t.Fatal(err)
	}
	start(t, c, Options{}).Stop(t.Context())
	if found, err := ImportKea(t.Context(), c, imports, ImportOptions{}); err != nil {
		t.Fatal(err, found)
	}
	p := &keaPair{dir: dir, file: file}
	p.start(t)
	state := func() string {
		return p.State("kea.test")
	}
	running := func(n string) string {
		f, err := clients[n].ConfigGet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return string(conf.Compact(f.Value()))
	}
	before := running("4") + running("6")

	// It is somebody else's until that is allowed, though nothing is different.
	p.until("a configuration of somebody else", func() bool { return state() == "Out of date" })
	if out := p.Deploy(`{}`); !strings.Contains(out, "has a configuration file of somebody else") {
		t.Errorf("deploy answers %s", out)
	}
	if code, text := p.Fetch(http.MethodGet, "/diff/kea.test", ""); code != http.StatusOK || text != "" {
		t.Errorf("there is a difference, %d:\n%s", code, text)
	}
	if out := p.Deploy(`{"overwrite": true}`); out != `[{"server":"kea.test","result":"delivered"}]` {
		t.Errorf("deploy answers %s", out)
	}
	p.until("the takeover", func() bool { return state() == "OK" })
	if now := running("4") + running("6"); now != before {
		t.Errorf("it ran with\n%s\nand runs with\n%s", before, now)
	}
	if list, err := clients["4"].Leases4(t.Context(), 40); err != nil || len(list) != 1 || list[0].Addr != netip.MustParseAddr("10.0.0.20") {
		t.Errorf("the leases are %+v, %v", list, err)
	}

	// The leases of both are known.
	for scope, want := range map[string][]string{
		"10.0.0.0/24": {"10.0.0.20", "02:00:00:00:00:02"}, "2001:db8::/64": {"2001:db8::20", "00:03:00:01:02:00:00:00:00:06"},
	} {
		ref := p.One(p.Do("GetDHCPScopes", "<filter>name="+scope+"</filter>"), "ref")
		p.until("the leases of "+scope, func() bool {
			text := p.Do("GetDHCPLeases", "<dhcpScopeRef>"+ref+"</dhcpScopeRef>")
			return strings.Contains(text, want[0]) && strings.Contains(text, want[1])
		})
	}

	// Changes reach the daemon that they are about.
	for _, r := range []string{"10.0.1.0/24", "2001:db8:1::/64"} {
		p.Do("AddDHCPScope", "<dhcpScope><rangeRef>"+r+"</rangeRef><dhcpServerRef>kea.test</dhcpServerRef></dhcpScope>")
	}
	p.until("two scopes", func() bool {
		return strings.Contains(running("4"), "10.0.1.0/24") && strings.Contains(running("6"), "2001:db8:1::/64") && state() == "OK"
	})
	for service, want := range map[string]string{"": `"Dhcp4"`, "DHCPv4": "10.0.1.0/24", "dhcpv6": "2001:db8:1::/64"} {
		if code, text := p.Fetch(http.MethodGet, "/config/kea.test?service="+service, ""); code != http.StatusOK || !strings.Contains(text, want) || strings.Contains(text, `"Dhcp4"`) == (service == "dhcpv6") {
			t.Errorf("the configuration for %q is %d %s", service, code, text)
		}
	}
	daemons["6"].Stop()
	p.until("one daemon's end", func() bool { return state() == "Service Down" })
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, err := Render(t.Context(), c, "kea.test", "DHCPv6"); err != nil || !strings.Contains(string(text), "2001:db8:1::/64") {
		t.Errorf("offline: %s, %v", text, err)
	}
}
