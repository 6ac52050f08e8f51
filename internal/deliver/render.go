// Package deliver brings the stored configuration to real servers. It renders
// what a server and its failover partners should run, judges it, and, where
// the operator has configured how, puts it there: validated before anything is
// touched, one partner after the other, and rolled back when a server does not
// work with it. It watches what the servers say of themselves.
//
// It answers no wire format; package operator has its URLs.
package deliver

import (
	"context"
	"errors"
	"strings"

	"halxml/internal/dhcpd"
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/snapshot"
	"halxml/store"
)

// Renderer makes configurations from what is stored. Its preambles are the
// operator's statements and Kea what is known of Kea servers, by the server's
// name.
type Renderer struct {
	Schema    *store.Schema
	Preambles map[string]string
	Kea       map[string]Kea
	bare      bool // without the statements that are stored
}

// Rendering is the configuration that a server should run.
type Rendering struct {
	Server model.Server
	Text   []byte // all that is delivered
	// Files are Text in the files that the server reads: one, or one for each
	// daemon of a Kea server.
	Files []File
	// Notes are sentences about what is stored and not in the text.
	Notes []string
	tree  language // Text
}

// File is one file of a Rendering.
type File struct {
	Service model.ServiceType // of a Kea server's daemon; "" is the server's only file
	Text    []byte
}

// Server renders one server within a transaction. It fails when the server's
// kind has no configuration file here, or when what is stored cannot be
// expressed in it.
func (r *Renderer) Server(tx store.Tx, s *model.Server) (*Rendering, error) {
	if s.Kind.IsKea() {
		return r.kea(tx, s)
	}
	if s.Kind != model.KindISC {
		return nil, errs.Errorf(errs.NotSupported, "Server %s is of type %s, for which no configuration is rendered", s.Name, s.Kind)
	}
	snap, err := snapshot.ISC(tx, r.Schema, s)
	if err != nil {
		return nil, err
	}
	snap.Preamble = r.preamble(s)
	if r.bare {
		snap.Statements = nil
	}
	made, err := dhcpd.Render(snap)
	if err != nil {
		return nil, err
	}
	out := &Rendering{Server: *s, Text: made.Text, Files: []File{{Text: made.Text}}, tree: iscText{made.File}}
	for _, n := range made.Notes {
		out.Notes = append(out.Notes, n.Text)
	}
	return out, nil
}

// File is the file of a service, "" is the first.
func (r *Rendering) File(service model.ServiceType) ([]byte, error) {
	for _, f := range r.Files {
		if service == "" || strings.EqualFold(string(f.Service), string(service)) {
			return f.Text, nil
		}
	}
	return nil, errs.Errorf(errs.NotFound, "Server %s has no configuration for the service %q", r.Server.Name, service)
}

func (r *Renderer) preamble(s *model.Server) string {
	return named(r.Preambles, s)
}

// named is what a map has under a server's name.
func named[T any](all map[string]T, s *model.Server) (found T) {
	for name, v := range all {
		if s.Is(name) {
			return v
		}
	}
	return found
}

// Named renders the server of that name, or of that reference, in a transaction
// of its own.
func (r *Renderer) Named(ctx context.Context, data store.Store, name string) (out *Rendering, err error) {
	err = data.View(ctx, func(tx store.Tx) error {
		s, err := find(tx, r.Schema, name)
		if err != nil {
			return err
		}
		out, err = r.Server(tx, s)
		return err
	})
	return out, err
}

// find is the server of that name or reference.
func find(tx store.Tx, schema *store.Schema, name string) (*model.Server, error) {
	var s *model.Server
	var err error
	if ref, ok := model.ParseRef(name); ok && ref.Type == model.TypeServer {
		s, err = schema.Servers.Get(tx, ref.ID)
	} else {
		s, err = schema.ServersByName.First(tx, store.NameKey(name))
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, errs.Errorf(errs.NotFound, "There is no DHCP server %q", name)
	}
	return s, err
}
