package dhcpd

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/errs"
	"halxml/internal/model"
)

// Rendering is a configuration and what there is to say about it.
type Rendering struct {
	File *conf.File
	// Text is File in print.
	Text []byte
	// Notes tell where the text says less than the snapshot, in the order of the text.
	Notes []Note
}

// NoteKind says what a Note is about.
type NoteKind uint8

const (
	// Unmigrated: a pool refers to a relationship, but the partner does not serve the same pool. It is rendered without
	// the reference, since dhcpd reports normal operation and loses every update about such addresses.
	Unmigrated NoteKind = iota + 1
	// EmptyClass: a permit names a class that nothing puts clients into. The class is declared without members.
	EmptyClass
	// IPv6: a scope is left out because another daemon with another file serves IPv6.
	IPv6
)

// Note tells where a Rendering says less than its snapshot.
type Note struct {
	Kind   NoteKind
	Object model.Ref
	// Text is one sentence.
	Text string
}

// Render makes the configuration of snap's server. It fails when the snapshot holds what dhcpd cannot express: the error
// names the object. The text is laid out in this order, each part in a fixed order of its own:
//
//	the preamble
//	the server's own option definitions by vendor class and number
//	the operator's statements of the server, then its options
//	failover peers that a pool refers to, by name
//	classes with members and those that permits name, by name
//	subnets and shared networks, by first address; in each its options, then its pools, by first address, then its
//	reservations, by name
//	groups, then reservations of the server as a whole, by name
//	the operator's statements for the end
//
// The operator's statements of an object stand first in its block.
func Render(snap Snapshot) (*Rendering, error) {
	r := renderer{
		snap: &snap, used: map[model.ID]bool{}, classes: map[string]*model.Pool{},
		reserved: map[model.Ref][]*model.Reservation{}, named: map[string]bool{},
	}
	for i := range snap.Reservations {
		res := &snap.Reservations[i]
		r.reserved[res.Owner()] = append(r.reserved[res.Owner()], res)
	}
	if err := r.indexStatements(); err != nil {
		return nil, err
	}
	preamble, err := conf.Parse("preamble", []byte(snap.Preamble), nil)
	if syntax := (*conf.SyntaxError)(nil); errors.As(err, &syntax) {
		return nil, errs.Errorf(errs.Invalid, "The preamble of server %s, line %d: %s", snap.Server.Name, syntax.Pos.Line, syntax.Message)
	}
	own := r.own[place{owner: snap.Server.Ref()}]
	said := &conf.File{Block: conf.Block{Statements: slices.Clone(preamble.Statements)}}
	if own != nil {
		said.Statements = append(said.Statements, own.Statements...)
	}
	r.options = newOptions(&snap, said)
	settings, err := r.optionsOf(snap.Server.Ref(), "the server itself")
	if err != nil {
		return nil, err
	}
	networks, err := r.networks()
	if err != nil {
		return nil, err
	}
	var end conf.Block
	if err := r.end(&end); err != nil {
		return nil, err
	}
	peers, err := r.peers()
	if err != nil {
		return nil, err
	}
	f := &conf.File{Name: "dhcpd.conf"}
	f.Statements = append(r.before(preamble, networks), r.declarations()...)
	if own != nil {
		join(&f.Block, own)
	}
	for _, more := range [][]conf.Statement{settings, peers, r.classDeclarations(said), networks} {
		join(&f.Block, &conf.Block{Statements: more})
	}
	join(&f.Block, &end)
	f.Tail = append(f.Tail, preamble.Tail...)
	if len(f.Statements) > 0 {
		m := f.Statements[0].Place()
		m.Comments = append(r.header(), m.Comments...)
	} else {
		f.Tail = append(r.header(), f.Tail...)
	}
	return &Rendering{File: f, Text: conf.Print(f), Notes: r.notes}, nil
}

type renderer struct {
	snap    *Snapshot
	used    map[model.ID]bool      // relationships that a rendered pool refers to
	classes map[string]*model.Pool // class names in permits, with the first pool
	options options
	// reserved are the reservations of each owner, named the names of host statements in small letters.
	reserved map[model.Ref][]*model.Reservation
	named    map[string]bool
	own      map[place]*conf.Block // the operator's statements
	notes    []Note
}

func (r *renderer) note(kind NoteKind, object model.Ref, text string) {
	r.notes = append(r.notes, Note{kind, object, text})
}

func (r *renderer) header() []string {
	return conf.Comment("Configuration of " + r.snap.Server.Name + ", written by halxml.\nChanges made here are overwritten by the next delivery.")
}

// before returns the preamble's statements but for empty subnets that are scopes too: dhcpd would serve only one of them.
func (r *renderer) before(preamble *conf.File, networks []conf.Statement) []conf.Statement {
	type block struct{ network, mask netip.Addr }
	scopes := map[block]bool{}
	for _, s := range networks {
		if n, ok := s.(*conf.SharedNetwork); ok {
			for _, inner := range n.Statements {
				if subnet, ok := inner.(*conf.Subnet); ok {
					scopes[block{subnet.Network, subnet.Mask}] = true
				}
			}
		} else if subnet, ok := s.(*conf.Subnet); ok {
			scopes[block{subnet.Network, subnet.Mask}] = true
		}
	}
	return slices.DeleteFunc(preamble.Statements, func(s conf.Statement) bool {
		subnet, ok := s.(*conf.Subnet)
		return ok && len(subnet.Statements) == 0 && scopes[block{subnet.Network, subnet.Mask}]
	})
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// peers declares the relationships that are in use, the two sides mirrored.
func (r *renderer) peers() ([]conf.Statement, error) {
	list := make([]*Relationship, 0, len(r.used))
	for i := range r.snap.Relationships {
		if rel := &r.snap.Relationships[i]; r.used[rel.ID] {
			list = append(list, rel)
		}
	}
	slices.SortFunc(list, func(a, b *Relationship) int { return cmp.Compare(a.Name, b.Name) })
	out := make([]conf.Statement, 0, len(list))
	for i, rel := range list {
		if i > 0 && list[i-1].Name == rel.Name {
			return nil, errs.Errorf(errs.Conflict, "Server %s is in two failover relationships named %q.", r.snap.Server.Name, rel.Name)
		}
		p, err := declare(rel, r.snap.Server.ID, r.own[place{owner: rel.Ref()}])
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
