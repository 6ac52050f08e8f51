package app

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"halxml/internal/config"
)

// clock is a time that tests move.
type clock struct{ unix atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(c.unix.Load(), 0) }

func newClock(at string) *clock {
	c := &clock{}
	when, err := time.Parse(time.DateTime, at)
	if err != nil {
		panic(err)
	}
	c.unix.Store(when.Unix())
	return c
}

func TestFirstPasswordIsPrintedOnceAndNotLogged(t *testing.T) {
	c := settings(t, t.TempDir())
	c.AdminPassword = ""
	r := start(t, c, Options{})
	printed := regexp.MustCompile(`(?m)^halxml: the password of administrator is (\S+) `).FindStringSubmatch(r.stderr.String())
	if printed == nil {
		t.Fatalf("no password on standard error: %s", r.stderr)
	}
	for line := range strings.Lines(r.stderr.String()) {
		if json.Valid([]byte(line)) && strings.Contains(line, printed[1]) {
			t.Errorf("the log holds the password: %s", line)
		}
	}
	if result, fault := r.call("Login", `{"server": "x", "loginName": "administrator", "password": "`+printed[1]+`"}`); fault != "" {
		t.Errorf("Login: %v %s", result, fault)
	}
	if err := r.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	again := start(t, c, Options{})
	if strings.Contains(again.stderr.String(), "the password of") {
		t.Errorf("the second start prints a password: %s", again.stderr)
	}
}

func TestGivenPasswordIsNowhereInTheOutput(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), "log.level", "debug"), Options{})
	r.login()
	if _, fault := r.call("Login", `{"server": "x", "loginName": "administrator", "password": "`+password+`!"}`); fault == "" {
		t.Error("a wrong password is taken")
	}
	if err := r.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if out := r.stdout.String() + r.stderr.String(); strings.Contains(out, password) {
		t.Errorf("the password is in the output: %s", out)
	}
}

func TestSessionsEndAsConfigured(t *testing.T) {
	clock := newClock("2026-03-01 00:00:00")
	r := start(t, settings(t, t.TempDir(), "session.idle", "10m", "session.absolute", "25m"), Options{Now: clock.now})
	idle, used := r.login(), r.login()
	for minute := range 40 {
		clock.unix.Add(60)
		_, fault := r.call("GetDHCPServers", `{"session": "`+used+`"}`)
		if open := minute+1 < 25; open != (fault == "") && minute+1 != 25 {
			t.Fatalf("after %d minutes the used session answers %q", minute+1, fault)
		}
		if minute+1 == 11 {
			if _, fault := r.call("GetDHCPServers", `{"session": "`+idle+`"}`); !strings.Contains(fault, "Invalid or expired session") {
				t.Errorf("after 11 minutes the unused session answers %q", fault)
			}
		}
	}
}

func TestDatesAreInTheConfiguredZone(t *testing.T) {
	clock := newClock("2026-03-01 20:30:00")
	r := start(t, settings(t, t.TempDir(), "api.time_zone", "Asia/Tokyo"), Options{Now: clock.now})
	session := r.login()
	if _, fault := r.call("AddDHCPServer", `{"session": "`+session+`", "dhcpServer": {"name": "a", "type": "ISC"}}`); fault != "" {
		t.Fatal(fault)
	}
	history, fault := r.call("GetHistory", `{"session": "`+session+`"}`)
	text, _ := json.Marshal(history)
	if !strings.Contains(string(text), "Mar 2, 2026 05:30:00") {
		t.Errorf("history %s %s", text, fault)
	}
}

func TestProfileOf2017LeavesOutExtensions(t *testing.T) {
	for profile, want := range map[string]bool{config.ProfileCurrent: true, config.Profile2017: false} {
		r := start(t, settings(t, t.TempDir(), "api.profile", profile), Options{})
		_, wsdl := r.get("/_mmwebext/mmwebext.dll?wsdl")
		if !strings.Contains(wsdl, "AddDHCPFailoverRelationship") || strings.Contains(wsdl, "loadBalanceMaxSeconds") != want {
			t.Errorf("profile %s: extensions in the WSDL: %v, want %v", profile, !want, want)
		}
	}
}

func TestPublicURLIsInTheWSDL(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), "public_url", "https://ipam.example.com"), Options{})
	if _, wsdl := r.get("/_mmwebext/mmwebext.dll?wsdl"); !strings.Contains(wsdl, `location="https://ipam.example.com/_mmwebext/`) {
		t.Errorf("the WSDL does not name the public URL")
	}
}

func TestLimitsAreThoseConfigured(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), "limits.body", "4KiB", "limits.value", "1KiB", "limits.depth", "8", "limits.batch", "2"), Options{})
	const ask = `{"jsonrpc": "2.0", "id": 1, "method": "Logout", "params": {"session": "x"}}`
	for _, tt := range []struct {
		name, body string
		tooMuch    bool
	}{
		{"fits", ask, false},
		{"body", ask + strings.Repeat(" ", 5<<10), true},
		{"value", strings.Replace(ask, `"x"`, `"`+strings.Repeat("x", 2<<10)+`"`, 1), true},
		{"depth", strings.Replace(ask, `"x"`, strings.Repeat("[", 9)+strings.Repeat("]", 9), 1), true},
		{"batch of two", "[" + ask + "," + ask + "]", false},
		{"batch of three", "[" + ask + "," + ask + "," + ask + "]", true},
	} {
		answer, err := r.client.Post(r.url()+"/_mmwebext/mmwebext.dll?Soap", "application/json", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		_, _ = text.ReadFrom(answer.Body)
		answer.Body.Close()
		// What fits is refused too, but for its session.
		if tooMuch := !strings.Contains(text.String(), "session"); tooMuch != tt.tooMuch {
			t.Errorf("%s: answer %s", tt.name, text.String())
		}
	}
}

func TestAccessLogCanBeTurnedOff(t *testing.T) {
	for access, want := range map[string]bool{"on": true, "off": false} {
		r := start(t, settings(t, t.TempDir(), "log.access", access), Options{})
		r.login()
		if err := r.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(r.stderr.String(), `"operation":"Login"`); got != want {
			t.Errorf("log.access %s: %s", access, r.stderr)
		}
	}
}

func TestConsoleFormatIsForPeople(t *testing.T) {
	for _, tt := range []struct {
		format   string
		terminal bool
		want     bool
	}{{"auto", false, false}, {"auto", true, true}, {"json", true, false}, {"console", false, true}} {
		r := start(t, settings(t, t.TempDir(), "log.format", tt.format), Options{Terminal: tt.terminal})
		r.login()
		r.login()
		if err := r.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(r.stderr.String()) {
			if json.Valid([]byte(line)) == tt.want || strings.Contains(line, "???") {
				t.Errorf("format %s, terminal %v: %s", tt.format, tt.terminal, line)
			}
		}
	}
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key, pool := certificate(t, dir)
	r := start(t, settings(t, filepath.Join(dir, "data"), "tls.cert", cert, "tls.key", key), Options{})
	if !strings.HasPrefix(r.stdout.String(), "halxml: listening on https://127.0.0.1:") {
		t.Errorf("standard output %q", r.stdout)
	}
	r.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer r.client.CloseIdleConnections()
	r.login()
	if strings.Contains(r.stderr.String(), "WITHOUT TLS") {
		t.Errorf("log %s", r.stderr)
	}
}

// certificate makes a certificate of 127.0.0.1 that signs itself.
func certificate(t *testing.T, dir string) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AddCert(must(x509.ParseCertificate(der)))
	return certFile, keyFile, pool
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestWarningIsForAddressesThatOthersReach(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1": false, "::1": false, "127.8.0.1": false, "0.0.0.0": true, "::": true, "10.0.0.1": true, "2001:db8::1": true} {
		if got := reachable(&net.TCPAddr{IP: net.ParseIP(address)}); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestEveryOperationIsAnsweredOrHasAReason(t *testing.T) {
	answered := 0
	for _, op := range Operations() {
		if op.Reason == "" {
			answered++
		}
		if op.Doc == "" {
			t.Errorf("%s has no documentation", op.Name)
		}
	}
	if answered == 0 || answered == len(Operations()) {
		t.Errorf("%d of %d operations are answered", answered, len(Operations()))
	}
	if op, ok := LookUp("halXMLCommandgetdhcpscopes"); !ok || op.Name != "GetDHCPScopes" || !op.Takes("SortBy") || op.Takes("sort") {
		t.Errorf("found %v", op)
	}
}
