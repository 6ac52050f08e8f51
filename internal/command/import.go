package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"halxml/internal/auth"
	"halxml/internal/errs"
	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/store"
)

// Import is who imports, and how.
type Import struct {
	Username string // for history
	Comment  string // for history
	Space    string // the address space by name; "" = the default one
	DryRun   bool   // find out what would happen, and change nothing
}

// importInto lets an import work in a space by name.
func (c *call) importInto(name string) error {
	if name == "" {
		return nil
	}
	s, err := c.addressSpace("space", name)
	if err == nil {
		c.in.id = s.ID
	}
	return err
}

// errDryRun undoes an import that was only to be tried.
var errDryRun = errors.New("command: dry run")

// Import takes what configuration files say into the store: everything in one
// transaction, or nothing. A reservation or pool that the rules refuse, while a
// server runs with it, stays in the server's own language, in its place. A
// server that is not known is added; one that is must be of the same kind and
// have nothing yet. It returns the intake's findings and its own.
func (s *Service) Import(ctx context.Context, in *intake.Intake, o Import) (findings []intake.Finding, err error) {
	if n := in.Refusals(); n > 0 {
		return in.Findings, errs.Errorf(errs.Invalid, "%s refused; nothing was imported", count(n, "statement"))
	}
	var c *call
	err = s.store.Update(ctx, func(tx store.Tx) error {
		c = &call{Service: s, ctx: ctx, tx: tx, at: s.now(), id: auth.Identity{Name: o.Username}, comment: o.Comment}
		if err := c.importInto(o.Space); err != nil {
			return err
		}
		i := &importer{call: c, found: intake.Intake{Findings: slices.Clone(in.Findings)}, peers: map[peerKey]model.ID{}}
		if err := i.run(in); err != nil {
			return err
		}
		i.found.Sort()
		findings = i.found.Findings
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	switch {
	case errors.Is(err, errDryRun):
		return findings, nil
	case err != nil:
		return in.Findings, err
	}
	if s.changed != nil && len(c.toDeliver) > 0 {
		var servers []model.ID
		for id := range c.toDeliver {
			servers = append(servers, id)
		}
		s.changed(servers)
	}
	return findings, nil
}

// peerKey names a relationship on a server.
type peerKey struct {
	server *intake.Server
	name   string
}

// importer stores an intake.
type importer struct {
	*call
	found   intake.Intake // the findings
	servers map[*intake.Server]*model.Server
	peers   map[peerKey]model.ID
	// mirrored brings what is stored to failover partners, as single commands do.
	// An import has the files of both.
	mirrored bool
}

func (i *importer) run(in *intake.Intake) error {
	i.servers = map[*intake.Server]*model.Server{}
	for _, s := range in.Servers {
		server, err := i.importServer(s)
		if err != nil {
			return at(s.Place, err)
		}
		i.servers[s] = server
	}
	for _, r := range in.Relationships {
		if err := i.relationship(r); err != nil {
			return at(r.Primary.Place, err)
		}
	}
	for _, s := range in.Servers {
		if err := i.contents(s, i.servers[s]); err != nil {
			return err
		}
	}
	for _, r := range in.Relationships {
		if err := i.join(r); err != nil {
			return err
		}
	}
	return nil
}

// at puts the place into the text of a rule's refusal.
func at(p intake.Place, err error) error {
	code := errs.CodeOf(err)
	if err == nil || !code.Caller() {
		return err
	}
	return errs.Errorf(code, "%s: %s", p, errs.MessageOf(err))
}

// importServer finds or adds the server of a file.
func (i *importer) importServer(in *intake.Server) (*model.Server, error) {
	c := i.call
	known, err := c.schema.ServersByName.First(c.tx, store.NameKey(in.Name))
	if err == nil {
		if err := c.stand("name", known.Name, known); err != nil {
			return nil, err
		}
		return known, c.mustBeNew(known, in)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	s := &model.Server{SpaceID: c.space(), Name: in.Name, Kind: in.Kind, Address: in.Address, Enabled: true, State: model.StateUnknown}
	if err := c.checkServer("", s); err != nil {
		return nil, err
	}
	if err := c.schema.Servers.Insert(c.tx, s); err != nil {
		return nil, err
	}
	c.touch(s.ID)
	return s, c.record(model.Creation, s.Ref(), s.Name, "DHCP server %s (%s) added by importing its configuration", s.Name, s.Kind)
}

// mustBeNew refuses to import into a server that has something.
func (c *call) mustBeNew(s *model.Server, in *intake.Server) error {
	if !s.Kind.Same(in.Kind) {
		return conflict("name", "the server %s is of type %s, not %s", s.Name, s.Kind, in.Kind)
	}
	key := keyOf(s.ID)
	for _, has := range []struct {
		what string
		any  func() (bool, error)
	}{
		{"scopes", func() (bool, error) { return anyRecord(c, c.schema.ScopesByServer, key) }},
		{"failover relationships", func() (bool, error) { return anyRecord(c, c.schema.RelationshipsByServer, key) }},
		{"groups", func() (bool, error) { return anyRecord(c, c.schema.GroupsByServer, key) }},
		{"reservations", func() (bool, error) { return anyRecord(c, c.schema.ReservationsByOwner, store.RefKey(s.Ref())) }},
		{"option definitions", func() (bool, error) { return anyRecord(c, c.schema.DefinitionsByServer, key) }},
		{"classes", func() (bool, error) { return anyRecord(c, c.schema.ClassesByServer, key) }},
		{"imported statements", func() (bool, error) { return anyRecord(c, c.schema.StatementsByServer, key) }},
		{"options", func() (bool, error) { return c.hasOptions(s.ID) }},
	} {
		found, err := has.any()
		if err != nil {
			return err
		}
		if found {
			return inUse("name", "the server %s has %s already; a configuration is imported into a server that has nothing yet", s.Name, has.what)
		}
	}
	return nil
}

// anyRecord reports whether an index has a key that begins so.
func anyRecord[T any](c *call, x *store.Index[T], prefix store.Key) (bool, error) {
	for _, err := range x.IDs(c.tx, prefix) {
		return err == nil, err
	}
	return false, nil
}

// relationship stores a failover relationship. Pools refer to it as the files
// say, whatever the first-peer rule would do.
func (i *importer) relationship(in *intake.Relationship) error {
	c := i.call
	primary, secondary := i.servers[in.Primary.Server], i.servers[in.Secondary.Server]
	r := in.Relationship
	r.PrimaryID, r.SecondaryID = primary.ID, secondary.ID
	if primary.ID == secondary.ID {
		return conflict("name", "both files are of the server %s", primary.Name)
	}
	if err := c.schema.Relationships.Insert(c.tx, &r); err != nil {
		return err
	}
	c.touch(primary.ID, secondary.ID)
	for _, e := range []struct {
		end          intake.End
		own, partner *model.Server
	}{{in.Primary, primary, secondary}, {in.Secondary, secondary, primary}} {
		i.peers[peerKey{e.end.Server, r.Name}] = r.ID
		if err := i.statements(e.own.ID, r.Ref(), model.BeginPart, "", e.end.Lines(e.own, e.partner)); err != nil {
			return err
		}
	}
	return c.record(model.Creation, r.Ref(), r.Name, "Failover relationship %s imported, primary %s, secondary %s", r.Name, primary.Name, secondary.Name)
}

// statements stores what the operator has said of an object.
func (i *importer) statements(server model.ID, owner model.Ref, part model.StatementsPart, name string, all intake.Statements) error {
	if len(all) == 0 {
		return nil
	}
	return i.schema.Statements.Insert(i.tx, &model.Statements{ServerID: server, Owner: owner, Part: part, Name: name, Text: all.Text()})
}

// options stores the options of an object.
func (i *importer) options(server model.ID, owner model.Ref, all []model.Option) error {
	if len(all) == 0 {
		return nil
	}
	return i.storeOptions(&model.OptionSet{Owner: owner, ServerID: server, Options: slices.Clone(all)})
}

// contents stores all that a server's file says.
func (i *importer) contents(in *intake.Server, s *model.Server) error {
	c := i.call
	for _, d := range in.Definitions {
		d.ServerID = s.ID
		if err := c.checkDefinition("option", s, &d); err != nil {
			return at(in.Place, err)
		}
		if err := c.schema.Definitions.Insert(c.tx, &d); err != nil {
			return err
		}
	}
	if err := i.options(s.ID, s.Ref(), in.Options); err != nil {
		return err
	}
	for _, scope := range in.Scopes {
		if err := i.scope(in, s, scope); err != nil {
			return err
		}
	}
	if err := i.groups(s, in.Groups, 0); err != nil {
		return err
	}
	end := slices.Clone(in.End)
	if err := i.hosts(owner{server: s}, in.Hosts, &end); err != nil {
		return err
	}
	for _, part := range []struct {
		part model.StatementsPart
		all  intake.Statements
	}{{model.BeginPart, in.Begin}, {model.EndPart, end}} {
		if err := i.statements(s.ID, s.Ref(), part.part, "", part.all); err != nil {
			return err
		}
	}
	for name, all := range in.Networks {
		if err := i.statements(s.ID, s.Ref(), model.SharedNetworkPart, name, *all); err != nil {
			return err
		}
	}
	for part, text := range in.Daemons {
		if err := i.statements(s.ID, s.Ref(), part, "", intake.Statements{{Text: text}}); err != nil {
			return err
		}
	}
	return c.record(model.Modification, s.Ref(), s.Name, "Configuration %s imported: %s", in.Place.File,
		fmt.Sprintf("%s, %s, %s", count(len(in.Scopes), "scope"), count(len(in.Groups), "group"), count(len(in.Hosts), "reservation")+" outside them"))
}
