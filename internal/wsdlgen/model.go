package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/hooklift/gowsdl"
)

// model is what the generator takes from the WSDL.
type model struct {
	enums   []*enum
	structs []*strukt // the types, then for each operation its request and response
	ops     []*operation
}

type enum struct {
	name, goName, doc string
	extension         bool
	values            []enumValue
}

type enumValue struct {
	value, doc, goName string
	extension          bool
	formerly           string // its spelling before it was an extension
}

// extended reports whether the 2017 interface lacks some of the values.
func (e *enum) extended() bool {
	for _, v := range e.values {
		if v.extension {
			return true
		}
	}
	return false
}

type role int

const (
	plainType role = iota
	request
	response
)

type strukt struct {
	name, goName, doc string
	role              role
	fields            []*field
}

func (s *strukt) session() bool {
	return s.role == request && len(s.fields) > 0 && s.fields[0].name == "session"
}

type kind int

const (
	stringKind kind = iota
	refKind
	boolKind
	uintKind
	intKind
	enumKind
	structKind
)

type field struct {
	name, goName, doc string
	typ               string // of the WSDL, without prefix
	kind              kind   // of the value, or of an array's items
	required          bool
	nillable          bool
	extension         bool
	repeated          bool   // the element itself is repeated
	item              string // the element of an array's item
	sub               string // the element of the item's items, in an array of arrays
	enum              *enum
	strukt            *strukt
}

func (f *field) list() bool { return f.repeated || f.item != "" }

// goType is the type of the Go field.
func (f *field) goType() string {
	scalar := map[kind]string{stringKind: "string", refKind: "string", boolKind: "bool", uintKind: "uint32", intKind: "int32"}[f.kind]
	switch {
	case f.sub != "":
		return "[][]" + scalar
	case f.kind == enumKind:
		scalar = f.enum.goName
	case f.kind == structKind:
		if f.list() {
			return "[]" + f.strukt.goName
		}
		return "*" + f.strukt.goName
	}
	if f.list() {
		return "[]" + scalar
	}
	return "Opt[" + scalar + "]"
}

type operation struct {
	name, doc         string
	request, response *strukt
}

// taken are the names of hal.go that a type of the WSDL must not have.
var taken = map[string]string{"Message": "MessageType"}

// reader builds a model.
type reader struct {
	simple  map[string]*gowsdl.XSDSimpleType
	complex map[string]*gowsdl.XSDComplexType
	docs    map[string]string // of the complex types, which gowsdl passes over
	enums   map[string]*enum
	structs map[string]*strukt
}

func readModel(data []byte) (*model, error) {
	var w gowsdl.WSDL
	if err := xml.Unmarshal(data, &w); err != nil {
		return nil, err
	}
	docs, err := typeDocs(data)
	if err != nil {
		return nil, err
	}
	if len(w.Types.Schemas) != 1 || len(w.PortTypes) != 1 {
		return nil, errors.New("one schema and one port type expected")
	}
	schema := w.Types.Schemas[0]
	r := &reader{
		simple:  map[string]*gowsdl.XSDSimpleType{},
		complex: map[string]*gowsdl.XSDComplexType{},
		docs:    docs,
		enums:   map[string]*enum{},
		structs: map[string]*strukt{},
	}
	m := &model{}
	for _, t := range schema.SimpleType {
		r.simple[t.Name] = t
		if len(t.Restriction.Enumeration) > 0 {
			e := newEnum(t)
			r.enums[t.Name] = e
			m.enums = append(m.enums, e)
		}
	}
	for _, t := range schema.ComplexTypes {
		r.complex[t.Name] = t
	}
	for _, t := range schema.ComplexTypes {
		if _, array := r.array(t.Name); array {
			continue
		}
		s, err := r.strukt(t.Name)
		if err != nil {
			return nil, err
		}
		m.structs = append(m.structs, s)
	}
	if err := r.operations(m, &w, schema); err != nil {
		return nil, err
	}
	return m, check(m)
}

// typeDocs reads the documentation of the complex types.
func typeDocs(data []byte) (map[string]string, error) {
	var w struct {
		Types []struct {
			Name string `xml:"name,attr"`
			Doc  string `xml:"annotation>documentation"`
		} `xml:"types>schema>complexType"`
	}
	if err := xml.Unmarshal(data, &w); err != nil {
		return nil, err
	}
	docs := map[string]string{}
	for _, t := range w.Types {
		docs[t.Name] = clean(t.Doc)
	}
	return docs, nil
}

func clean(doc string) string { return strings.Join(strings.Fields(doc), " ") }

// extension reports whether a documentation marks what came after 2017.
func extension(doc string) bool { return strings.HasPrefix(doc, "Since ") }

func newEnum(t *gowsdl.XSDSimpleType) *enum {
	e := &enum{name: t.Name, goName: goName(t.Name), doc: clean(t.Doc)}
	e.extension = extension(e.doc)
	for _, v := range t.Restriction.Enumeration {
		ev := enumValue{value: v.Value, doc: clean(v.Doc), goName: constName(e.goName, v.Value)}
		ev.extension = extension(ev.doc)
		if _, rest, ok := strings.Cut(ev.doc, `ormerly "`); ok && ev.extension {
			ev.formerly, _, _ = strings.Cut(rest, `"`)
		}
		e.values = append(e.values, ev)
	}
	return e
}

// operations adds the requests, the responses and the operations to m.
func (r *reader) operations(m *model, w *gowsdl.WSDL, schema *gowsdl.XSDSchema) error {
	elements := map[string]*gowsdl.XSDElement{}
	for _, e := range schema.Elements {
		elements[e.Name] = e
	}
	parts := map[string]string{}
	for _, msg := range w.Messages {
		if len(msg.Parts) != 1 {
			return fmt.Errorf("message %s: one part expected", msg.Name)
		}
		parts[msg.Name] = local(msg.Parts[0].Element)
	}
	for _, o := range w.PortTypes[0].Operations {
		op := &operation{name: o.Name, doc: clean(o.Doc)}
		for _, d := range []struct {
			message, element string
			role             role
			to               **strukt
		}{
			{o.Input.Message, o.Name, request, &op.request},
			{o.Output.Message, o.Name + "Response", response, &op.response},
		} {
			e := elements[d.element]
			if parts[local(d.message)] != d.element || e == nil || e.ComplexType == nil {
				return fmt.Errorf("operation %s: message %s is not the element %s", o.Name, d.message, d.element)
			}
			s := &strukt{name: e.Name, goName: goName(e.Name), doc: clean(e.Doc), role: d.role}
			if err := r.fill(s, e.ComplexType); err != nil {
				return err
			}
			*d.to = s
			m.structs = append(m.structs, s)
		}
		m.ops = append(m.ops, op)
	}
	return nil
}

// array tells whether a type is an ArrayOf… and gives its item.
func (r *reader) array(name string) (*gowsdl.XSDElement, bool) {
	t := r.complex[name]
	if t == nil || !strings.HasPrefix(name, "ArrayOf") || len(t.Sequence) != 1 || t.Sequence[0].MaxOccurs != "unbounded" {
		return nil, false
	}
	return t.Sequence[0], true
}

func (r *reader) strukt(name string) (*strukt, error) {
	if s := r.structs[name]; s != nil {
		if s.fields == nil && len(r.complex[name].Sequence) > 0 {
			return nil, fmt.Errorf("type %s holds itself, which the tables cannot express", name)
		}
		return s, nil
	}
	t := r.complex[name]
	if t == nil {
		return nil, fmt.Errorf("no type %s", name)
	}
	s := &strukt{name: name, goName: goName(name), doc: r.docs[name]}
	if other, ok := taken[s.goName]; ok {
		s.goName = other
	}
	r.structs[name] = s
	return s, r.fill(s, t)
}

func (r *reader) fill(s *strukt, t *gowsdl.XSDComplexType) error {
	if len(t.Choice)+len(t.All)+len(t.SequenceChoice)+len(t.Any)+len(t.Attributes) > 0 {
		return fmt.Errorf("%s: only a sequence of elements is understood", s.name)
	}
	for _, e := range t.Sequence {
		f, err := r.field(e)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", s.name, e.Name, err)
		}
		s.fields = append(s.fields, f)
	}
	if len(s.fields) > 64 {
		return fmt.Errorf("%s: more than 64 fields", s.name)
	}
	return nil
}

func (r *reader) field(e *gowsdl.XSDElement) (*field, error) {
	f := &field{
		name: e.Name, goName: goName(e.Name), doc: clean(e.Doc), typ: local(e.Type),
		required: e.MinOccurs != "0", nillable: e.Nillable, repeated: e.MaxOccurs == "unbounded",
	}
	f.extension = extension(f.doc)
	if f.extension && f.required {
		return nil, errors.New("an extension cannot be required")
	}
	typ := e.Type
	if item, ok := r.array(local(typ)); ok {
		f.item, typ = item.Name, item.Type
		if inner, ok := r.array(local(typ)); ok {
			f.sub, typ = inner.Name, inner.Type
		} else if f.repeated {
			f.sub, f.item = f.item, ""
		}
	}
	return f, r.resolve(f, typ)
}

// resolve gives f the kind of a type.
func (r *reader) resolve(f *field, typ string) (err error) {
	name := local(typ)
	switch prefix, _, _ := strings.Cut(typ, ":"); {
	case prefix == "s":
		var ok bool
		f.kind, ok = map[string]kind{"string": stringKind, "boolean": boolKind, "unsignedInt": uintKind, "int": intKind}[name]
		if !ok {
			return fmt.Errorf("type %s is not understood", typ)
		}
	case r.enums[name] != nil:
		f.kind, f.enum = enumKind, r.enums[name]
	case r.simple[name] != nil:
		if name == "ObjRef" {
			f.kind = refKind
		}
	default:
		f.kind = structKind
		f.strukt, err = r.strukt(name)
	}
	if f.sub != "" && f.kind != stringKind && f.kind != refKind {
		return errors.New("arrays of arrays are understood of strings only")
	}
	return err
}

func local(qname string) string { return qname[strings.IndexByte(qname, ':')+1:] }

// check refuses names that would collide in Go, or operations that differ in
// case only.
func check(m *model) error {
	seen := map[string]string{}
	claim := func(name, of string) error {
		if other, dup := seen[name]; dup {
			return fmt.Errorf("%s and %s share the Go name %s", other, of, name)
		}
		seen[name] = of
		return nil
	}
	var failed error
	for _, e := range m.enums {
		failed = errors.Join(failed, claim(e.goName, e.name))
		for _, v := range e.values {
			failed = errors.Join(failed, claim(v.goName, e.name+"."+v.value))
		}
	}
	for _, s := range m.structs {
		failed = errors.Join(failed, claim(s.goName, s.name))
		names := map[string]bool{}
		for _, f := range s.fields {
			if names[f.goName] {
				failed = errors.Join(failed, fmt.Errorf("%s has two fields %s", s.name, f.goName))
			}
			names[f.goName] = true
		}
	}
	folded := map[string]bool{}
	for _, o := range m.ops {
		if n := strings.ToLower(o.name); folded[n] {
			failed = errors.Join(failed, fmt.Errorf("two operations are called %s but for case", n))
		} else {
			folded[n] = true
		}
	}
	return failed
}
