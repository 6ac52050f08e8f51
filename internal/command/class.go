package command

import (
	"errors"
	"net"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// maxSubclasses bounds the members of one class.
const maxSubclasses = 100_000

// classServer finds a server that has client classes: only ISC dhcpd's are
// served.
func (c *call) classServer(ref hal.Opt[string]) (*model.Server, error) {
	s, err := c.server("dhcpServerRef", ref.V)
	if err != nil {
		return nil, err
	}
	if s.Kind != model.KindISC {
		return nil, errs.Errorf(errs.NotSupported, "dhcpServerRef: a server of type %s has no client classes with subclasses", s.Kind)
	}
	return s, nil
}

// classNames are the classes of a server: those that permits name, and those
// with members.
func (c *call) classNames(server model.ID) ([]string, error) {
	var names []string
	for k, err := range c.schema.ClassesByServer.Begin(c.tx, keyOf(server)) {
		if err != nil {
			return nil, err
		}
		names = append(names, k.Name)
	}
	for s, err := range c.schema.ScopesByServer.Begin(c.tx, keyOf(server)) {
		if err != nil {
			return nil, err
		}
		pools, err := c.poolsOf(s.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range pools {
			for _, permit := range p.Permits {
				if permit.Class != "" {
					names = append(names, permit.Class)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func getClassNames(c *call, req *hal.GetDHCPClassNames) (*hal.GetDHCPClassNamesResponse, error) {
	s, err := c.classServer(req.DHCPServerRef)
	if err != nil {
		return nil, err
	}
	names, err := c.classNames(s.ID)
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPClassNamesResponse{DHCPClassNames: append([]string{}, names...)}, nil
}

// class reads a class of a server; one without a record has no members yet.
func (c *call) class(server *model.Server, name string) (*model.Class, error) {
	if strings.TrimSpace(name) == "" {
		return nil, required("dhcpClassName")
	}
	k, err := c.schema.ClassesByServer.First(c.tx, keyOf(server.ID).Text(name))
	if !errors.Is(err, store.ErrNotFound) {
		return k, err
	}
	names, err := c.classNames(server.ID)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, name) {
		return nil, errs.Errorf(errs.NotFound, "dhcpClassName: server %s has no class %s", server.Name, quote(name))
	}
	return &model.Class{ServerID: server.ID, Name: name}, nil
}

func getSubclasses(c *call, req *hal.GetDHCPSubclasses) (*hal.GetDHCPSubclassesResponse, error) {
	s, err := c.classServer(req.DHCPServerRef)
	if err != nil {
		return nil, err
	}
	k, err := c.class(s, req.DHCPClassName.V)
	if err != nil {
		return nil, err
	}
	return &hal.GetDHCPSubclassesResponse{DHCPSubclasses: append([]string{}, k.Subclasses...)}, nil
}

func setSubclasses(c *call, req *hal.SetDHCPSubclasses) (*hal.SetDHCPSubclassesResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	s, err := c.classServer(req.DHCPServerRef)
	if err != nil {
		return nil, err
	}
	k, err := c.class(s, req.DHCPClassName.V)
	if err != nil {
		return nil, err
	}
	if len(req.DHCPSubclasses) > maxSubclasses {
		return nil, errs.Errorf(errs.TooLarge, "dhcpSubclasses: more than %d entries", maxSubclasses)
	}
	members := make([]string, 0, len(req.DHCPSubclasses))
	seen := make(map[string]bool, len(req.DHCPSubclasses))
	for _, text := range req.DHCPSubclasses {
		m, err := subclass("dhcpSubclasses", text)
		if err != nil {
			return nil, err
		}
		if seen[m] {
			return nil, invalid("dhcpSubclasses", "%s is given twice", quote(m))
		}
		seen[m] = true
		members = append(members, m)
	}
	if slices.Equal(members, k.Subclasses) {
		return &hal.SetDHCPSubclassesResponse{}, nil
	}
	k.Subclasses = members
	if k.ID == 0 {
		err = c.schema.Classes.Insert(c.tx, k)
	} else {
		err = c.schema.Classes.Update(c.tx, k)
	}
	if err != nil {
		return nil, err
	}
	c.touch(s.ID)
	return &hal.SetDHCPSubclassesResponse{}, c.record(model.Modification, s.Ref(), s.Name,
		"Subclasses of class %s of DHCP server %s set: %s", k.Name, s.Name, counts(counted{len(members), "member"}))
}

// subclass reads a member of a class: an Ethernet address, with dhcpd's
// hardware type 1 in front or without, or a client identifier as text or as
// bytes with colons. Addresses and bytes are kept in lower case.
func subclass(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	if text == "" {
		return "", invalid(field, "an entry is empty")
	}
	if err := optionalName(field, text); err != nil {
		return "", err
	}
	if mac, err := net.ParseMAC(strings.TrimPrefix(text, "1:")); err == nil && len(mac) == 6 {
		return mac.String(), nil
	}
	if hexBytes(text) {
		return strings.ToLower(text), nil
	}
	return text, nil
}

// hexBytes reports whether s is two or more bytes of hexadecimal digits with
// colons between.
func hexBytes(s string) bool {
	parts := strings.Split(s, ":")
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool {
		return len(p) < 1 || len(p) > 2 || strings.Trim(p, "0123456789abcdefABCDEF") != ""
	})
}

// deleteServerOptions removes what a server has of its own besides scopes, when
// it is about to be removed itself.
func (c *call) deleteServerOptions(s *model.Server) error {
	if err := c.deleteOptions(s.Ref()); err != nil {
		return err
	}
	if err := deleteAll(c, c.schema.Statements, c.schema.StatementsByServer, keyOf(s.ID)); err != nil {
		return err
	}
	if err := c.deletePolicies(s.Ref()); err != nil {
		return err
	}
	if err := deleteAll(c, c.schema.Definitions, c.schema.DefinitionsByServer, keyOf(s.ID)); err != nil {
		return err
	}
	return deleteAll(c, c.schema.Classes, c.schema.ClassesByServer, keyOf(s.ID))
}

// deleteAll deletes the records whose key in an index begins with a prefix.
func deleteAll[T any](c *call, t *store.Table[T], x *store.Index[T], prefix store.Key) error {
	var ids []model.ID
	for id, err := range x.IDs(c.tx, prefix) {
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		if err := t.Delete(c.tx, id); err != nil {
			return err
		}
	}
	return nil
}
