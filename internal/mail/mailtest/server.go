// Package mailtest is a small SMTP server for tests. It keeps what it takes and
// sends nothing on.
package mailtest

import (
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Options say how a Server behaves.
type Options struct {
	TLS    *tls.Config // offers STARTTLS with it
	Refuse string      // a recipient that is not taken
	Mute   bool        // it never says a word
}

// Mail is a mail that was taken.
type Mail struct {
	From, User string
	To         []string
	Text       string // with bare line ends
	Encrypted  bool
}

// Server is a running server.
type Server struct {
	Addr string
	o    Options

	mu    sync.Mutex
	mails []Mail
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), o: o}
	var running sync.WaitGroup
	ended := make(chan struct{})
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				if o.Mute {
					<-ended
					return
				}
				s.talk(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		close(ended)
		running.Wait()
	})
	return s
}

// Mails are those taken so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// talk is one conversation.
func (s *Server) talk(conn net.Conn) {
	c := textproto.NewConn(conn)
	say := func(line string) { _ = c.PrintfLine("%s", line) }
	say("220 mailtest")
	var m Mail
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250-mailtest")
			if s.o.TLS != nil && !m.Encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			secure := tls.Server(conn, s.o.TLS)
			if secure.Handshake() != nil {
				return
			}
			c, m = textproto.NewConn(secure), Mail{Encrypted: true}
			say = func(line string) { _ = c.PrintfLine("%s", line) }
		case "AUTH":
			secret, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			words := strings.Split(string(secret), "\x00")
			if len(words) != 3 || words[2] != "secret" {
				say("535 wrong password")
				continue
			}
			m.User = words[1]
			say("235 welcome")
		case "MAIL":
			m.From = address(rest)
			say("250 ok")
		case "RCPT":
			if to := address(rest); to != s.o.Refuse {
				m.To = append(m.To, to)
				say("250 ok")
			} else {
				say("550 nobody of that name")
			}
		case "DATA":
			say("354 go on")
			text, err := c.ReadDotBytes()
			if err != nil {
				return
			}
			m.Text = string(text)
			s.mu.Lock()
			s.mails = append(s.mails, m)
			s.mu.Unlock()
			m = Mail{Encrypted: m.Encrypted, User: m.User}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 what?")
		}
	}
}

// address is what stands between angle brackets.
func address(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}
