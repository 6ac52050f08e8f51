package dhcpd

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/option"
)

// leaseTime is the option whose value dhcpd works out itself, from parameters.
const leaseTime = 51

// optionNames is how the file names options and the spaces they are in.
type optionNames struct {
	catalog *option.Catalog
	spaces  map[string]string // vendor class, folded → option space
	names   map[model.OptionID]string
}

// options holds what Render knows of options.
type options struct {
	optionNames
	sets map[model.Ref][]model.Option
	// used are the standard options that dhcpd does not know and that a value was written for.
	used map[uint32]option.Definition
}

func newOptions(snap *Snapshot, preamble *conf.File) options {
	o := options{sets: map[model.Ref][]model.Option{}, used: map[uint32]option.Definition{}}
	for _, s := range snap.Options {
		if s.PolicyID == 0 {
			o.sets[s.Owner] = s.Options
		}
	}
	o.catalog = option.NewCatalog(model.KindISC, false, snap.Definitions)
	o.name(preamble)
	return o
}

// name gives each of the server's own options a name that is dhcpd's to use: its own where that is an identifier that
// nothing else in the space has, else "custom-" and the number. dhcpd lets a declaration take over a known name in
// silence.
func (o *options) name(preamble *conf.File) {
	o.spaces, o.names = map[string]string{}, map[model.OptionID]string{}
	taken := map[string]string{} // space and name, folded → code
	for _, d := range option.Standard(false) {
		taken["."+d.Name] = strconv.FormatUint(uint64(d.Number), 10)
	}
	for _, s := range preamble.Statements {
		switch s := s.(type) {
		case *conf.OptionDefinition:
			name := strings.ToLower(s.Name)
			if !strings.Contains(name, ".") {
				name = "." + name
			}
			taken[name] = s.Code
		case *conf.OptionSpace:
			taken[strings.ToLower(s.Name)] = "space"
		}
	}
	for _, space := range []string{"dhcp", "nwip", "fqdn", "agent", "vendor", "vendor-class", "server", "isc", "dhcp6", "vsio", "vopts"} {
		taken[space] = "space"
	}
	for _, d := range o.own() {
		space := ""
		if vendor := strings.ToLower(d.Vendor); vendor != "" {
			if o.spaces[vendor] == "" {
				o.spaces[vendor] = free(taken, spaceName(d.Vendor))
			}
			space = o.spaces[vendor]
		}
		key := strings.ToLower(space) + "."
		code := strconv.FormatUint(uint64(d.Number), 10)
		name := d.Name
		if other, ok := taken[key+strings.ToLower(name)]; !identifier(name) || ok && other != code {
			name = free(taken, "custom-"+code)
		}
		taken[key+strings.ToLower(name)] = code
		if space != "" {
			name = space + "." + name
		}
		o.names[model.OptionID{Vendor: strings.ToLower(d.Vendor), Number: d.Number}] = name
	}
}

// free is a name that is not taken, made of one that may be; it is taken from then on.
func free(taken map[string]string, name string) string {
	found := name
	for n := 2; taken[strings.ToLower(found)] != ""; n++ {
		found = name + "-" + strconv.Itoa(n)
	}
	taken[strings.ToLower(found)] = "space"
	return found
}

// own are the server's own definitions that DHCPv4 has, by vendor class and number.
func (o *options) own() []option.Definition {
	return slices.DeleteFunc(o.catalog.All(), func(d option.Definition) bool { return !o.catalog.Own(d) })
}

// identifier reports whether dhcpd and its readers take s as one word that names an option.
func identifier(s string) bool {
	return s != "" && len(s) <= 63 && s[0] > '9' && s[0] != '_' && !strings.EqualFold(s, "space") &&
		!strings.HasPrefix(strings.ToLower(s), "custom-") && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// spaceName makes the name of an option space of a vendor class.
func spaceName(vendor string) string {
	name := strings.Map(func(c rune) rune {
		if c < 0x80 && strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", c) {
			return c
		}
		return '-'
	}, vendor)
	if len(name) > 40 {
		name = name[:40]
	}
	if !identifier(name) {
		name = "v-" + name
	}
	return name
}

// declarations declares what dhcpd must know before an option is used, and which clients get the options of a vendor
// class: those whose own class begins with its name.
func (r *renderer) declarations() []conf.Statement {
	var out, given []conf.Statement
	last := ""
	for _, d := range r.options.own() {
		if vendor := strings.ToLower(d.Vendor); vendor != last {
			space := r.options.spaces[vendor]
			out = append(out, &conf.OptionSpace{Name: space})
			given = append(given, opaque(fmt.Sprintf("if substring (option vendor-class-identifier, 0, %d) = %s { vendor-option-space %s; }",
				len(d.Vendor), conf.Quote(d.Vendor), space)))
			last = vendor
		}
		out = append(out, r.declaration(d, syntax(d)))
	}
	for _, number := range sortedKeys(r.options.used) {
		d := r.options.used[number]
		out = append(out, r.declaration(d, d.Syntax))
	}
	return append(out, given...)
}

func (r *renderer) declaration(d option.Definition, syntax string) conf.Statement {
	return &conf.OptionDefinition{Name: r.options.nameOf(d), Code: strconv.FormatUint(uint64(d.Number), 10), Type: syntax}
}

// syntax is dhcpd's word for the format of a server's own option.
func syntax(d option.Definition) string {
	s := map[model.OptionType]string{
		model.OptionString: "text", model.OptionHex: "string", model.OptionBoolean: "boolean",
		model.OptionAddress: "ip-address", model.OptionHostOrAddr: "ip-address", model.OptionInteger: "unsigned integer 32",
	}[d.Type]
	if d.Array {
		return "array of " + s
	}
	return s
}

func (o *optionNames) nameOf(d option.Definition) string {
	if name := o.names[model.OptionID{Vendor: strings.ToLower(d.Vendor), Number: d.Number}]; name != "" {
		return name
	}
	return d.Name
}

// optionsOf writes the options of an object: those of all clients first, then those of the clients of each user class.
func (r *renderer) optionsOf(owner model.Ref, title string) ([]conf.Statement, error) {
	set := slices.Clone(r.options.sets[owner])
	slices.SortStableFunc(set, func(a, b model.Option) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(strings.ToLower(a.Vendor), strings.ToLower(b.Vendor)), cmp.Compare(a.Number, b.Number))
	})
	var out []conf.Statement
	for len(set) > 0 {
		user := set[0].User
		var block []conf.Statement
		for len(set) > 0 && set[0].User == user {
			statements, err := r.option(set[0])
			if err != nil {
				return nil, errs.Errorf(errs.Invalid, "Option %s of %s of server %s: %s", set[0].OptionID, title, r.snap.Server.Name, err)
			}
			block, set = append(block, statements...), set[1:]
		}
		if user == "" {
			out = block
			continue
		}
		text := "if option user-class = " + conf.Quote(user) + " {"
		for _, s := range block {
			text += " " + strings.TrimSuffix(string(conf.Print(&conf.File{Block: conf.Block{Statements: []conf.Statement{s}}})), "\n")
		}
		out = append(out, opaque(text+" }"))
	}
	return out, nil
}

func opaque(text string) *conf.Opaque {
	word, _, _ := strings.Cut(text, " ")
	return &conf.Opaque{Keyword: word, Text: text}
}

// option writes one option. The lease time is no option to dhcpd but two parameters.
func (r *renderer) option(o model.Option) ([]conf.Statement, error) {
	d, ok := r.options.catalog.Find(o.Vendor, o.Number)
	switch {
	case !ok:
		return nil, fmt.Errorf("the server has no definition of it")
	case d.Own:
		return nil, fmt.Errorf("dhcpd sets it itself")
	}
	items, err := d.Values(o.Value)
	if err != nil {
		return nil, err
	}
	if d.Vendor == "" && d.Number == leaseTime {
		return []conf.Statement{
			&conf.Parameter{Name: "default-lease-time", Value: items[0]},
			&conf.Parameter{Name: "max-lease-time", Value: items[0]},
		}, nil
	}
	if d.Syntax != "" {
		r.options.used[d.Number] = d
	}
	return []conf.Statement{&conf.Option{Name: r.options.nameOf(d), Value: optionValue(d, items)}}, nil
}

// optionValue writes values as dhcpd reads them in an option of the format.
func optionValue(d option.Definition, items []string) string {
	out := make([]string, len(items))
	for i, item := range items {
		switch {
		case d.Type == model.OptionHex:
			item = colons(item)
		case d.Type == model.OptionString && (!d.Domain || d.Array):
			item = conf.Quote(item) // a lone domain name is a word, those of a list are strings
		}
		out[i] = item
	}
	if d.Pairs {
		for i := range len(out) / 2 {
			out[i] = out[2*i] + " " + out[2*i+1]
		}
		out = out[:len(out)/2]
	}
	text := strings.Join(out, ", ")
	if d.Raw {
		return "= " + text
	}
	return text
}

// colons writes hexadecimal digits as dhcpd does bytes.
func colons(digits string) string {
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return digits
	}
	var b strings.Builder
	for i, c := range raw {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02x", c)
	}
	return b.String()
}
