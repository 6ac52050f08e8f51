package httpd

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// limitCase is a way in which connections come.
type limitCase struct {
	tls    bool
	adjust func(*Options)
	change []func(*Server)
}

func limitCases(t *testing.T) map[string]limitCase {
	cert, key := filepath.Join(t.TempDir(), "cert"), filepath.Join(t.TempDir(), "key")
	writeCertificate(t, cert, key, "limit.test", time.Now().Add(-time.Hour))
	return map[string]limitCase{
		"plain":    {},
		"net/http": {change: []func(*Server){withoutPlain}},
		"TLS":      {tls: true, adjust: func(o *Options) { o.CertFile, o.KeyFile = cert, key }},
	}
}

// serve serves next to no more than limit connections at a time.
func (c limitCase) serve(t *testing.T, limit int, next http.HandlerFunc) *limitCalls {
	v := serve(t, next, func(o *Options) {
		o.Connections = limit
		if c.adjust != nil {
			c.adjust(o)
		}
	}, c.change...)
	return &limitCalls{t: t, addr: v.addr, tls: c.tls}
}

type limitCalls struct {
	t    *testing.T
	addr string
	tls  bool
}

// limitCall is a connection of a caller.
type limitCall struct {
	net.Conn
	t  *testing.T
	in *bufio.Reader
}

// open opens a connection and sends text.
func (l *limitCalls) open(text string) *limitCall {
	l.t.Helper()
	c, err := net.Dial("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	if l.tls {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	l.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(c, text); err != nil {
		l.t.Fatal(err)
	}
	return &limitCall{c, l.t, bufio.NewReader(c)}
}

// answered waits for an answer.
func (c *limitCall) answered() *limitCall {
	c.t.Helper()
	r, err := http.ReadResponse(c.in, nil)
	if err != nil {
		c.t.Fatalf("no answer: %v", err)
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
		c.t.Fatalf("%s, %v", r.Status, err)
	}
	return c
}

// closed waits for the connection's end, without an answer.
func (c *limitCall) closed() {
	c.t.Helper()
	if b, err := io.ReadAll(c.in); len(b) > 0 || err != nil && strings.Contains(err.Error(), "timeout") {
		c.t.Fatalf("not closed: %.100q, %v", b, err)
	}
}

// A connection that waits for its caller makes room at once, whatever it waits
// for.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	request := post("/", "", "abc")
	for name, c := range limitCases(t) {
		t.Run(name, func(t *testing.T) {
			v := c.serve(t, 1, echo)
			for what, idle := range map[string]*limitCall{ // each makes room for the next one
				"answered":      v.open(request).answered(),
				"GET answered":  v.open("GET / HTTP/1.1\r\nHost: x\r\n\r\n").answered(),
				"silent":        v.open(""),
				"head begun":    v.open(request[:20]),
				"body begun":    v.open(request[:len(request)-1]),
				"chunk begun":   v.open("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"),
				"another begun": v.open(request + request[:len(request)-1]).answered(),
				"":              v.open(request).answered(),
			} {
				if what != "" {
					t.Run(what, func(t *testing.T) { idle.closed() })
				}
			}
		})
	}
}

// Requests that were read as a whole are answered, however many callers come.
func TestConnectionsAtWorkStay(t *testing.T) {
	slow := []string{
		post("/slow", "", "abc"),
		"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	}
	for name, c := range limitCases(t) {
		t.Run(name, func(t *testing.T) {
			begun, goOn := make(chan bool), make(chan bool)
			v := c.serve(t, len(slow)+1, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if r.URL.Path == "/slow" {
					begun <- true
					<-goOn
				}
			})
			var calls []*limitCall
			for _, text := range slow {
				calls = append(calls, v.open(text))
				<-begun
			}
			last := v.open(post("/", "", "a")).answered()
			for range 5 {
				next := v.open(post("/", "", "b")).answered()
				last.closed()
				last = next
			}
			calls = append(calls, v.open(slow[0]))
			<-begun
			waited := make(chan *limitCall)
			go func() { waited <- v.open(post("/", "", "d")) }() // all are at work
			close(goOn)
			(<-waited).answered()
			for _, c := range calls {
				c.answered()
			}
		})
	}
}

// Who does not read an answer does not keep others out.
func TestSlowReadersMakeRoom(t *testing.T) {
	for name, c := range limitCases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun, cut := make(chan bool), make(chan error, 1)
			v := c.serve(t, 1, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/long" {
					return
				}
				begun <- true
				for {
					if _, err := w.Write(make([]byte, 64<<10)); err != nil {
						cut <- err
						return
					}
				}
			})
			v.open(post("/long", "", ""))
			<-begun
			v.open(post("/", "", "")).answered()
			<-cut
		})
	}
}

// A connection of HTTP/2 has several requests, and is at work until all are
// answered.
func TestConnectionsOfHTTP2(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	var slow *limitedConn
	v := limitCases(t)["TLS"].serve(t, 1, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			slow = limited(r.Context())
			begun <- true
			<-goOn
		}
		fmt.Fprint(w, r.Proto)
	})
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	get := func(path string) string {
		r, err := client.Get("https://" + v.addr + path)
		if err != nil {
			return err.Error()
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		return string(b)
	}
	answer := make(chan string)
	go func() { answer <- get("/slow") }()
	<-begun
	if got := get("/"); got != "HTTP/2.0" {
		t.Errorf("beside a slow request: %s", got)
	}
	if _, waits := slow.waits(time.Now()); waits {
		t.Error("a connection with a request to answer counts as idle")
	}
	close(goOn)
	if got := <-answer; got != "HTTP/2.0" {
		t.Errorf("the slow request: %s", got)
	}
	other := make(chan *limitCall)
	go func() { other <- v.open("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }()
	(<-other).answered()
}

// The longest wait ends first, as it is when somebody comes.
func TestLongestWaitEndsFirst(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limitConnections(inner, 4)
	defer l.Close()
	start := time.Now()
	var conns []*limitedConn
	come := func() {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		conn, err := l.accept()
		if err != nil {
			t.Fatal(err)
		}
		conn.progress(start.Add(time.Duration(len(conns)) * time.Second))
		conns = append(conns, conn)
	}
	gone := func() (which []int) {
		for i, c := range conns {
			if !c.works() {
				which = append(which, i)
			}
			c.rests(c.since)
		}
		return which
	}
	for range 5 {
		come()
	}
	if got := gone(); !slices.Equal(got, []int{0}) {
		t.Fatalf("gone are %v", got)
	}
	conns[1].progress(start.Add(time.Minute))
	conns[2].works()
	come()
	if got := gone(); !slices.Equal(got, []int{0, 3}) {
		t.Fatalf("with one that was asked since and one at work gone are %v", got)
	}
	conns[2].rests(start.Add(time.Hour))
	come()
	come()
	come()
	if got := gone(); !slices.Equal(got, []int{0, 1, 3, 4, 5}) {
		t.Fatalf("in the end gone are %v", got)
	}
}
