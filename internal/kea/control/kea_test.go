package control_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
	"halxml/internal/kea/keatest"
	"halxml/internal/kea/leases"
	"halxml/internal/realtool"
)

// daemonText is a daemon's configuration in a folder with Kea's libraries.
func daemonText(folder, hooks string) string {
	return strings.NewReplacer("@DIR@", folder, "@HOOKS@", hooks).Replace(`{"Dhcp4": {
	"interfaces-config": {"interfaces": []},
	"control-socket": {"socket-type": "unix", "socket-name": "@DIR@/s"},
	"lease-database": {"type": "memfile", "name": "@DIR@/leases.csv", "lfc-interval": 0},
	"hooks-libraries": [{"library": "@HOOKS@/libdhcp_lease_cmds.so"}],
	"subnet4": [{"subnet": "10.0.0.0/24", "id": 7, "pools": [{"pool": "10.0.0.1 - 10.0.0.99"}]}]}}`)
}

func client(t *testing.T, target control.Target) *control.Client {
	t.Helper()
	c, err := control.New(target)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A daemon is configured, asked and configured again over its socket.
func TestDaemon(t *testing.T) {
	program, hooks, folder := realtool.Path(t, "kea-dhcp4"), keatest.Hooks(t), keatest.Folder(t)
	d := keatest.Start(t, program, folder, []byte(daemonText(folder, hooks)))
	ctx := t.Context()
	c := client(t, control.Target{Socket: folder + "/s"})

	f, err := c.ConfigGet(ctx)
	if err != nil {
		t.Fatal(err)
	}
	subnets := f.Dhcp4.Subnets4
	if len(subnets) != 1 || subnets[0].ID != 7 || subnets[0].Pools[0].Range != "10.0.0.1-10.0.0.99" {
		t.Fatalf("%s", conf.Print(f))
	}
	// What it answers, with all its defaults, it takes again.
	if err := c.ConfigTest(ctx, f); err != nil {
		t.Error(err)
	}
	wrong := f.Clone()
	wrong.Dhcp4.Subnets4[0].Pools[0].Range = "10.0.1.1-10.0.1.9"
	var refusal *control.Refusal
	for name, set := range map[string]func(context.Context, *conf.File) error{"test": c.ConfigTest, "set": c.ConfigSet} {
		if err := set(ctx, wrong); !errors.As(err, &refusal) || refusal.Result != control.Failure || !strings.Contains(refusal.Text, "10.0.1.1") {
			t.Errorf("config-%s of a wrong pool: %v", name, err)
		}
	}
	changed := f.Clone()
	changed.Dhcp4.Subnets4[0].Pools[0].Range = "10.0.0.1-10.0.0.50"
	if err := c.ConfigSet(ctx, changed); err != nil {
		t.Fatal(err)
	}
	pool := func() string {
		f, err := c.ConfigGet(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return f.Dhcp4.Subnets4[0].Pools[0].Range
	}
	if got := pool(); got != "10.0.0.1-10.0.0.50" {
		t.Errorf("after config-set the pool is %s", got)
	}
	if err := c.ConfigReload(ctx); err != nil || pool() != "10.0.0.1-10.0.0.99" {
		t.Errorf("after config-reload the pool is %s, error %v", pool(), err)
	}
	if err := c.ConfigSet(ctx, changed); err != nil {
		t.Fatal(err)
	}
	if err := c.ConfigWrite(ctx); err != nil {
		t.Fatal(err)
	}
	if written, err := conf.Load(d.File, os.ReadFile); err != nil || written.Dhcp4.Subnets4[0].Pools[0].Range != "10.0.0.1-10.0.0.50" {
		t.Errorf("config-write wrote %v, error %v", written, err)
	}
	status, err := c.StatusGet(ctx)
	if err != nil || status.PID == 0 || len(status.HA) != 0 {
		t.Errorf("status %+v, error %v", status, err)
	}
	if _, err := c.HAHeartbeat(ctx); !errors.As(err, &refusal) || refusal.Result != control.Unsupported {
		t.Errorf("ha-heartbeat without high availability: %v", err)
	}
}

// Leases that are added by command are the same by command and in the lease file.
func TestLeases(t *testing.T) {
	program, hooks, folder := realtool.Path(t, "kea-dhcp4"), keatest.Hooks(t), keatest.Folder(t)
	d := keatest.Start(t, program, folder, []byte(daemonText(folder, hooks)))
	ctx := t.Context()
	c := client(t, control.Target{Socket: folder + "/s"})
	if got, err := c.Leases4(ctx); err != nil || len(got) != 0 {
		t.Fatalf("no leases: %v, error %v", got, err)
	}
	do := func(command, arguments string) {
		t.Helper()
		v, err := conf.ParseValue([]byte(arguments))
		if err != nil {
			t.Fatal(err)
		}
		if reply, err := c.Do(ctx, command, v); err != nil || reply.Result != control.Success {
			t.Fatalf("%s: %+v, error %v", command, reply, err)
		}
	}
	do("lease4-add", `{"ip-address": "10.0.0.1", "hw-address": "02:00:00:00:00:01", "valid-lft": 1000, "hostname": "one.example.", "fqdn-fwd": true}`)
	do("lease4-add", `{"ip-address": "10.0.0.2", "hw-address": "02:00:00:00:00:02", "client-id": "01:02:03", "user-context": {"a": "x,y&#x2c", "b": [1]}}`)
	do("lease4-add", `{"ip-address": "10.0.0.3", "hw-address": "02:00:00:00:00:03", "valid-lft": 4294967295}`)
	do("lease4-add", `{"ip-address": "10.0.0.4", "hw-address": "02:00:00:00:00:04"}`)
	do("lease4-update", `{"ip-address": "10.0.0.1", "hw-address": "02:00:00:00:00:0a", "valid-lft": 2000, "hostname": "two.example.", "fqdn-rev": true}`)
	do("lease4-del", `{"ip-address": "10.0.0.4"}`)

	asked, err := c.Leases4(ctx, 7)
	if err != nil || len(asked) != 3 {
		t.Fatalf("%v, error %v", asked, err)
	}
	d.Stop()
	set, err := leases.Load(folder+"/leases.csv", func(name string) (io.ReadCloser, error) { return os.Open(name) })
	if err != nil || len(set.Leases) != 3 || set.SkippedCount != 0 || set.Truncated {
		t.Fatalf("%+v, error %v", set, err)
	}
	for _, l := range asked {
		if in := set.Leases[l.Addr]; in != l {
			t.Errorf("asked  %+v\nin file %+v", l, in)
		}
		if !l.Active(time.Now()) || l.SubnetID != 7 {
			t.Errorf("%+v", l)
		}
	}
	if l := set.Leases[netip.MustParseAddr("10.0.0.1")]; l.HWAddress != "02:00:00:00:00:0a" || l.Valid != 2000 || l.Hostname != "two.example." || l.FQDNForward || !l.FQDNReverse {
		t.Errorf("%+v", l)
	}
	if l := set.Leases[netip.MustParseAddr("10.0.0.2")]; l.ClientID != "01:02:03" || !strings.Contains(l.UserContext, `"x,y&#x2c"`) {
		t.Errorf("%+v", l)
	}
	if l := set.Leases[netip.MustParseAddr("10.0.0.3")]; !l.Expires().IsZero() || time.Since(l.Seen) > time.Hour {
		t.Errorf("%+v", l)
	}
}

// freePort is a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// certificate writes a certificate of 127.0.0.1 and its key, and returns who trusts it.
func certificate(t *testing.T, folder string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

// Through a control agent, without and with TLS, the same daemon answers.
func TestControlAgent(t *testing.T) {
	agent, hooks, folder := realtool.Path(t, "kea-ctrl-agent"), keatest.Hooks(t), keatest.Folder(t)
	keatest.Start(t, realtool.Path(t, "kea-dhcp4"), folder, []byte(daemonText(folder, hooks)))
	roots := certificate(t, folder)
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprint("TLS ", secure), func(t *testing.T) {
			port := freePort(t)
			target := control.Target{URL: fmt.Sprintf("http://127.0.0.1:%d/", port), Service: control.Dhcp4, User: "halxml", Password: "sesame"}
			certificates := ""
			if secure {
				target.URL = strings.Replace(target.URL, "http", "https", 1)
				target.TLS = &tls.Config{RootCAs: roots}
				certificates = strings.ReplaceAll(`"trust-anchor": "@DIR@/cert.pem", "cert-file": "@DIR@/cert.pem", "key-file": "@DIR@/key.pem", "cert-required": false,`, "@DIR@", folder)
			}
			keatest.Start(t, agent, keatest.Folder(t), fmt.Appendf(nil, `{"Control-agent": {"http-host": "127.0.0.1", "http-port": %d, %s
				"authentication": {"type": "basic", "realm": "kea", "clients": [{"user": "halxml", "password": "sesame"}]},
				"control-sockets": {"dhcp4": {"socket-type": "unix", "socket-name": "%s/s"}}}}`, port, certificates, folder))
			c := client(t, target)
			f, err := c.ConfigGet(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := c.ConfigTest(t.Context(), f); err != nil {
				t.Error(err)
			}
			if got, err := c.Leases4(t.Context()); err != nil || len(got) != 0 {
				t.Errorf("leases %v, error %v", got, err)
			}
			for name, change := range map[string]func(*control.Target){
				"access denied": func(o *control.Target) { o.Password = "wrong" },
				"unavailable":   func(o *control.Target) { o.TLS, o.URL = nil, strings.Replace(o.URL, "http://", "https://", 1) },
			} {
				other := target
				change(&other)
				if _, err := client(t, other).ConfigGet(t.Context()); errs.CodeOf(err).String() != name {
					t.Errorf("want %s: %v", name, err)
				}
			}
			target.Service = control.Dhcp6
			var refusal *control.Refusal
			if _, err := client(t, target).ConfigGet(t.Context()); !errors.As(err, &refusal) || refusal.Result != control.Failure {
				t.Errorf("a daemon that is not there: %v", err)
			}
		})
	}
}
