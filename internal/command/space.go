package command

import (
	"errors"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

// Servers, ranges, addresses, devices and folders lie each in one address space;
// what is a server's lies in that of the server, and a scope's server and range
// in the same. A command works in one space: in that of the object it names by
// reference first, else in the one of the session. Names, addresses and lists
// are of that space.

// standpoint tells in which space a command works.
type standpoint struct {
	id     model.ID // 0 = not asked yet
	anchor any      // the record that tells; nil = the session
	many   int8     // whether there are other spaces than the default one: 0 = not asked yet, 1 = no, 2 = yes
	of     map[model.ID]model.ID
	failed error
}

// enter starts a transaction, in the session's space. That must still be there
// unless the command may be given anywhere.
func (c *call) enter(tx store.Tx) error {
	c.tx, c.defined, c.in = tx, nil, standpoint{}
	if c.anywhere || c.id.SpaceID == 0 || c.id.SpaceID == model.DefaultSpace {
		return nil
	}
	_, err := c.schema.Spaces.Get(tx, c.id.SpaceID)
	if errors.Is(err, store.ErrNotFound) {
		return errs.Errorf(errs.NotFound, "The address space of this session was removed; choose another with SetCurrentAddressSpace")
	}
	return err
}

// space is the address space that the command works in.
func (c *call) space() model.ID {
	if c.in.id != 0 {
		return c.in.id
	}
	c.in.id = model.DefaultSpace
	if c.id.SpaceID != 0 {
		c.in.id = c.id.SpaceID
	}
	if c.in.anchor == nil {
		return c.in.id
	}
	many, err := c.manySpaces()
	if err == nil && many {
		var id model.ID
		if id, err = c.spaceOf(c.in.anchor); id != 0 {
			c.in.id = id
		}
	}
	if err != nil {
		c.in.failed = err // told when the command ends
	}
	return c.in.id
}

// elsewhere lets a command that takes objects one by one begin anew.
func (c *call) elsewhere() { c.in.id, c.in.anchor = 0, nil }

// manySpaces reports whether there is another space than the default one.
func (c *call) manySpaces() (bool, error) {
	if c.in.many == 0 {
		n, err := c.schema.Spaces.Count(c.tx)
		if err != nil {
			return false, err
		}
		c.in.many = 1
		if n > 1 {
			c.in.many = 2
		}
	}
	return c.in.many == 2, nil
}

// stand makes an object that a reference named the one that tells the space, or
// refuses it when it lies in another than the command works in.
func (c *call) stand(field, text string, rec any) error {
	if c.in.id == 0 && c.in.anchor == nil {
		c.in.anchor = rec
		return nil
	}
	if many, err := c.manySpaces(); err != nil || !many {
		return err
	}
	if c.in.id == 0 {
		tells, err := c.spaceOf(c.in.anchor)
		if err != nil {
			return err
		}
		if tells == 0 { // it lies in no space
			c.in.anchor = rec
			return nil
		}
	}
	of, err := c.spaceOf(rec)
	if err != nil || of == 0 || of == c.space() {
		return err
	}
	there, err := c.schema.Spaces.Get(c.tx, of)
	if err != nil {
		return err
	}
	here, err := c.schema.Spaces.Get(c.tx, c.space())
	if err != nil {
		return err
	}
	return invalid(field, "%s lies in the address space %s, while the command works in %s", quote(text), quote(there.Name), quote(here.Name))
}

// here reports whether an object lies in the command's space, or in none.
func (c *call) here(rec any) (bool, error) {
	if many, err := c.manySpaces(); err != nil || !many {
		return true, err
	}
	of, err := c.spaceOf(rec)
	return of == 0 || of == c.space(), err
}

// spaceOf is the space that an object lies in; 0 for one that lies in none.
func (c *call) spaceOf(rec any) (model.ID, error) {
	switch r := rec.(type) {
	case *model.Server:
		return r.SpaceID, nil
	case *model.Range:
		return r.SpaceID, nil
	case *model.Address:
		return r.SpaceID, nil
	case *model.Device:
		return r.SpaceID, nil
	case *model.Interface:
		return r.SpaceID, nil
	case *model.Folder:
		return r.SpaceID, nil
	case *model.Reservation:
		return r.SpaceID, nil
	case *model.Lease:
		return r.SpaceID, nil
	case *model.Scope:
		return c.spaceOfServer(r.ServerID)
	case *model.Pool:
		return c.spaceOfServer(r.ServerID)
	case *model.Group:
		return c.spaceOfServer(r.ServerID)
	case *model.Relationship:
		return c.spaceOfServer(r.PrimaryID)
	case *model.Exclusion:
		s, err := c.schema.Scopes.Get(c.tx, r.ScopeID)
		if err != nil {
			return 0, err
		}
		return c.spaceOfServer(s.ServerID)
	}
	return 0, nil
}

// spaceOfServer is the space of a server, read once for a command.
func (c *call) spaceOfServer(id model.ID) (model.ID, error) {
	if of, ok := c.in.of[id]; ok {
		return of, nil
	}
	s, err := c.serverByID(id)
	if err != nil {
		return 0, err
	}
	if c.in.of == nil {
		c.in.of = map[model.ID]model.ID{}
	}
	c.in.of[id] = s.SpaceID
	return s.SpaceID, nil
}
