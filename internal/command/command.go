// Package command answers the operations of the API. Each operation is one
// function and one row of the table; it turns the wire request into the domain,
// holds the rules, reads and writes in one transaction and records history in
// that same transaction. It knows no transport: what a fault looks like is the
// codecs' business.
package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"halxml/internal/audit"
	"halxml/internal/auth"
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// Options are what a Service needs. Everything is required but Changed,
// Services, Releaser, Pinger, Mail and Programs.
type Options struct {
	Store  store.Store
	Schema *store.Schema
	Auth   *auth.Auth
	Now    func() time.Time
	// Zone is the time zone of dates in requests and answers.
	Zone *time.Location
	// Changed, if set, is told the servers whose configuration a command
	// changed, after the change is on disk.
	Changed func(servers []model.ID)
	// Services, if set, starts and stops servers and tells whether they run.
	Services Services
	// Releaser, if set, lets servers forget leases.
	Releaser Releaser
	// Pinger, if set, pings addresses.
	Pinger Pinger
	// Mail, if set, sends mail.
	Mail *Mail
	// Programs are those that may be run, by name.
	Programs map[string]Program
}

// Service is the command layer: a hal.Dispatcher.
type Service struct {
	store   store.Store
	schema  *store.Schema
	auth    *auth.Auth
	log     *audit.Log
	now     func() time.Time
	zone    *time.Location
	changed func([]model.ID)
	pinger  Pinger
	table   map[string]row
	results *results

	services Services
	releaser Releaser
	mail     *Mail
	programs map[string]Program
}

// New makes the command layer.
func New(o Options) *Service {
	return &Service{
		store: o.Store, schema: o.Schema, auth: o.Auth, log: audit.New(o.Schema),
		now: o.Now, zone: o.Zone, changed: o.Changed, pinger: o.Pinger, table: table(),
		services: o.Services, releaser: o.Releaser, mail: o.Mail, programs: o.Programs,
		results: newResults(),
	}
}

// mode is what an operation needs before it runs.
type mode uint8

const (
	open   mode = iota // no session, no transaction: Login, Logout
	read               // a session and a snapshot
	write              // a session and a transaction
	direct             // a session; the operation opens its transactions itself
)

// row is one operation of the table.
type row struct {
	mode     mode
	anywhere bool // the session's address space need not be there any more
	run      func(*call, hal.Message) (hal.Message, error)
}

// op makes a row from an operation's function.
func op[Q, P hal.Message](m mode, fn func(*call, Q) (P, error)) row {
	return row{mode: m, run: func(c *call, req hal.Message) (hal.Message, error) {
		q, ok := req.(Q)
		if !ok {
			return nil, fmt.Errorf("command: request of type %T", req)
		}
		return fn(c, q)
	}}
}

// anywhere lets an operation be called when the session's address space is gone.
func anywhere(r row) row {
	r.anywhere = true
	return r
}

// call is one command while it runs.
type call struct {
	*Service
	ctx       context.Context
	tx        store.Tx
	at        time.Time
	id        auth.Identity
	session   string
	remote    netip.Addr
	comment   string
	protocol  string
	toDeliver map[model.ID]bool
	defined   map[model.ObjectType][]*model.PropertyDefinition // as far as read
	anywhere  bool
	in        standpoint
	leaving   map[model.ID]bool // relationships that the command removes, done or not
}

// rollback ends a command without an error but without its changes: the answer
// itself tells what was wrong.
type rollback struct{ answer hal.Message }

func (rollback) Error() string { return "command: rolled back" }

// Dispatch answers one call. The answer of one that reads is encoded while its
// snapshot is open. Its errors are errs errors or read as internal.
func (s *Service) Dispatch(ctx context.Context, hc *hal.Call, answer func(hal.Message) error) error {
	r, ok := s.table[hc.Operation.Name]
	if !ok {
		return errs.Errorf(errs.NotImplemented, "%s is not implemented: %s", hc.Operation.Name, unanswered[hc.Operation.Name])
	}
	c := &call{Service: s, ctx: ctx, at: s.now(), session: hc.Session, remote: hc.Remote, protocol: hc.Protocol, anywhere: r.anywhere}
	if hc.Credential.Scheme == "Bearer" {
		c.session = hc.Credential.Secret
	}
	if r.mode == open {
		response, err := r.run(c, hc.Request)
		hc.User = c.id.Name
		if err != nil {
			return err
		}
		return answer(response)
	}
	id, err := s.auth.Identify(ctx, hc.Session, auth.Credential(hc.Credential), hc.Remote)
	if err != nil {
		return err
	}
	c.id, hc.User = id, id.Name
	if r.mode == read {
		return s.store.View(ctx, func(tx store.Tx) error {
			if err := c.enter(tx); err != nil {
				return err
			}
			response, err := r.run(c, hc.Request)
			if err = cmp.Or(c.in.failed, err); err != nil {
				return err
			}
			return answer(response)
		})
	}
	if r.mode == direct {
		response, err := r.run(c, hc.Request)
		if err != nil {
			return err
		}
		return answer(response)
	}
	var response hal.Message
	err = c.update(func() (err error) {
		response, err = r.run(c, hc.Request)
		return err
	})
	var undone rollback
	if errors.As(err, &undone) {
		return answer(undone.answer)
	}
	if err != nil {
		return err
	}
	return answer(response)
}

// view runs a part of a direct operation on a snapshot.
func (c *call) view(fn func() error) error {
	return c.store.View(c.ctx, func(tx store.Tx) error {
		if err := c.enter(tx); err != nil {
			return err
		}
		err := fn()
		return cmp.Or(c.in.failed, err)
	})
}

// update runs fn in a transaction. When it is on disk, those who deliver are
// told the servers that it changed.
func (c *call) update(fn func() error) error {
	err := c.store.Update(c.ctx, func(tx store.Tx) error {
		c.comment, c.toDeliver = "", nil // the closure may run twice
		if err := c.enter(tx); err != nil {
			return err
		}
		err := fn()
		return cmp.Or(c.in.failed, err)
	})
	if err != nil {
		return err
	}
	if c.changed != nil && len(c.toDeliver) > 0 {
		servers := make([]model.ID, 0, len(c.toDeliver))
		for id := range c.toDeliver {
			servers = append(servers, id)
		}
		c.changed(servers)
	}
	return nil
}

// maxComment bounds a saveComment, bytes.
const maxComment = 64 << 10

// note takes the caller's saveComment for the events of this command. Every
// command that changes something and has a saveComment begins with it.
func (c *call) note(comment hal.Opt[string]) error {
	if len(comment.V) > maxComment {
		return errs.Errorf(errs.TooLarge, "saveComment: longer than %d bytes", maxComment)
	}
	if err := plainText("saveComment", comment.V, true); err != nil {
		return err
	}
	rule, err := c.setting(settingSaveComment)
	switch {
	case err != nil:
		return err
	case rule == commentRequired && strings.TrimSpace(comment.V) == "":
		return errs.Errorf(errs.Missing, "saveComment: required by the system settings")
	case rule != commentOff:
		c.comment = comment.V
	}
	return nil
}

// record writes one history event of this command.
func (c *call) record(t model.EventType, ref model.Ref, name, format string, args ...any) error {
	return c.log.Record(c.tx, model.Event{
		Time: c.at, Type: t, Object: ref, Name: name, Username: c.id.Name,
		Comment: c.comment, Text: fmt.Sprintf(format, args...),
	})
}

// touch marks a server whose configuration this command changes.
func (c *call) touch(servers ...model.ID) {
	if c.toDeliver == nil {
		c.toDeliver = map[model.ID]bool{}
	}
	for _, s := range servers {
		if s != 0 {
			c.toDeliver[s] = true
		}
	}
}

// required is the fault for a field that the command cannot do without.
func required(field string) error {
	return errs.Errorf(errs.Missing, "%s: required", field)
}

// invalid is the fault for a field's value.
func invalid(field, format string, args ...any) error {
	return errs.Errorf(errs.Invalid, field+": "+format, args...)
}

// conflict is the fault for a value that collides with another object.
func conflict(field, format string, args ...any) error {
	return errs.Errorf(errs.Conflict, field+": "+format, args...)
}
