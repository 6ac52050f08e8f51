package command

import (
	"strings"

	"halxml/internal/model"
	"halxml/store"
)

// holder is a type of object that has custom properties.
type holder struct {
	// own reports whether a property of that name is built in.
	own func(name string) bool
	// each visits all objects of the type with the custom properties that they
	// have, and stores those that visit has changed.
	each func(c *call, visit func(name string, custom *[]model.Property) (changed bool, err error)) error
}

// holderOf finds the holder of a type of object.
func holderOf(t model.ObjectType) (holder, bool) {
	switch t {
	case model.TypeServer:
		return held(func(s *store.Schema) *store.Table[model.Server] { return s.Servers },
			func(s *model.Server) (string, *[]model.Property) { return s.Name, &s.Custom },
			func(name string) bool {
				return serverFields.Has(name) || strings.EqualFold(name, "password") || strings.EqualFold(name, "enablePassword")
			}), true
	case model.TypeRange:
		return held(func(s *store.Schema) *store.Table[model.Range] { return s.Ranges },
			func(r *model.Range) (string, *[]model.Property) { return r.Name, &r.Custom }, rangeFields.Has), true
	case model.TypeScope:
		return held(func(s *store.Schema) *store.Table[model.Scope] { return s.Scopes },
			func(s *model.Scope) (string, *[]model.Property) { return s.Name, &s.Custom }, scopeFields.Has), true
	case model.TypeIPAddress:
		return held(func(s *store.Schema) *store.Table[model.Address] { return s.Addresses },
			func(a *model.Address) (string, *[]model.Property) { return a.Addr.String(), &a.Custom }, addressFields.Has), true
	case model.TypeDevice:
		return held(func(s *store.Schema) *store.Table[model.Device] { return s.Devices },
			func(d *model.Device) (string, *[]model.Property) { return d.Name, &d.Custom }, deviceFields.Has), true
	case model.TypeInterface:
		return held(func(s *store.Schema) *store.Table[model.Interface] { return s.Interfaces },
			func(i *model.Interface) (string, *[]model.Property) { return i.Name, &i.Custom }, interfaceFields.Has), true
	}
	return holder{}, false
}

// held makes a holder of the records of a table.
func held[T any](table func(*store.Schema) *store.Table[T], custom func(*T) (name string, to *[]model.Property), own func(string) bool) holder {
	return holder{own: own, each: func(c *call, visit func(string, *[]model.Property) (bool, error)) error {
		t := table(c.schema)
		for rec, err := range t.All(c.tx) {
			if err != nil {
				return err
			}
			name, to := custom(rec)
			changed, err := visit(name, to)
			if err != nil {
				return err
			}
			if !changed {
				continue
			}
			if err := t.Update(c.tx, rec); err != nil {
				return err
			}
		}
		return nil
	}}
}
