// Package mail sends plain-text mail through one SMTP server. Who may write to
// whom is decided elsewhere.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"strings"
	"time"
)

// Security says whether the connection is encrypted.
type Security string

// Kinds of security. All encryption is STARTTLS (RFC 3207), with a certificate
// that is checked.
const (
	Offered  Security = "auto" // where the server offers it
	Required Security = "required"
	Off      Security = "off"
)

// Sender sends mail through a server.
type Sender struct {
	Server   string // host:port
	Security Security
	User     string // "" = without a login; with one the connection must be encrypted, or local
	Password string
	Limit    time.Duration // for everything
	Now      func() time.Time
	Rand     io.Reader   // of Message-IDs
	TLS      *tls.Config // nil for the system's certificates
}

// Message is a mail in plain text.
type Message struct {
	From        *mail.Address
	To, Cc, Bcc []*mail.Address
	Subject     string // one line
	Body        string
}

// Send hands a message to the server. It returns a *Refusal when the server does
// not take it.
func (s *Sender) Send(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, s.Limit)
	defer cancel()
	text, err := s.text(m)
	if err != nil {
		return err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Server)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	err = s.deliver(conn, m, text)
	if e := ctx.Err(); e != nil && err != nil {
		return e
	}
	return err
}

// Refusal is what a server says that does not take a mail.
type Refusal struct {
	Code int    // of SMTP
	Text string // its first line
}

func (r *Refusal) Error() string { return fmt.Sprintf("mail: %d %s", r.Code, r.Text) }

func (s *Sender) deliver(conn net.Conn, m Message, text []byte) error {
	host, _, err := net.SplitHostPort(s.Server)
	if err != nil {
		return err
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		conn.Close()
		return refusal(err)
	}
	defer c.Close()
	if err := c.Hello("localhost"); err != nil {
		return refusal(err)
	}
	if err := s.secure(c, host); err != nil {
		return err
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, host)); err != nil {
			return refusal(err)
		}
	}
	if err := c.Mail(m.From.Address); err != nil {
		return refusal(err)
	}
	for _, list := range [][]*mail.Address{m.To, m.Cc, m.Bcc} {
		for _, to := range list {
			if err := c.Rcpt(to.Address); err != nil {
				return refusal(err)
			}
		}
	}
	w, err := c.Data()
	if err != nil {
		return refusal(err)
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return refusal(err)
	}
	_ = c.Quit() // the server has the mail already
	return nil
}

// secure encrypts the connection as the operator has it.
func (s *Sender) secure(c *smtp.Client, host string) error {
	offered, _ := c.Extension("STARTTLS")
	switch {
	case s.Security == Off || !offered && s.Security != Required:
		return nil
	case !offered:
		return &Refusal{Text: "the server offers no encryption"}
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		config = s.TLS.Clone()
	}
	config.ServerName = host
	return refusal(c.StartTLS(config))
}

// text is the message as it is sent (RFC 5322).
func (s *Sender) text(m Message) ([]byte, error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.Rand, id); err != nil {
		return nil, err
	}
	if strings.ContainsAny(m.Subject, "\r\n\x00") {
		return nil, errors.New("mail: the subject has several lines")
	}
	b := &bytes.Buffer{}
	header := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, "%s: %s\r\n", name, value)
		}
	}
	header("From", m.From.String())
	header("To", list(m.To))
	header("Cc", list(m.Cc))
	header("Subject", mime.QEncoding.Encode("utf-8", m.Subject))
	header("Date", s.Now().Format(time.RFC1123Z))
	header("Message-ID", "<"+hex.EncodeToString(id)+m.From.Address[strings.LastIndexByte(m.From.Address, '@'):]+">")
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(b)
	if _, err := io.WriteString(w, m.Body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func list(all []*mail.Address) string {
	texts := make([]string, len(all))
	for i, a := range all {
		texts[i] = a.String()
	}
	return strings.Join(texts, ",\r\n ")
}
