package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestTheServiceIsKnown lets an agent meet a service by its certificate's
// fingerprint, by who signed it, and others.
func TestTheServiceIsKnown(t *testing.T) {
	met := 0
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere"+StatePath {
			http.Redirect(w, r, StatePath, http.StatusTemporaryRedirect)
			return
		}
		met++
		if r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("authorization %q", r.Header.Get("Authorization"))
		}
		_, _ = w.Write([]byte(`{"version":1,"service":"s"}`))
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are meant here
	s.StartTLS()
	defer s.Close()
	sum := sha256.Sum256(s.Certificate().Raw)
	print := hex.EncodeToString(sum[:])
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	for _, c := range []struct {
		name    string
		service Service
		want    string // in the error; "" is none
	}{
		{"fingerprint", Service{Fingerprint: print}, ""},
		{"authority", Service{CA: authority}, ""},
		{"both", Service{CA: authority, Fingerprint: strings.ToUpper(print)}, ""},
		{"another certificate", Service{Fingerprint: strings.Repeat("ab", 32)}, "fingerprint " + print + ", not the configured one"},
		{"signed by the right one, but another certificate", Service{CA: authority, Fingerprint: strings.Repeat("ab", 32)}, "not the configured one"},
		{"unknown authority", Service{}, "unknown authority"},
		{"elsewhere", Service{URL: s.URL + "/elsewhere", Fingerprint: print}, "the service refuses: status 307"},
	} {
		if c.service.URL == "" {
			c.service.URL = s.URL
		}
		c.service.Token = "secret"
		l, err := newLink(c.service)
		if err != nil {
			t.Fatal(err)
		}
		before := met
		var heard Heard
		err = l.post(t.Context(), StatePath, time.Minute, Report{}, &heard)
		l.close()
		if c.want == "" && (err != nil || heard.Service != "s") || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %+v, error %v", c.name, heard, err)
		}
		if c.want != "" && met != before {
			t.Errorf("%s: the service got the token", c.name)
		}
	}
}

func TestWhereAnAgentMayCall(t *testing.T) {
	for url, want := range map[string]string{
		"https://halxml.example.com":   "",
		"http://127.0.0.1:8080":        "",
		"http://[::1]:8080":            "",
		"http://localhost":             "",
		"http://halxml.example.com":    "is not https",
		"http://10.0.0.1":              "is not https",
		"http://localhost.example.com": "is not https",
		"ftp://localhost":              "is not a URL",
		"halxml":                       "is not a URL",
		"":                             "is not a URL",
	} {
		_, err := New(Options{Service: Service{URL: url}})
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", url, err, want)
		}
	}
}

func TestTokens(t *testing.T) {
	one, err := NewToken(strings.NewReader(strings.Repeat("x", tokenSize)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseToken(" " + one + "\r\n"); err != nil || got != one {
		t.Errorf("token %q, error %v", got, err)
	}
	hash := HashToken(one)
	if again, err := ParseTokenHash(hash.String()); err != nil || again != hash {
		t.Errorf("%s, error %v", again, err)
	}
	if _, err := NewToken(strings.NewReader("short")); err == nil {
		t.Error("a token was made of too little")
	}
	for _, bad := range []string{"", one[1:], one + "A", one[:len(one)-1], "halxml-agent-!", hash.String()} {
		if _, err := ParseToken(bad); err == nil {
			t.Errorf("%q is taken for a token", bad)
		}
	}
	for _, bad := range []string{"", one, "sha256:", hash.String()[1:], hash.String() + "00", "sha256:" + strings.Repeat("x", 64)} {
		if _, err := ParseTokenHash(bad); err == nil {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}
