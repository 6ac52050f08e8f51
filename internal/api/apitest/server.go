// Package apitest serves the API over real HTTP on loopback in front of a small
// Dispatcher whose answers are plain to see, and compares whole exchanges with
// files. It is for tests of the wire formats only.
package apitest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/api"
	"halxml/internal/httpd"
)

// Server is a running API.
type Server struct {
	t      testing.TB
	Addr   string // host:port
	URL    string // http://host:port
	client http.Transport
	log    *buffer
	lines  *buffer
	access *httpd.AccessLog
}

// Start serves the API until the test ends. adjust, when not nil, may change
// the options. Request ids are 0000000000-1 and so on.
func Start(t testing.TB, adjust func(*api.Options)) *Server {
	t.Helper()
	origin, err := httpd.NewOrigin("", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, log: new(buffer), lines: new(buffer)}
	s.access = httpd.NewAccessLog(s.lines, 0)
	o := api.Options{Dispatcher: Dispatcher{}, Origin: origin, Log: zerolog.New(s.log)}
	if adjust != nil {
		adjust(&o)
	}
	h, err := httpd.New(api.New(o), httpd.Options{
		Origin: origin, Log: o.Log, Access: s.access,
		Random:   strings.NewReader("\x00\x00\x00\x00\x00"),
		Timeouts: httpd.Timeouts{Header: 5 * time.Second, Read: 5 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	s.client.DisableCompression = true // so that tests see what is sent
	s.URL = "http://" + s.Addr
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = h.Shutdown(ctx)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_ = s.access.Close()
	})
	return s
}

// Raw sends text over a connection of its own and returns all that comes back
// until the server closes it.
func (s *Server) Raw(text string) string {
	s.t.Helper()
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	// A server that refuses early may not read all of it.
	_, _ = io.WriteString(c, text)
	b, err := io.ReadAll(c)
	if err != nil && len(b) == 0 {
		s.t.Fatal(err)
	}
	return string(b)
}

// Response is an answer, read whole.
type Response struct {
	*http.Response
	Text string
}

// Do sends a request. headers are pairs of name and value.
func (s *Server) Do(method, path, body string, headers ...string) Response {
	s.t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if strings.EqualFold(headers[i], "Host") {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return Response{resp, string(b)}
}

// Post sends a body of a media type.
func (s *Server) Post(path, contentType, body string) Response {
	s.t.Helper()
	return s.Do(http.MethodPost, path, body, "Content-Type", contentType)
}

// Log is what the service logged so far.
func (s *Server) Log() string { return s.log.String() }

// Access ends the access log and is what it holds.
func (s *Server) Access() string {
	_ = s.access.Close()
	return s.lines.String()
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *buffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
