package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"halxml/internal/auth"
	"halxml/internal/command"
	"halxml/internal/jsonscan"
	"halxml/store"
	"halxml/store/bolt"
	"halxml/wsdl/hal"
)

// password is the administrator's of the services that are measured; they
// listen on the loopback address, with data that are thrown away.
const password = "measured for a while"

// direct is the command layer over a data file, called without HTTP.
type direct struct {
	ctx     context.Context
	store   *bolt.Store
	schema  *store.Schema
	auth    *auth.Auth
	command *command.Service
	session string
	buffer  []byte
	out     hal.Output
}

// openDirect opens a data file, or makes it.
func openDirect(ctx context.Context, path string) (*direct, error) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	d := &direct{ctx: ctx, store: s, schema: store.NewSchema()}
	if err := d.open(); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *direct) open() (err error) {
	if err := store.Migrate(d.ctx, d.store); err != nil {
		return err
	}
	d.auth, err = auth.New(auth.Options{Store: d.store, Schema: d.schema, Now: time.Now})
	if err != nil {
		return err
	}
	if _, _, err := d.auth.EnsureAdministrator(d.ctx, password); err != nil {
		return err
	}
	if d.session, _, err = d.auth.Login(d.ctx, auth.AdministratorName, password, netip.Addr{}); err != nil {
		return err
	}
	d.command = command.New(command.Options{Store: d.store, Schema: d.schema, Auth: d.auth, Now: time.Now, Zone: time.UTC})
	return nil
}

func (d *direct) close() error {
	var err error
	if d.auth != nil {
		err = d.auth.Close()
	}
	return errors.Join(err, d.store.Close())
}

// request is an operation with its parameters, decoded once.
type request struct {
	operation *hal.Operation
	message   hal.Message
}

func newRequest(operation, params string) (request, error) {
	op, _, ok := hal.Lookup(operation)
	if !ok {
		return request{}, fmt.Errorf("no operation %s", operation)
	}
	message := op.NewRequest()
	return request{op, message}, message.DecodeJSON(jsonscan.New(params, jsonscan.DefaultLimits()))
}

// do calls an operation and returns its answer as JSON, valid until the next.
func (d *direct) do(r request) ([]byte, error) {
	err := d.command.Dispatch(d.ctx, &hal.Call{Operation: r.operation, Request: r.message, Session: d.session, Protocol: "json"},
		func(response hal.Message) (err error) {
			d.buffer, err = d.out.AppendJSON(d.buffer[:0], response)
			return err
		})
	return d.buffer, err
}

// call is do for parameters as text.
func (d *direct) call(operation, params string) ([]byte, error) {
	r, err := newRequest(operation, params)
	if err != nil {
		return nil, err
	}
	answer, err := d.do(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", operation, params, err)
	}
	return answer, nil
}
