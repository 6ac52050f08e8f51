package httpd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// echo answers with what a handler sees of a request, so that two servers can
// be compared.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	text := fmt.Sprintf("%s %s %s host=%s length=%d close=%v remote=%v header=%v body=%q %v\n", r.Method, r.RequestURI, r.URL.RawQuery, r.Host,
		r.ContentLength, r.Close, strings.HasPrefix(r.RemoteAddr, "127.0.0.1:"), r.Header, body, err)
	switch r.URL.Query().Get("answer") {
	case "length":
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	case "long":
		w.Header().Set("Content-Type", "text/plain")
		for range 100 {
			_, _ = io.WriteString(w, strings.Repeat("long ", 100))
		}
	case "exact":
		text = strings.Repeat(text, 200)
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	case "pieces":
		w.Header().Set("Content-Length", strconv.Itoa(2*len(text)))
		_, _ = io.WriteString(w, text)
	case "status":
		w.Header()["Www-Authenticate"] = []string{"Bearer", "Ba\r\nsic"}
		w.WriteHeader(http.StatusUnauthorized)
		w.WriteHeader(http.StatusOK) // too late
	case "nothing":
		return
	case "closing":
		w.Header().Set("Connection", "close")
	case "short":
		w.Header().Set("Content-Length", "100000")
	case "much":
		w.Header().Set("Content-Length", "3")
	case "abort":
		_, _ = io.WriteString(w, text)
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(w, text)
}

// script is what a caller sends over one connection, piece by piece.
type script []string

func post(target, fields, body string) string {
	return "POST " + target + " HTTP/1.1\r\nHost: halxml.test\r\n" + fields + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

var scripts = map[string]script{
	"one":                  {post("/Soap", "", "abc")},
	"no body":              {post("/Soap", "", "")},
	"two in a row":         {post("/Soap", "", "abc") + post("/Soap", "", "defg")},
	"head, then body":      {post("/Soap", "", "abc")[:len(post("/Soap", "", ""))-1], "bc", post("/other?a=b", "X-A: 1\r\nx-a:2 \r\n", "")},
	"head in pieces":       {"POST /Soap HT", "TP/1.1\r\nHost: x\r\nContent-Le", "ngth: 1\r\n\r\na", post("/Soap", "", "b")},
	"body of 60 KiB":       {post("/Soap", "", strings.Repeat("0123456789", 6<<10)), post("/Soap", "", "b")},
	"body of 200 KiB":      {post("/Soap", "", strings.Repeat("0123456789", 20<<10)), post("/Soap", "", "b")},
	"keep-alive":           {post("/Soap", "Connection: Keep-Alive\r\n", "b"), post("/Soap", "", "c")},
	"close":                {post("/Soap", "Connection: CLOSE\r\n", "b"), post("/Soap", "", "c")},
	"then GET":             {post("/Soap", "", "b"), "GET /Soap HTTP/1.1\r\nHost: x\r\n\r\n", post("/Soap", "", "c")},
	"then HEAD":            {post("/Soap", "", "b"), "HEAD /Soap HTTP/1.1\r\nHost: x\r\n\r\n"},
	"then chunks":          {post("/Soap", "", "b"), "POST /Soap HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + post("/Soap", "", "c")},
	"chunks and a length":  {"POST /Soap HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
	"continue":             {"POST /Soap HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", "ab"},
	"HTTP/1.0":             {"POST /Soap HTTP/1.0\r\nContent-Length: 2\r\n\r\nab"},
	"lines end in LF":      {"POST /Soap HTTP/1.1\nHost: x\nContent-Length: 2\n\nab"},
	"one line ends in LF":  {"POST /Soap HTTP/1.1\r\nHost: x\nContent-Length: 2\r\n\r\nab"},
	"no host":              {"POST /Soap HTTP/1.1\r\nContent-Length: 2\r\n\r\nab"},
	"two hosts":            {"POST /Soap HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 2\r\n\r\nab"},
	"two lengths":          {"POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 1\r\n\r\nab"},
	"a length of +2":       {"POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\nab"},
	"a length of 2, 2":     {"POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\nab"},
	"a blank before colon": {"POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Length : 2\r\n\r\nab"},
	"a folded line":        {"POST /Soap HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nab"},
	"a NUL":                {"POST /Soap HTTP/1.1\r\nHost: x\r\nX-A: \x00\r\nContent-Length: 2\r\n\r\nab"},
	"Latin-1":              {post("/Soap", "X-A: caf\xe9\r\n", "ab")},
	"an odd target":        {post("/a%20b/../c;d?e=%41#f", "", "ab")},
	"two slashes":          {post("//halxml.test/Soap", "", "ab")},
	"a whole URL":          {post("http://other.test/Soap", "", "ab")},
	"an empty header name": {post("/Soap", ": x\r\n", "ab")},
	"no version":           {"POST /Soap\r\n\r\n"},
	"HTTP/2":               {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
	"an empty line first":  {"\r\n" + post("/Soap", "", "ab")},
	"Pragma":               {post("/Soap", "Pragma: no-cache\r\n", "ab"), post("/Soap", "", "c")},
	"empty lines behind":   {post("/Soap", "", "ab") + "\r\n\r\n" + post("/Soap", "", "c") + "\r\n", post("/Soap", "", "d"), "\r", "\n" + post("/Soap", "", "e")},
	"too many of them":     {post("/Soap", "", "ab") + "\r\n\r\n\r\n" + post("/Soap", "", "c")},
	"one before GET":       {post("/Soap", "", "ab") + "\r\nGET /Soap HTTP/1.1\r\nHost: x\r\n\r\n"},
	"TLS":                  {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"},
	"answer with length":   {post("/?answer=length", "", "ab"), post("/Soap", "", "c")},
	"answer in chunks":     {post("/?answer=long", "", "ab"), post("/Soap", "", "c")},
	"long answer":          {post("/?answer=exact", "", "ab"), post("/Soap", "", "c")},
	"answer in pieces":     {post("/?answer=pieces", "", "ab"), post("/Soap", "", "c")},
	"status":               {post("/?answer=status", "", "ab"), post("/Soap", "", "c")},
	"no answer":            {post("/?answer=nothing", "", "ab"), post("/Soap", "", "c")},
	"handler closes":       {post("/?answer=closing", "", "ab"), post("/Soap", "", "c")},
	"health":               {"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"},
}

// play sends a script and tells all answers, then how the connection ended.
func play(t *testing.T, addr string, s script) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	for _, piece := range s {
		_, _ = io.WriteString(c, piece)
		time.Sleep(5 * time.Millisecond) // so that the pieces arrive as such
	}
	_ = c.(*net.TCPConn).CloseWrite()
	var b strings.Builder
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			return b.String()
		}
		if r.StatusCode == http.StatusContinue {
			b.WriteString("continue\n")
			continue
		}
		body, err := io.ReadAll(r.Body)
		if r.Header.Get("Date") == "" && r.StatusCode != 400 {
			b.WriteString("no date\n")
		}
		r.Header.Del("Date")
		r.Header.Del("X-Request-Id")
		fmt.Fprintf(&b, "%s %v %d %v %v\n%s%v\n", r.Status, r.Header, r.ContentLength, r.TransferEncoding, r.Close, body, err)
	}
}

// withoutPlain leaves all to net/http.
func withoutPlain(s *Server) { s.plain = nil }

// What the plain path answers is what net/http answers.
func TestPlainAnswersAreThoseOfNetHTTP(t *testing.T) {
	plain := serve(t, echo, nil)
	other := serve(t, echo, nil, withoutPlain)
	for name, s := range scripts {
		t.Run(name, func(t *testing.T) {
			got, want := play(t, plain.addr, s), play(t, other.addr, s)
			if got != want {
				t.Errorf("plain: %.2000s\nnet/http: %.2000s", got, want)
			}
		})
	}
}

// A connection that breaks off tells that the answer is not whole.
func TestPlainBreaksOff(t *testing.T) {
	v := serve(t, echo, nil)
	for _, how := range []string{"abort", "short", "much"} {
		got := play(t, v.addr, script{post("/?answer="+how, "", "ab"), post("/Soap", "", "c")})
		if got != "" && !strings.HasSuffix(got, "unexpected EOF\n") {
			t.Errorf("%s: %s", how, got)
		}
	}
}

// A body that ends before its announced length is not taken as whole, even if
// what came would make sense.
func TestPlainBodyCutShort(t *testing.T) {
	v := serve(t, echo, nil)
	for _, body := range []string{"", "abc"} {
		got := play(t, v.addr, script{"POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n" + body})
		if !strings.Contains(got, fmt.Sprintf("body=%q unexpected EOF", body)) {
			t.Errorf("%q: %s", body, got)
		}
	}
}

// A handler that waits long learns that its caller has left.
func TestCallersWhoLeaveAreNoticed(t *testing.T) {
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusAccepted)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return
		}
		echo(w, r)
	}, func(o *Options) { o.Waiting = []string{"/wait"} })
	for name, before := range map[string][]string{
		"at once": nil, "after another request": {post("/Soap", "", "a")}, "after two alike": {post("/Soap", "", "a"), post("/Soap", "", "a")},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", v.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			in := bufio.NewReader(c)
			for _, text := range append(before, post("/wait?a=b", "", "a")) {
				_, _ = io.WriteString(c, text)
				r, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatal(err)
				}
				if r.StatusCode != http.StatusAccepted {
					_, _ = io.Copy(io.Discard, r.Body)
				}
			}
		})
	}
	// Shutdown waits for handlers.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := v.Shutdown(ctx); err != nil {
		t.Errorf("handlers wait for callers who have left: %v", err)
	}
}

// What the plain path takes for a header means the same to net/http.
func FuzzPlainHead(f *testing.F) {
	for _, s := range scripts {
		f.Add([]byte(strings.Join(s, "")))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		end := bytes.Index(text, endOfHead)
		if end < 0 || end > maxPlainHead {
			return
		}
		text = text[:end+len(endOfHead)]
		var h plainHead
		if !h.parse(text) {
			return
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(append(text, make([]byte, h.length)...))))
		if err != nil {
			t.Fatalf("net/http refuses %q: %v", text, err)
		}
		connection := r.Header.Get("Connection")
		if r.Method != "POST" || r.Proto != "HTTP/1.1" || r.RequestURI != h.target || !reflect.DeepEqual(r.URL, h.url) || r.Host != h.host ||
			r.ContentLength != int64(h.length) || len(r.TransferEncoding) > 0 || r.Close != h.close && connection != "" {
			t.Errorf("%q: %+v, net/http has %+v", text, h, r)
		}
		delete(r.Header, "Connection")
		delete(h.header, "Connection")
		if !reflect.DeepEqual(r.Header, h.header) {
			t.Errorf("%q: %v, net/http has %v", text, h.header, r.Header)
		}
	})
}

// Shutdown closes connections that wait, and lets a request end.
func TestPlainShutdown(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			begun <- true
			<-goOn
		}
		echo(w, r)
	}, nil)
	dial := func(text string) net.Conn {
		c, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.WriteString(c, text)
		return c
	}
	idle, slow := dial(post("/Soap", "", "a")), dial(post("/slow", "", "a"))
	if _, err := http.ReadResponse(bufio.NewReader(idle), nil); err != nil {
		t.Fatal(err)
	}
	<-begun
	ended := make(chan error, 1)
	go func() { ended <- v.Shutdown(context.Background()) }()
	if _, err := io.Copy(io.Discard, idle); err != nil {
		t.Errorf("the connection that waits: %v", err)
	}
	select {
	case err := <-ended:
		t.Fatalf("shut down over a running request: %v", err)
	default:
	}
	close(goOn)
	if b, err := io.ReadAll(slow); !bytes.HasPrefix(b, []byte("HTTP/1.1 200 OK")) || err != nil {
		t.Errorf("the running request: %q, %v", b, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", v.addr); err == nil {
		_ = c.Close()
		t.Error("connections are still taken")
	}
}

// A request that does not end is cut off when the time for it is over.
func TestPlainShutdownGivesUp(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	v := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-goOn
	}, nil)
	t.Cleanup(func() { close(goOn) })
	c, err := net.Dial("tcp", v.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, post("/", "", ""))
	<-begun
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := v.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown: %v", err)
	}
}
