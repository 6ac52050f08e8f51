package dhcpd

import (
	"slices"
	"strconv"
	"strings"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/internal/option"
)

// readNames is what the names of options mean in one file.
type readNames struct {
	own      []model.OptionDefinition
	taken    []*conf.OptionDefinition // those that own are of
	declared map[string]int           // names, folded, that the file declares, and how often
	catalog  *option.Catalog
}

// formats are the formats of declarations that the domain has; syntax goes the other way.
var formats = map[string]model.OptionDefinition{
	"text": {Type: model.OptionString}, "string": {Type: model.OptionHex}, "boolean": {Type: model.OptionBoolean},
	"ip-address": {Type: model.OptionAddress}, "unsigned integer 32": {Type: model.OptionInteger},
	"array of boolean": {Type: model.OptionBoolean, Array: true}, "array of ip-address": {Type: model.OptionAddress, Array: true},
	"array of unsigned integer 32": {Type: model.OptionInteger, Array: true},
}

// newReadNames reads the declarations of a file. One becomes a definition of the server when it is declared once, its
// format and number are the domain's, and Render would give it the same name.
func newReadNames(f *conf.File) *readNames {
	n := &readNames{declared: map[string]int{}}
	codes := map[string]int{}
	for s := range f.All() {
		if d, ok := s.(*conf.OptionDefinition); ok {
			n.declared[strings.ToLower(d.Name)]++
			codes[d.Code]++
		}
	}
	for s := range f.All() {
		d, ok := s.(*conf.OptionDefinition)
		if !ok {
			continue
		}
		own, known := formats[d.Type]
		number, err := strconv.ParseUint(d.Code, 10, 8)
		own.Number, own.Name = uint32(number), d.Name
		_, standardName := option.Named(false, d.Name)
		_, standard := option.Find(false, own.Number)
		if !known || err != nil || number == 0 || number > model.MaxOptionNumberV4 || codes[d.Code] > 1 || n.declared[strings.ToLower(d.Name)] > 1 ||
			standardName || standard && number < option.FirstSite || !identifier(d.Name) || n.space(f, d.Name) {
			continue
		}
		n.own = append(n.own, own)
		n.taken = append(n.taken, d)
	}
	n.catalog = option.NewCatalog(model.KindISC, false, n.own)
	return n
}

// space reports whether an option has the name of an option space of the file, or is the wrapping of one.
func (n *readNames) space(f *conf.File, name string) bool {
	for s := range f.All() {
		if space, ok := s.(*conf.OptionSpace); ok && strings.EqualFold(space.Name, name) {
			return true
		}
	}
	return false
}

// find is the option of a name, if the file means by it what the domain means. The lease time it does not: dhcpd works
// that out itself, whatever the option says.
func (n *readNames) find(name string) (d option.Definition, ok bool) {
	if strings.Contains(name, ".") {
		return d, false
	}
	if d, ok = n.catalog.Named("", name); !ok || d.Own {
		return d, false
	}
	return d, n.catalog.Own(d) || n.declared[strings.ToLower(name)] == 0 && d.Syntax == "" && d.Number != leaseTime
}

// options are those of a block that can be options of its object: they have a plain value, and nothing else in the block
// is about them, since the object's options stand behind all else.
func (r *reader) options(list []conf.Statement) map[*conf.Option]model.Option {
	count := map[string]int{}
	var conditions []string
	for _, s := range list {
		switch s := s.(type) {
		case *conf.Option:
			count[strings.ToLower(s.Name)]++
		case *conf.Opaque:
			conditions = append(conditions, strings.ToLower(s.Text))
		}
	}
	out := map[*conf.Option]model.Option{}
	for _, s := range list {
		o, ok := s.(*conf.Option)
		if !ok || count[strings.ToLower(o.Name)] > 1 ||
			slices.ContainsFunc(conditions, func(text string) bool { return strings.Contains(text, strings.ToLower(o.Name)) }) {
			continue
		}
		d, ok := r.names.find(o.Name)
		if !ok {
			continue
		}
		if value, ok := readValue(d, o.Value); ok {
			out[o] = model.Option{OptionID: d.ID(), Value: value}
		}
	}
	return out
}

// option takes one of a block's options, or keeps it as it stands.
func (r *reader) option(s *conf.Option, known map[*conf.Option]model.Option, to *[]model.Option, kept *intake.Statements) {
	o, ok := known[s]
	if !ok || slices.ContainsFunc(*to, func(other model.Option) bool { return other.OptionID == o.OptionID }) {
		r.keep(kept, s)
		return
	}
	r.take(o, to)
	r.in.Note(intake.Taken, r.at(s), "option "+s.Name)
	r.comments(kept, &s.Meta)
}

func has(known map[*conf.Option]model.Option, s *conf.Option) bool {
	_, ok := known[s]
	return ok
}

// take sets an option of an object.
func (r *reader) take(o model.Option, to *[]model.Option) {
	*to = append(*to, o)
	slices.SortFunc(*to, func(a, b model.Option) int { return int(a.Number) - int(b.Number) })
}

// readValue reads the value of an option as dhcpd writes it. ok is false when Render would write another one.
func readValue(d option.Definition, text string) (value string, ok bool) {
	inner := text
	if d.Raw {
		if inner, ok = strings.CutPrefix(text, "="); !ok {
			return "", false
		}
		inner = strings.TrimSpace(inner)
	}
	switch {
	case d.Type == model.OptionHex:
		value = strings.ReplaceAll(normal(d, inner), ":", "")
	case d.Type == model.OptionString && (!d.Domain || d.Array):
		var items []string
		for item := range strings.SplitSeq(inner, ",") {
			item, ok := quotedText(strings.TrimSpace(item))
			if !ok || len(items) > 0 && !d.Array {
				return "", false
			}
			items = append(items, item)
		}
		value = strings.Join(items, ",")
	case d.Pairs:
		value = strings.Join(strings.Fields(strings.ReplaceAll(inner, ",", " ")), ",")
	default:
		value = normal(d, inner)
	}
	value, err := d.Canonical(value)
	if err != nil {
		return "", false
	}
	items, err := d.Values(value)
	if err != nil {
		return "", false
	}
	return value, normal(d, optionValue(d, items)) == normal(d, text)
}

// normal is the text of a value without what means nothing in it.
func normal(d option.Definition, text string) string {
	if d.Type == model.OptionString && (!d.Domain || d.Array) {
		if d.Array {
			return strings.ReplaceAll(text, ", ", ",")
		}
		return text
	}
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, ",", " , ")), " ")
	text = strings.ReplaceAll(text, " ,", ",")
	switch d.Type {
	case model.OptionHex:
		parts := strings.Split(strings.ToLower(text), ":")
		for i, p := range parts {
			if len(p) == 1 {
				parts[i] = "0" + p
			}
		}
		return strings.Join(parts, ":")
	case model.OptionBoolean:
		return strings.NewReplacer("on", "true", "off", "false").Replace(strings.ToLower(text))
	}
	return text
}
