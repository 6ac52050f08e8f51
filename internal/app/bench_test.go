package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"halxml/internal/config"
)

// benchScopes is how many scopes the benchmarks' service has.
const benchScopes = 1000

// caller sends requests over one connection and reads answers without making
// garbage, so that what a benchmark counts is the service's.
type caller struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func connect(b testing.TB, addr net.Addr) *caller {
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &caller{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}
}

// call sends a request and keeps the answer's body in c.body until the next.
func (c *caller) call(request []byte) error {
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	length := 0
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			return fmt.Errorf("%s", line)
		case len(line) == 2:
			if cap(c.body) < length {
				c.body = make([]byte, length)
			}
			c.body = c.body[:length]
			_, err := io.ReadFull(c.in, c.body)
			return err
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			if length, err = strconv.Atoi(string(line[len("Content-Length: ") : len(line)-2])); err != nil {
				return err
			}
		}
	}
}

// soapRequest and jsonRequest are whole HTTP requests.
func soapRequest(operation, fields string) []byte {
	body := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation +
		` xmlns="http://menandmice.com/webservices/">` + fields + `</` + operation + `></soap:Body></soap:Envelope>`
	return fmt.Appendf(nil, "POST /_mmwebext/mmwebext.dll?Soap HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n"+
		"SOAPAction: \"http://menandmice.com/webservices/%s\"\r\nContent-Length: %d\r\n\r\n%s", operation, len(body), body)
}

func jsonRequest(operation, params string) []byte {
	body := `{"jsonrpc":"2.0","id":1,"method":"` + operation + `","params":{` + params + `}}`
	return fmt.Appendf(nil, "POST /_mmwebext/mmwebext.dll?Soap HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\n\r\n%s", len(body), body)
}

// benched is a service with one server and benchScopes scopes, its access log
// written to a file.
type benched struct {
	*App
	session string
}

func startBench(b *testing.B) benched {
	b.Helper()
	dir := b.TempDir()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		b.Fatal(err)
	}
	flags := []config.Flag{{Flag: "bench", Key: "listen", Value: "127.0.0.1:0"}, {Flag: "bench", Key: "data", Value: filepath.Join(dir, "data")}}
	c, _, err := config.Load(config.Sources{Environ: []string{"HALXML_ADMIN_PASSWORD=" + password}, Flags: flags})
	if err != nil {
		b.Fatal(err)
	}
	s := benched{App: New(c, Options{Stderr: log})}
	b.Cleanup(func() {
		_ = s.Stop(context.Background())
		_ = log.Close()
	})
	if err := s.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	first := connect(b, s.Addr())
	send := func(c *caller, operation, params string) string {
		if err := c.call(jsonRequest(operation, params)); err != nil {
			b.Error(err)
		}
		if strings.Contains(string(c.body), `"error"`) {
			b.Errorf("%s: %s", operation, c.body)
		}
		return string(c.body)
	}
	_, rest, _ := strings.Cut(send(first, "Login", `"server":"s","loginName":"administrator","password":"`+password+`"`), `"session":"`)
	s.session, _, _ = strings.Cut(rest, `"`)
	send(first, "AddDHCPServer", `"session":"`+s.session+`","dhcpServer":{"name":"dhcp1.bench.example.","address":"127.0.0.11","type":"ISC"}`)
	var next atomic.Int32
	var all sync.WaitGroup
	for range 64 {
		c := connect(b, s.Addr())
		all.Go(func() {
			for n := int(next.Add(1)) - 1; n < benchScopes; n = int(next.Add(1)) - 1 {
				send(c, "AddDHCPScope", fmt.Sprintf(`"session":"%s","dhcpScope":{"name":"bench-%04d","rangeRef":"10.%d.%d.0/24","dhcpServerRef":"{#3-#1}","description":"made for a benchmark"}`,
					s.session, n, n/256, n%256))
			}
		})
	}
	all.Wait()
	return s
}

// BenchmarkRequest measures whole requests over loopback, one after another on
// one connection.
func BenchmarkRequest(b *testing.B) {
	s := startBench(b)
	for _, work := range []struct{ name, operation, xml, json string }{
		{"GetDHCPServer", "GetDHCPServer", "<dhcpServerRef>{#3-#1}</dhcpServerRef>", `"dhcpServerRef":"{#3-#1}"`},
		{"GetDHCPScopes", "GetDHCPScopes", "", ""},
		{"Page", "GetDHCPScopes", "<filter>name:^bench-</filter><offset>500</offset><limit>50</limit>", `"filter":"name:^bench-","offset":500,"limit":50`},
	} {
		bench := func(request []byte) func(*testing.B) {
			return func(b *testing.B) {
				c := connect(b, s.Addr())
				b.ReportAllocs()
				for b.Loop() {
					if err := c.call(request); err != nil {
						b.Fatal(err)
					}
				}
				b.SetBytes(int64(len(c.body)))
			}
		}
		b.Run(work.name+"/soap", bench(soapRequest(work.operation, "<session>"+s.session+"</session>"+work.xml)))
		session := `"session":"` + s.session + `"`
		if work.json != "" {
			session += ","
		}
		b.Run(work.name+"/json", bench(jsonRequest(work.operation, session+work.json)))
	}
}

// BenchmarkAddDHCPScope measures adds that are on disk when they are answered.
func BenchmarkAddDHCPScope(b *testing.B) {
	s := startBench(b)
	var next atomic.Int32
	for _, connections := range []int{1, 64} {
		b.Run(strconv.Itoa(connections), func(b *testing.B) {
			b.ReportAllocs()
			var left atomic.Int64
			left.Store(int64(b.N))
			var all sync.WaitGroup
			for range connections {
				c := connect(b, s.Addr())
				all.Go(func() {
					for left.Add(-1) >= 0 {
						n := int(next.Add(1))
						err := c.call(soapRequest("AddDHCPScope", fmt.Sprintf("<session>%s</session><dhcpScope><name>add-%d</name><rangeRef>10.%d.%d.%d/28</rangeRef>"+
							"<dhcpServerRef>{#3-#1}</dhcpServerRef></dhcpScope>", s.session, n, 128+n>>12, n>>4&255, n<<4&255)))
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}
