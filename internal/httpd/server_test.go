package httpd

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// served is a Server on a loopback port with its log in memory.
type served struct {
	*Server
	addr   string
	access *AccessLog
	lines  *lockedBuffer
	log    *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func serve(t *testing.T, next http.HandlerFunc, adjust func(*Options), change ...func(*Server)) *served {
	t.Helper()
	origin, err := NewOrigin("", []string{"127.0.0.2"})
	if err != nil {
		t.Fatal(err)
	}
	v := &served{lines: new(lockedBuffer), log: new(lockedBuffer)}
	v.access = NewAccessLog(v.lines, 0)
	o := Options{Origin: origin, Access: v.access, Log: zerolog.New(v.log)}
	if adjust != nil {
		adjust(&o)
	}
	if v.Server, err = New(next, o); err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(v.Server)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	v.addr = l.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- v.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = v.Shutdown(ctx)
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		_ = v.access.Close()
	})
	return v
}

// raw sends text from a local address and returns all that comes back.
func raw(t *testing.T, from, to, text string) string {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	c, err := d.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("after %q: %v", b, err)
	}
	return string(b)
}

func TestAccessLogLine(t *testing.T) {
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {
		rec := RecordOf(w)
		rec.Note("Login", "", 0)
		rec.Note("GetUsers", "eve", 2049)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	}, nil)
	resp, err := http.Post("http://"+v.addr+"/Soap?session=topsecret&server=x", "text/xml", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	_ = v.access.Close()
	var line map[string]any
	if err := json.Unmarshal([]byte(v.lines.String()), &line); err != nil {
		t.Fatalf("%q: %v", v.lines.String(), err)
	}
	for key, want := range map[string]any{
		"id": resp.Header.Get("X-Request-Id"), "remote": "127.0.0.1", "method": "POST", "path": "/Soap",
		"query": "session=***&server=x", "operation": "Login", "calls": 2.0, "user": "eve", "code": 2049.0,
		"status": 418.0, "bytes": 15.0, "message": "request",
	} {
		if line[key] != want {
			t.Errorf("%s = %v, want %v", key, line[key], want)
		}
	}
	for _, key := range []string{"time", "micros"} {
		if line[key] == nil {
			t.Errorf("%s is missing", key)
		}
	}
}

func TestRequestID(t *testing.T) {
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s", RecordOf(w).RequestID, RecordOf(w).Remote)
	}, nil)
	for _, c := range []struct{ from, id, forwarded, wantID, wantRemote string }{
		{"127.0.0.1", "mine", "10.0.0.9", "", "127.0.0.1"},
		{"127.0.0.2", "mine", "10.0.0.9", "mine", "10.0.0.9"},
		{"127.0.0.2", "no spaces", "bogus", "", "127.0.0.2"},
		{"127.0.0.2", "", "6.6.6.6, 10.0.0.9, 127.0.0.2", "", "10.0.0.9"},
		{"127.0.0.2", strings.Repeat("x", 65), "2001:db8::1", "", "2001:db8::1"},
	} {
		got := raw(t, c.from, v.addr, "GET / HTTP/1.0\r\nX-Request-Id: "+c.id+"\r\nX-Forwarded-For: "+c.forwarded+"\r\n\r\n")
		head, body, _ := strings.Cut(got, "\r\n\r\n")
		id, remote, _ := strings.Cut(body, " ")
		if id == "" || c.wantID != "" && id != c.wantID || c.wantID == "" && id == c.id || remote != c.wantRemote {
			t.Errorf("%+v: id %q, remote %q", c, id, remote)
		}
		if !strings.Contains(head, "X-Request-Id: "+id) {
			t.Errorf("%+v: no X-Request-Id in %q", c, head)
		}
	}
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			_, _ = io.WriteString(w, "part of an ans")
			_ = http.NewResponseController(w).Flush()
		}
		panic("secret detail")
	}, nil)
	resp, err := http.Get("http://" + v.addr + "/early")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 500 || string(body) != "Internal error\n" {
		t.Errorf("early: %d %q", resp.StatusCode, body)
	}
	if log := v.log.String(); !strings.Contains(log, "secret detail") || !strings.Contains(log, resp.Header.Get("X-Request-Id")) {
		t.Errorf("log: %q", log)
	}
	if resp, err = http.Get("http://" + v.addr + "/late"); err == nil {
		if _, err = io.ReadAll(resp.Body); err == nil {
			t.Error("a half answer looks whole")
		}
		resp.Body.Close()
	}
}

func TestHealth(t *testing.T) {
	var ready error
	v := serve(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, func(o *Options) {
		o.Ready = func(context.Context) error { return ready }
	})
	get := func(path string) (int, string) {
		resp, err := http.Get("http://" + v.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	if s, b := get("/readyz"); s != 200 || b != "ok\n" {
		t.Errorf("ready: %d %q", s, b)
	}
	ready = errors.New("the disk at some path is full")
	if s, b := get("/readyz"); s != 503 || b != "not ready\n" {
		t.Errorf("not ready: %d %q", s, b)
	}
	if s, b := get("/healthz"); s != 200 || b != "ok\n" {
		t.Errorf("healthy: %d %q", s, b)
	}
	if got := raw(t, "127.0.0.1", v.addr, "POST /readyz HTTP/1.0\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.0 405") || !strings.Contains(got, "Allow: GET, HEAD") {
		t.Errorf("POST: %q", got)
	}
}

// A caller that waits for "100 Continue" and is refused instead must get the
// refusal at once, and one that is not refused its Continue.
func TestExpectContinue(t *testing.T) {
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refuse" {
			http.Error(w, "no", http.StatusUnsupportedMediaType)
			return
		}
		b, _ := io.ReadAll(r.Body)
		_, _ = w.Write(b)
	}, nil)
	head := " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
	dial := func(text string) (net.Conn, *bufio.Reader) {
		c, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprint(c, text)
		return c, bufio.NewReader(c)
	}
	_, in := dial("POST /refuse" + head)
	if resp, err := http.ReadResponse(in, nil); err != nil || resp.StatusCode != 415 {
		t.Errorf("refused: %v, %v", resp, err)
	}
	c, in := dial("POST /take" + head)
	if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("%q, %v", line, err)
	}
	_, _ = in.ReadString('\n')
	fmt.Fprint(c, "hello")
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(resp.Body); string(b) != "hello" {
		t.Errorf("body %q", b)
	}
}

// paced is a connection that remembers the deadlines it was given.
type paced struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (p *paced) SetReadDeadline(t time.Time) error  { p.read = append(p.read, t); return nil }
func (p *paced) SetWriteDeadline(t time.Time) error { p.write = append(p.write, t); return nil }

// An upload that makes progress gets more time with each step, and none is
// counted once it is whole; a long or late answer gets its own time.
func TestDeadlinesFollowProgress(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	origin, _ := NewOrigin("", nil)
	s, err := New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			now = now.Add(time.Second)
			if n, err := io.CopyN(io.Discard, r.Body, paceStep); n < paceStep || err != nil {
				break
			}
		}
		now = now.Add(time.Minute)
		_, _ = w.Write(nil)
		_, _ = w.Write(make([]byte, 80<<10))
	}), Options{Origin: origin, Now: func() time.Time { return now }, Timeouts: Timeouts{Read: 10 * time.Second, Write: 20 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	start, p := now, &paced{ResponseRecorder: httptest.NewRecorder()}
	s.Handler().ServeHTTP(p, httptest.NewRequest("POST", "/", io.LimitReader(strings.NewReader(strings.Repeat("x", 3*paceStep)), 2*paceStep+5)))
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	if want := []time.Time{at(1 + 10), at(2 + 10), {}}; !slices.Equal(p.read, want) {
		t.Errorf("read deadlines %v, want %v", p.read, want)
	}
	if want := []time.Time{at(63 + 20), at(63 + 20 + 10)}; !slices.Equal(p.write, want) {
		t.Errorf("write deadlines %v, want %v", p.write, want)
	}
}

// What stands still ends, whether in the header or in the body.
func TestStandingStill(t *testing.T) {
	read := make(chan error, 1)
	for text, timeouts := range map[string]Timeouts{
		"POST / HTT": {Header: 50 * time.Millisecond},
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc": {Read: 50 * time.Millisecond},
	} {
		v := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(io.Discard, r.Body)
			read <- err
		}, func(o *Options) { o.Timeouts = timeouts })
		c, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		// The server may have given up before the text is there.
		_, _ = io.WriteString(c, text)
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the server waits for the rest of %q", text)
		}
	}
	if err := <-read; err == nil {
		t.Error("an upload that stands still is taken as whole")
	}
}

func TestPagesOfOtherSites(t *testing.T) {
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {}, nil)
	for header, want := range map[string]string{
		"Sec-Fetch-Site: cross-site":      "403",
		"Sec-Fetch-Site: same-origin":     "200",
		"Origin: http://evil.example":     "403",
		"Origin: http://halxml.test:8080": "200",
		"Accept: */*":                     "200",
	} {
		got := raw(t, "127.0.0.1", v.addr, "POST / HTTP/1.1\r\nHost: halxml.test:8080\r\nConnection: close\r\nContent-Length: 0\r\n"+header+"\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 "+want) {
			t.Errorf("%s: %.20q, want %s", header, got, want)
		}
	}
}

// An answer to a caller who still sends arrives as a whole.
func TestAnswersBeforeTheBodyHasCome(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	}
	for name, v := range map[string]*served{"plain": serve(t, refuse, nil), "net/http": serve(t, refuse, nil, withoutPlain)} {
		t.Run(name, func(t *testing.T) {
			got := raw(t, "127.0.0.1", v.addr, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n"+strings.Repeat("x", 20_000))
			if !strings.HasPrefix(got, "HTTP/1.1 413 ") || !strings.HasSuffix(got, "\r\n\r\ntoo large\n") {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestTLSAndRenewal(t *testing.T) {
	dir := t.TempDir()
	o := Options{CertFile: filepath.Join(dir, "cert"), KeyFile: filepath.Join(dir, "key")}
	writeCertificate(t, o.CertFile, o.KeyFile, "first.test", time.Now().Add(-time.Hour))
	var mu sync.Mutex
	skip := time.Duration(0)
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {}, func(p *Options) {
		p.CertFile, p.KeyFile = o.CertFile, o.KeyFile
		p.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(skip)
		}
	})
	name := func() string {
		c, err := tls.Dial("tcp", v.addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].DNSNames[0]
	}
	if n := name(); n != "first.test" {
		t.Errorf("certificate of %s", n)
	}
	writeCertificate(t, o.CertFile, o.KeyFile, "second.test", time.Now())
	mu.Lock()
	skip = 2 * recheckCertificate
	mu.Unlock()
	if n := name(); n != "second.test" {
		t.Errorf("after the renewal: certificate of %s", n)
	}
	if err := os.WriteFile(o.CertFile, []byte("half writ"), 0o600); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	skip *= 2
	mu.Unlock()
	if n := name(); n != "second.test" {
		t.Errorf("after a broken renewal: certificate of %s", n)
	}
	if _, err := New(nil, Options{Origin: new(Origin), CertFile: filepath.Join(dir, "none")}); err == nil {
		t.Error("a missing certificate is no error at the start")
	}
}

func writeCertificate(t *testing.T, certFile, keyFile, name string, changed time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
}
