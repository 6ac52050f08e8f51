package command

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Mail says what mail may be sent, as the operator has it.
type Mail struct {
	Server  string   // host:port; a request may name it with or without the port
	From    string   // the only sender
	Domains []string // of recipients
	Send    func(context.Context, MailMessage) error
}

// MailMessage is a mail in plain text.
type MailMessage struct {
	From          *mail.Address
	To, Cc, Bcc   []*mail.Address
	Subject, Body string
}

// MailRefused is an error of Mail.Send whose text, a server's, may be told.
type MailRefused interface {
	error
	Refused() string
}

// maxRecipients bounds who gets a mail.
const maxRecipients = 100

// sendMail sends a mail to those that the operator allows, outside of any
// transaction, and records it whether it was taken or not.
func sendMail(c *call, req *hal.SendMail) (*hal.SendMailResponse, error) {
	allowed := c.mail
	if allowed == nil {
		return nil, errs.Errorf(errs.NotSupported, "No mail is sent; the service's configuration says so (mail.server)")
	}
	m, err := allowed.message(req)
	if err != nil {
		return nil, err
	}
	to := slices.Concat(m.To, m.Cc, m.Bcc)
	if len(to) > maxRecipients {
		return nil, errs.Errorf(errs.TooLarge, "to: %d recipients are more than %d", len(to), maxRecipients)
	}
	sent := allowed.Send(c.ctx, m)
	what := model.Modification
	text := "Mail " + quote(m.Subject) + " sent to " + addressees(to)
	if sent != nil {
		what, text = model.ErrorEvent, "Mail "+quote(m.Subject)+" to "+addressees(to)+" could not be sent"
	}
	c.ctx = context.WithoutCancel(c.ctx) // what was done is recorded in any case
	if err := c.update(func() error { return c.record(what, suite, "Mail", "%s", text) }); err != nil {
		return nil, err
	}
	var refused MailRefused
	switch {
	case errors.As(sent, &refused):
		return nil, errs.Wrap(sent, errs.Generic, "The SMTP server does not take the mail: %s", refused.Refused())
	case sent != nil:
		return nil, errs.Wrap(sent, errs.Unavailable, "The mail could not be handed to the SMTP server")
	}
	return &hal.SendMailResponse{}, nil
}

// message reads a request and holds it against what is allowed.
func (m *Mail) message(req *hal.SendMail) (out MailMessage, err error) {
	server := strings.TrimSpace(req.SMTPServer.V)
	host := m.Server[:strings.LastIndexByte(m.Server, ':')]
	switch {
	case server == "":
		return out, required("smtpServer")
	case !strings.EqualFold(server, m.Server) && !strings.EqualFold(server, strings.Trim(host, "[]")):
		return out, invalid("smtpServer", "%s is not the server that the service's configuration allows", quote(server))
	case strings.TrimSpace(req.From.V) == "":
		return out, required("from")
	}
	if out.From, err = mail.ParseAddress(req.From.V); err != nil {
		return out, invalid("from", "%s is not a mail address", quote(req.From.V))
	}
	if !strings.EqualFold(out.From.Address, m.From) {
		return out, invalid("from", "%s is not the sender that the service's configuration allows", quote(out.From.Address))
	}
	if strings.TrimSpace(req.To.V) == "" {
		return out, required("to")
	}
	for _, l := range []struct {
		field, text string
		to          *[]*mail.Address
	}{{"to", req.To.V, &out.To}, {"cc", req.Cc.V, &out.Cc}, {"bcc", req.Bcc.V, &out.Bcc}} {
		if *l.to, err = m.recipients(l.field, l.text); err != nil {
			return out, err
		}
	}
	if err := optionalName("subject", req.Subject.V); err != nil {
		return out, err
	}
	if req.Body.V == "" {
		return out, required("body")
	}
	out.Subject, out.Body = req.Subject.V, req.Body.V
	return out, plainText("body", req.Body.V, true)
}

// recipients reads a list of addresses, each of an allowed domain.
func (m *Mail) recipients(field, text string) ([]*mail.Address, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	all, err := mail.ParseAddressList(text)
	if err != nil {
		return nil, invalid(field, "%s is not a list of mail addresses separated by commas", quote(text))
	}
	for _, a := range all {
		domain := a.Address[strings.LastIndexByte(a.Address, '@')+1:]
		if !slices.ContainsFunc(m.Domains, func(d string) bool { return strings.EqualFold(d, domain) }) {
			return nil, invalid(field, "mail to %s is not allowed by the service's configuration (mail.recipients)", quote(a.Address))
		}
	}
	return all, nil
}

// addressees lists the first recipients of a mail.
func addressees(all []*mail.Address) string {
	const most = 5
	var texts []string
	for _, a := range all[:min(len(all), most)] {
		texts = append(texts, a.Address)
	}
	text := strings.Join(texts, ", ")
	if more := len(all) - most; more > 0 {
		text += " and " + count(more, "other")
	}
	return text
}
