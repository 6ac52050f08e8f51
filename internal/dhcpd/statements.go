package dhcpd

import (
	"errors"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/errs"
	"halxml/internal/model"
)

// place is where statements of the operator belong.
type place struct {
	owner model.Ref
	part  model.StatementsPart
	name  string
}

// indexStatements parses the operator's statements, each in the block that it belongs in, and notes which peers they
// refer to: those must be declared.
func (r *renderer) indexStatements() error {
	r.own = make(map[place]*conf.Block, len(r.snap.Statements))
	for i := range r.snap.Statements {
		s := &r.snap.Statements[i]
		if s.ServerID != r.snap.Server.ID { // a relationship has some on either server
			continue
		}
		block, err := parseIn(s.Owner.Type, s.Part, s.Text)
		if syntax := (*conf.SyntaxError)(nil); errors.As(err, &syntax) {
			return errs.Errorf(errs.Invalid, "The operator's statements of %s %s on server %s, line %d: %s",
				s.Owner.Type, s.Owner, r.snap.Server.Name, syntax.Pos.Line, syntax.Message)
		}
		r.own[place{s.Owner, s.Part, s.Name}] = block
		for st := range block.All() {
			ref, ok := st.(*conf.FailoverRef)
			if !ok {
				continue
			}
			for i := range r.snap.Relationships {
				if rel := &r.snap.Relationships[i]; rel.Name == ref.Name {
					r.used[rel.ID] = true
				}
			}
		}
	}
	return nil
}

// parseIn parses statements as dhcpd would inside an object's block: some words mean another thing in a pool or a host.
func parseIn(owner model.ObjectType, part model.StatementsPart, text string) (*conf.Block, error) {
	head := map[model.ObjectType]string{
		model.TypeScope: "subnet 0.0.0.0 netmask 0.0.0.0", model.TypePool: "pool", model.TypeGroup: "group",
		model.TypeReservation: "host x", model.TypeRelationship: "failover peer x",
	}[owner]
	if part == model.SharedNetworkPart {
		head = "shared-network x"
	}
	if head == "" {
		f, err := conf.Parse("statements", []byte(text), nil)
		if err != nil {
			return nil, err
		}
		return &f.Block, nil
	}
	f, err := conf.Parse("statements", []byte(head+" {"+"\n"+text+"\n}"), nil)
	if syntax := (*conf.SyntaxError)(nil); errors.As(err, &syntax) {
		syntax.Pos.Line--
		return nil, syntax
	}
	if err != nil || len(f.Statements) != 1 {
		return nil, &conf.SyntaxError{Pos: conf.Pos{Line: 1}, Message: "the braces do not match"}
	}
	switch s := f.Statements[0].(type) {
	case *conf.FailoverPeer:
		b := &conf.Block{Tail: s.Tail}
		for _, set := range s.Settings {
			b.Statements = append(b.Statements, set)
		}
		return b, nil
	case conf.Nested:
		return s.Body(), nil
	}
	return nil, &conf.SyntaxError{Pos: conf.Pos{Line: 1}, Message: "the braces do not match"}
}

// join appends a block to another; comments behind the last statement of the first stay where they are.
func join(b, more *conf.Block) {
	if len(more.Statements) > 0 {
		m := more.Statements[0].Place()
		m.Comments = append(b.Tail[:len(b.Tail):len(b.Tail)], m.Comments...)
		b.Tail = nil
	}
	b.Statements = append(b.Statements, more.Statements...)
	b.Tail = append(b.Tail, more.Tail...)
}

// write puts the operator's statements of a place into a block, and then more.
func (r *renderer) write(b *conf.Block, at place, more ...conf.Statement) {
	if own := r.own[at]; own != nil {
		join(b, own)
	}
	join(b, &conf.Block{Statements: more})
}
