package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// mailTable is the table of the file that says what SendMail may send.
const mailTable = "mail"

// MailKeys is that table, in the order of the default file.
func MailKeys() []TableKey[Mail] {
	return []TableKey[Mail]{
		tableKey("server", "", "The SMTP server, host:port. Empty sends no mail.",
			func(m *Mail) *string { return &m.Server }, mailServer),
		tableKey("from", "", "The only sender.",
			func(m *Mail) *string { return &m.From }, mailAddress),
		tableKey("recipients", "", "Domains of those who may get mail, such as example.com.",
			func(m *Mail) *[]string { return &m.Recipients }, domains),
		tableKey("tls", MailTLSAuto, "auto encrypts where the server offers STARTTLS, required sends nothing otherwise, off never encrypts.",
			func(m *Mail) *string { return &m.TLS }, oneOf(MailTLSAuto, MailTLSRequired, MailTLSOff)),
		tableKey("user", "", "User to log in with, whose password is in HALXML_MAIL_PASSWORD. Empty does not log in.",
			func(m *Mail) *string { return &m.User }, anyText),
		tableKey("limit", "30s", "How long the server may take.",
			func(m *Mail) *time.Duration { return &m.Limit }, duration(minMail, maxMail)),
	}
}

// mailKey takes a key of the table of mail.
func (l *loader) mailKey(parts toml.Key, value any) error {
	if _, ok := value.(map[string]any); !ok && len(parts) == 1 {
		return errors.New("must be a table of keys")
	}
	if len(parts) == 1 {
		for _, k := range MailKeys() {
			if err := k.set(&l.config.Mail, k.Default); err != nil {
				return fmt.Errorf("default of %s: %w", k.Name, err) // a programmer's error; the tests would see it
			}
		}
		return nil
	}
	for _, k := range MailKeys() {
		if len(parts) != 2 || k.Name != parts[1] {
			continue
		}
		text, ok := asText(k.form, value)
		if !ok {
			return fmt.Errorf("must be %s", k.form.want())
		}
		return k.set(&l.config.Mail, text)
	}
	if len(parts) == 2 && parts[1] == "password" {
		return errors.New("may be set only by the environment variable HALXML_MAIL_PASSWORD")
	}
	return errors.New("unknown key; `halxml config --default` lists all")
}

// writeDefaultMail writes an annotated example of the table.
func writeDefaultMail(b *strings.Builder) {
	b.WriteString("\n# What SendMail may send; only in this file. Without it no mail is sent.\n")
	writeDefaultKeys(b, "["+mailTable+"]", MailKeys())
}

// writeMail writes the table, if mail is sent.
func (c *Config) writeMail(b *strings.Builder) {
	if c.Mail.Server == "" {
		return
	}
	fmt.Fprintf(b, "\n[%s]\n", mailTable)
	for _, k := range MailKeys() {
		fmt.Fprintf(b, "%s = %s\n", k.Name, literal(k.form, k.get(&c.Mail)))
	}
}

var mailServer = textKind(func(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	host, port, err := net.SplitHostPort(s)
	if n, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || n == 0 || host == "" {
		return "", fmt.Errorf("%q is not host:port such as mail.example.com:25", s)
	}
	return s, nil
})

var mailAddress = textKind(func(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" {
		return "", fmt.Errorf("%q is not a mail address such as halxml@example.com", s)
	}
	return a.Address, nil
})

// domains are names of domains, separated by commas.
var domains = kind[[]string]{formStrings,
	func(s string) (all []string, err error) {
		for _, d := range strings.Split(s, ",") {
			d = strings.ToLower(strings.TrimSpace(d))
			switch {
			case d == "" && s != "":
				return nil, errors.New("has an empty domain")
			case strings.ContainsAny(d, "@*/ "):
				return nil, fmt.Errorf("%q is not a domain such as example.com", d)
			case d != "":
				all = append(all, d)
			}
		}
		return all, nil
	},
	func(all []string) string { return strings.Join(all, ",") },
}

// checkMail holds the keys of mail against each other.
func (c *Config) checkMail() error {
	switch {
	case c.Mail.Server == "":
		return nil
	case c.Mail.From == "":
		return errors.New("mail.from: is needed with mail.server")
	case len(c.Mail.Recipients) == 0:
		return errors.New("mail.recipients: is needed with mail.server; without any nobody may get mail")
	case (c.Mail.User == "") != (c.Mail.Password == ""):
		return errors.New("mail.user and HALXML_MAIL_PASSWORD: one is set without the other")
	}
	return nil
}
