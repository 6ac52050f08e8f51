package kea

import (
	"slices"
	"strings"

	"halxml/internal/kea/conf"
	"halxml/internal/model"
	"halxml/internal/option"
)

// Rendering is a configuration and what there is to say about it.
type Rendering struct {
	File *conf.File
	// Text is File in print, with a comment at the top.
	Text []byte
	// Notes tell where the text says less than the snapshot, in the order of the text.
	Notes []Note
}

// NoteKind says what a Note is about.
type NoteKind uint8

const (
	// Permits: a pool has permits, which Kea does not have.
	Permits NoteKind = iota + 1
	// Classed: a pool is kept for a class of clients by the operator, and therefore not divided between partners.
	Classed
	// Listener: the relationship wants a dedicated listener, which the server's version does not have.
	Listener
	// Option: an option is for a class of clients, or set where Kea cannot set it.
	Option
)

// Note tells where a Rendering says less than its snapshot.
type Note struct {
	Kind   NoteKind
	Object model.Ref
	// Text is one sentence.
	Text string
}

// Render makes the configuration of snap's server for one of its daemons. It fails when the snapshot holds what Kea cannot
// express: the error names the object.
//
// A subnet has the id of its scope, else of its range: partners must have the same ids, and both have a scope of the range.
func Render(snap Snapshot) (*Rendering, error) {
	r := newRenderer(&snap)
	r.settings()
	if err := r.server(); err != nil {
		return nil, err
	}
	if err := r.highAvailability(); err != nil {
		return nil, err
	}
	if err := r.networks(); err != nil {
		return nil, err
	}
	f := &conf.File{Dhcp4: r.out}
	if snap.v6() {
		f = &conf.File{Dhcp6: r.out}
	}
	return &Rendering{File: f, Text: append(r.header(), conf.Print(f)...), Notes: r.notes}, nil
}

type renderer struct {
	snap *Snapshot
	out  *conf.Server
	// catalog is the options that the server knows.
	catalog *option.Catalog
	// shares are the classes of the two servers that pools are divided between; nil without load balancing.
	shares   []string
	sets     map[model.Ref]*model.OptionSet
	reserved map[model.Ref][]*model.Reservation // by owner
	notes    []Note
	noted    map[Note]bool
}

func newRenderer(snap *Snapshot) *renderer {
	r := &renderer{
		snap: snap, out: snap.base(), catalog: option.NewCatalog(snap.Server.Kind, snap.v6(), snap.Definitions),
		sets: map[model.Ref]*model.OptionSet{}, reserved: map[model.Ref][]*model.Reservation{}, noted: map[Note]bool{},
	}
	for i := range snap.Options {
		if s := &snap.Options[i]; s.PolicyID == 0 {
			r.sets[s.Owner] = s
		}
	}
	for i := range snap.Reservations {
		o := &snap.Reservations[i]
		r.reserved[o.Owner()] = append(r.reserved[o.Owner()], o)
	}
	return r
}

func (r *renderer) note(kind NoteKind, object model.Ref, text string) {
	if n := (Note{kind, object, text}); !r.noted[n] { // a divided pool is written twice
		r.noted[n] = true
		r.notes = append(r.notes, n)
	}
}

func (r *renderer) header() []byte {
	name := strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, r.snap.Server.Name)
	return []byte("// Configuration of " + name + ", written by halxml.\n// Changes made here are overwritten by the next delivery.\n")
}

func (r *renderer) settings() {
	s := &r.snap.Settings
	if s.Interfaces != nil {
		if r.out.Interfaces == nil {
			r.out.Interfaces = &conf.Interfaces{}
		}
		r.out.Interfaces.Names = slices.Clone(s.Interfaces)
		r.out.Interfaces.Rest.Delete("interfaces")
	}
	if s.ControlSocket != "" {
		r.out.ControlSocket = &conf.ControlSocket{Type: "unix", Name: s.ControlSocket}
	}
	if s.LeaseDatabase != nil {
		r.out.LeaseDatabase = s.LeaseDatabase
	}
}

// server writes what is of the daemon as a whole.
func (r *renderer) server() (err error) {
	if !r.snap.v6() {
		at := place{r.snap.Server.Ref(), "server " + r.snap.Server.Name, &r.out.Rest}
		if r.out.Options, err = r.options(at, r.out.Options); err != nil {
			return err
		}
	}
	before := len(r.out.Reservations)
	r.out.Reservations, err = r.reservations(r.snap.Server.Ref(), r.out.Reservations)
	if _, said := r.out.Rest.Get("reservations-global"); len(r.out.Reservations) > before && r.snap.Reservations != nil && !said {
		r.out.Rest.Set("reservations-global", true) // or else Kea looks at those of subnets only, as it does for Base
	}
	return err
}
