package mail_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http/httptest"
	stdmail "net/mail"
	"strings"
	"testing"
	"time"

	"halxml/internal/mail"
	"halxml/internal/mail/mailtest"
)

func sender(server string) *mail.Sender {
	return &mail.Sender{Server: server, Limit: 20 * time.Second, Rand: rand.Reader,
		Now: func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }}
}

func message() mail.Message {
	address := func(name, text string) *stdmail.Address { return &stdmail.Address{Name: name, Address: text} }
	return mail.Message{
		From: address("IP Älpler", "halxml@example.com"), To: []*stdmail.Address{address("", "a@example.com"), address("B, C", "b@example.com")},
		Cc: []*stdmail.Address{address("", "c@example.com")}, Bcc: []*stdmail.Address{address("", "hidden@example.com")},
		Subject: "Straße frei", Body: "Guten Tag,\n.\n=20 und " + strings.Repeat("ü", 500) + "\n",
	}
}

func TestSend(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	want := message()
	if err := sender(server.Addr).Send(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	mails := server.Mails()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	m := mails[0]
	if m.From != "halxml@example.com" || strings.Join(m.To, " ") != "a@example.com b@example.com c@example.com hidden@example.com" || m.Encrypted {
		t.Errorf("the envelope is %+v", m)
	}
	read, err := stdmail.ReadMessage(strings.NewReader(m.Text))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"To": `<a@example.com>, "B, C" <b@example.com>`, "Cc": "<c@example.com>", "Bcc": "", "Subject": "Straße frei",
		"Date": "Wed, 04 Mar 2026 05:06:07 +0000", "From": `IP Älpler <halxml@example.com>`,
	} {
		got, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get(name))
		if err != nil || got != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	if id := read.Header.Get("Message-ID"); len(id) != 46 || !strings.HasSuffix(id, "@example.com>") {
		t.Errorf("Message-ID is %s", id)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
	if err != nil || string(body) != want.Body {
		t.Errorf("the body is %q, %v", body, err)
	}
	for _, line := range strings.Split(m.Text, "\n") {
		if len(line) > 200 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestEncryptionAndLogin(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(web.Certificate())
	encrypted := mailtest.Start(t, mailtest.Options{TLS: &tls.Config{Certificates: web.TLS.Certificates}})
	plain := mailtest.Start(t, mailtest.Options{})
	for _, c := range []struct {
		name   string
		server *mailtest.Server
		change func(*mail.Sender)
		want   string // of the error, or of the mail
	}{
		{"offered", encrypted, func(s *mail.Sender) { s.Security = mail.Offered }, "encrypted "},
		{"required", encrypted, func(s *mail.Sender) { s.Security = mail.Required }, "encrypted "},
		{"off", encrypted, func(s *mail.Sender) { s.Security = mail.Off }, "plain "},
		{"unknown certificate", encrypted, func(s *mail.Sender) { s.TLS = nil }, "certificate"},
		{"not offered", plain, func(s *mail.Sender) { s.Security = mail.Required }, "no encryption"},
		{"login", encrypted, func(s *mail.Sender) { s.User, s.Password = "halxml", "secret" }, "encrypted halxml"},
		{"wrong password", encrypted, func(s *mail.Sender) { s.User, s.Password = "halxml", "guess" }, "535 wrong password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sender(c.server.Addr)
			s.TLS = &tls.Config{RootCAs: trusted}
			c.change(s)
			before := len(c.server.Mails())
			err := s.Send(t.Context(), message())
			got := ""
			if mails := c.server.Mails(); err == nil && len(mails) == before+1 {
				got = map[bool]string{true: "encrypted ", false: "plain "}[mails[before].Encrypted] + mails[before].User
			} else if err != nil {
				got = err.Error()
			}
			if err == nil && got != c.want || err != nil && !strings.Contains(got, c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestMailsThatAreNotSent(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{Refuse: "b@example.com"})
	var refused *mail.Refusal
	if err := sender(server.Addr).Send(t.Context(), message()); !errors.As(err, &refused) || refused.Code != 550 || refused.Text != "nobody of that name" {
		t.Errorf("a recipient that is refused: %v", err)
	}
	bad := message()
	bad.Subject = "a\r\nBcc: x@example.org"
	if err := sender(server.Addr).Send(t.Context(), bad); err == nil {
		t.Error("a subject of two lines was sent")
	}
	if got := server.Mails(); len(got) > 0 {
		t.Errorf("taken: %+v", got)
	}
	mute := sender(mailtest.Start(t, mailtest.Options{Mute: true}).Addr)
	mute.Limit = time.Millisecond
	if err := mute.Send(t.Context(), message()); err == nil {
		t.Error("a server that says nothing took a mail")
	}
	if err := sender("127.0.0.1:1").Send(t.Context(), message()); err == nil || errors.As(err, &refused) {
		t.Errorf("no server: %v", err)
	}
}
