package command_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"halxml/internal/command"
	"halxml/internal/errs"
)

// saidNo is what an SMTP server says.
type saidNo struct{ error }

func (saidNo) Refused() string { return "mailbox full" }

func TestSendMail(t *testing.T) {
	var sent []string
	var failure error
	s := newServiceWith(t, func(o *command.Options) {
		o.Mail = &command.Mail{Server: "mail.example.com:25", From: "halxml@example.com", Domains: []string{"example.com", "example.org"},
			Send: func(_ context.Context, m command.MailMessage) error {
				sent = append(sent, fmt.Sprint(m.From, m.To, m.Cc, m.Bcc, m.Subject, "|", m.Body))
				return failure
			}}
	})
	const usual = `"smtpServer":"mail.example.com","from":"halxml@example.com","to":"a@example.com","body":"x"`
	if got := s.text("SendMail", `{"smtpServer":"MAIL.example.com:25","from":"IPAM <HALXML@example.com>","to":"a@example.com, \"B, C\" <b@EXAMPLE.org>","cc":"c@example.com","bcc":"d@example.com","subject":"Übung","body":"one\ntwo"}`); got != `""` {
		t.Errorf("the answer is %s", got)
	}
	if want := `"IPAM" <HALXML@example.com> [<a@example.com> "B, C" <b@EXAMPLE.org>] [<c@example.com>] [<d@example.com>]Übung|` + "one\ntwo"; len(sent) != 1 || sent[0] != want {
		t.Errorf("sent %s", sent)
	}
	s.text("SendMail", `{`+usual+`}`)
	if got := s.names("GetHistory", `{"limit":2}`, "events", "eventText"); got != `Mail "" sent to a@example.com Mail "Übung" sent to a@example.com, b@EXAMPLE.org, c@example.com, d@example.com` {
		t.Errorf("history: %s", got)
	}

	sent = nil
	many := strings.Repeat("a@example.com,", 100) + "b@example.com"
	for _, c := range []struct {
		code   errs.Code
		params string
		words  []string
	}{
		{errs.Missing, `{"from":"halxml@example.com","to":"a@example.com","body":"x"}`, []string{"smtpServer: required"}},
		{errs.Invalid, `{"smtpServer":"evil.example.net","from":"halxml@example.com","to":"a@example.com","body":"x"}`, []string{"smtpServer", "evil.example.net"}},
		{errs.Invalid, `{"smtpServer":"mail.example.com:2525","from":"halxml@example.com","to":"a@example.com","body":"x"}`, []string{"smtpServer", "2525"}},
		{errs.Missing, `{"smtpServer":"mail.example.com","to":"a@example.com","body":"x"}`, []string{"from: required"}},
		{errs.Invalid, `{"smtpServer":"mail.example.com","from":"nobody","to":"a@example.com","body":"x"}`, []string{"from", "nobody"}},
		{errs.Invalid, `{"smtpServer":"mail.example.com","from":"boss@example.com","to":"a@example.com","body":"x"}`, []string{"from", "boss@example.com"}},
		{errs.Missing, `{"smtpServer":"mail.example.com","from":"halxml@example.com","body":"x"}`, []string{"to: required"}},
		{errs.Invalid, `{"smtpServer":"mail.example.com","from":"halxml@example.com","to":"a@example.com b","body":"x"}`, []string{"to", "list of mail addresses"}},
		{errs.Invalid, `{"smtpServer":"mail.example.com","from":"halxml@example.com","to":"a@example.com\r\nBcc: x@example.net","body":"x"}`, []string{"to"}},
		{errs.Invalid, `{"smtpServer":"mail.example.com","from":"halxml@example.com","to":"a@sub.example.com","body":"x"}`, []string{"to", "a@sub.example.com", "mail.recipients"}},
		{errs.Invalid, `{` + usual + `,"cc":"x@example.net"}`, []string{"cc", "x@example.net"}},
		{errs.Invalid, `{` + usual + `,"bcc":"x@example.net"}`, []string{"bcc", "x@example.net"}},
		{errs.TooLarge, `{"smtpServer":"mail.example.com","from":"halxml@example.com","to":"` + many + `","body":"x"}`, []string{"to", "101"}},
		{errs.Invalid, `{` + usual + `,"subject":"a\nb"}`, []string{"subject", "control"}},
		{errs.TooLarge, `{` + usual + `,"subject":"` + strings.Repeat("x", 256) + `"}`, []string{"subject"}},
		{errs.Missing, `{"smtpServer":"mail.example.com","from":"halxml@example.com","to":"a@example.com"}`, []string{"body: required"}},
		{errs.Invalid, `{"smtpServer":"mail.example.com","from":"halxml@example.com","to":"a@example.com","body":"\u0000"}`, []string{"body", "control"}},
	} {
		s.refused(c.code, "SendMail", c.params, c.words...)
	}
	if len(sent) > 0 {
		t.Errorf("refused and sent: %s", sent)
	}

	for _, c := range []struct {
		failure error
		code    errs.Code
		text    string
	}{
		{saidNo{errors.New("552")}, errs.Generic, "The SMTP server does not take the mail: mailbox full"},
		{errors.New("dial tcp /run/secret"), errs.Unavailable, "The mail could not be handed to the SMTP server"},
	} {
		failure = c.failure
		if _, err := s.try("SendMail", `{`+usual+`}`); errs.CodeOf(err) != c.code || errs.MessageOf(err) != c.text {
			t.Errorf("%v: %v %s", c.failure, errs.CodeOf(err), errs.MessageOf(err))
		}
		if got := s.text("GetHistory", `{"limit":1}`); !strings.Contains(got, `"eventType":"Error"`) || !strings.Contains(got, `to a@example.com could not be sent`) {
			t.Errorf("history: %s", got)
		}
	}
	newService(t).refused(errs.NotSupported, "SendMail", `{`+usual+`}`, "mail.server")
}
