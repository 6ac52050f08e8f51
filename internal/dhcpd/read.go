package dhcpd

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/dhcpd/check"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/intake"
	"halxml/internal/model"
)

// Source is the configuration file of one server, with its includes in place.
type Source struct {
	Server string
	File   *conf.File
}

// Read says in the domain's words what files of servers say, of failover partners together. It is Render the other way
// round: what the domain has no words for is kept as it stands, in its place, so that a rendering of what was read means
// what the files mean. What dhcpd would not take is refused in the findings. Read takes the files over.
func Read(sources []Source) *intake.Intake {
	in := &intake.Intake{}
	readers := make([]*reader, len(sources))
	for i, s := range sources {
		r := &reader{
			in: in, file: s.File, groups: map[string]bool{}, peers: map[string]bool{},
			server: &intake.Server{
				Name: s.Server, Kind: model.KindISC, Place: intake.Place{File: s.File.Name},
				Networks: map[string]*intake.Statements{},
			},
		}
		for _, f := range check.File(s.File) {
			if f.Severity == check.Error {
				in.Note(intake.Refused, intake.Place{File: f.Pos.File, Line: f.Pos.Line}, f.Text)
			}
		}
		refuseIPv6(in, s.File)
		r.names = newReadNames(s.File)
		r.server.Definitions = r.names.own
		r.nameGroups()
		readers[i] = r
		in.Servers = append(in.Servers, r.server)
	}
	joinPeers(in, readers)
	for _, r := range readers {
		r.root()
	}
	in.Sort()
	return in
}

// refuseIPv6 refuses what only the daemon of DHCPv6 reads.
func refuseIPv6(in *intake.Intake, f *conf.File) {
	for s := range f.All() {
		switch s.(type) {
		case *conf.Subnet6, *conf.Pool6, *conf.Range6:
			in.Note(intake.Refused, placeOf(s), "this is for DHCPv6; of ISC servers only the file of DHCPv4 is managed")
		}
	}
}

// reader reads the file of one server.
type reader struct {
	in     *intake.Intake
	server *intake.Server
	file   *conf.File
	names  *readNames
	order  int
	groups map[string]bool // names in use, folded
	count  int             // unnamed groups so far
	peers  map[string]bool // relationships that both partners declare
	blocks []netip.Prefix  // subnets that are scopes
}

// at is the place of a statement.
func (r *reader) at(s conf.Statement) intake.Place {
	r.order++
	pos := s.Place().Pos
	return intake.Place{File: pos.File, Line: pos.Line, Order: r.order}
}

// flat is a block with the statements of included files in place. Comments of include statements move to the statement
// that follows them.
func flat(b *conf.Block) (list []conf.Statement, tail []string) {
	var before []string
	for _, s := range b.Statements {
		m := s.Place()
		inc, ok := s.(*conf.Include)
		if !ok || !inc.Expanded {
			m.Comments, before = slices.Concat(before, m.Comments), nil
			list = append(list, s)
			continue
		}
		before = slices.Concat(before, own(m.Comments), trailing(m))
		inner, innerTail := flat(&inc.Block)
		if len(inner) > 0 {
			first := inner[0].Place()
			first.Comments, before = slices.Concat(before, first.Comments), nil
		}
		before = append(before, innerTail...)
		list = append(list, inner...)
	}
	return list, own(slices.Concat(before, b.Tail))
}

// own are comments without those that Render puts at the top.
func own(comments []string) []string {
	return slices.DeleteFunc(slices.Clone(comments), func(c string) bool {
		return strings.HasPrefix(c, "# Configuration of ") && strings.HasSuffix(c, ", written by halxml.") ||
			c == "# Changes made here are overwritten by the next delivery."
	})
}

func trailing(m *conf.Meta) []string {
	if m.Trailing == "" {
		return nil
	}
	return []string{m.Trailing}
}

// text is a statement in print, with its comments.
func text(s conf.Statement) string {
	m := s.Place()
	m.Comments = own(m.Comments)
	return strings.TrimRight(string(conf.PrintExpanded(&conf.File{Block: conf.Block{Statements: []conf.Statement{s}}})), "\n")
}

// maxHead bounds the head of a statement in a finding, in bytes.
const maxHead = 70

// head is how a statement begins, for a finding.
func head(s conf.Statement) string {
	line := text(s)
	for strings.HasPrefix(line, "#") {
		_, line, _ = strings.Cut(line, "\n")
	}
	line, _, more := strings.Cut(line, "\n")
	if len(line) > maxHead {
		line, more = strings.ToValidUTF8(line[:maxHead], ""), true
	}
	if more {
		line = strings.TrimRight(line, " ") + " …"
	}
	return line
}

// keep takes a statement as it stands.
func (r *reader) keep(to *intake.Statements, s conf.Statement) {
	at := r.at(s)
	to.Add(at.Order, text(s))
	r.in.Note(intake.Kept, at, head(s))
}

// keepAll takes settings that come from a block around as they stand, without telling so again.
func (r *reader) keepAll(to *intake.Statements, list []conf.Statement) {
	for _, s := range list {
		r.order++
		to.Add(r.order, bare(s))
	}
}

// bare is a statement in print, without its comments.
func bare(s conf.Statement) string {
	m := s.Place()
	comments, behind := m.Comments, m.Trailing
	m.Comments, m.Trailing = nil, ""
	out := text(s)
	m.Comments, m.Trailing = comments, behind
	return out
}

// comments keeps the comments of a statement whose own words are the domain's.
func (r *reader) comments(to *intake.Statements, m *conf.Meta) {
	r.comment(to, slices.Concat(own(m.Comments), trailing(m)))
}

func (r *reader) comment(to *intake.Statements, lines []string) {
	if len(lines) > 0 {
		r.order++
		to.Add(r.order, strings.Join(lines, "\n"))
	}
}

// root reads the file's own level.
func (r *reader) root() {
	list, tail := flat(&r.file.Block)
	options := r.options(list)
	for _, s := range list {
		switch s := s.(type) {
		case *conf.Subnet:
			r.subnet(s, level{fallback: &r.server.End})
		case *conf.SharedNetwork:
			r.shared(s, nil)
		case *conf.Group:
			r.group(s, &r.server.Groups, nil)
		case *conf.Host:
			r.host(s, &r.server.Hosts, &r.server.End)
		case *conf.FailoverPeer:
			r.peer(s)
		case *conf.OptionDefinition:
			r.definition(s)
		case *conf.Option:
			r.option(s, options, &r.server.Options, &r.server.Begin)
		case *conf.Pool, *conf.Range:
			r.keep(&r.server.End, s)
		default:
			r.keep(&r.server.Begin, s)
		}
	}
	r.comment(&r.server.End, tail)
}

// setting reports whether a statement applies to all that stands in its block, rather than declare something.
func setting(s conf.Statement) bool {
	switch s := s.(type) {
	case *conf.Option, *conf.Parameter:
		return true
	case *conf.Opaque:
		return s.Keyword != "key" && s.Keyword != "zone"
	}
	return false
}

// nameGroups notes the names that groups have, for those without.
func (r *reader) nameGroups() {
	for s := range r.file.All() {
		if g, ok := s.(*conf.Group); ok && g.Name != "" {
			r.groups["named "+model.FoldName(g.Name)] = true
		}
	}
}

// groupName is a name for a group, the file's own if nothing has it yet.
func (r *reader) groupName(g *conf.Group) (name string, ok bool) {
	if g.Name != "" {
		key := model.FoldName(g.Name)
		_, isRef := model.ParseRef(g.Name)
		if isRef || r.groups[key] || strings.TrimSpace(g.Name) != g.Name || len(g.Name) > 255 || !plain(g.Name) {
			return "", false
		}
		r.groups[key] = true
		return g.Name, true
	}
	for {
		r.count++
		name = "group-" + decimal(r.count)
		if !r.groups["named "+name] {
			return name, true
		}
	}
}

// group reads a group: its hosts and groups stay in it; networks leave it with its settings, and so do classes.
func (r *reader) group(g *conf.Group, to *[]*intake.Group, inherited []conf.Statement) {
	name, ok := r.groupName(g)
	if !ok {
		r.keep(&r.server.End, with(g, inherited))
		return
	}
	list, tail := flat(&g.Block)
	settings := slices.Clone(inherited)
	for _, s := range list {
		if setting(s) {
			settings = append(settings, s)
		}
	}
	out := &intake.Group{Place: r.at(g), Name: name}
	r.comments(&out.Statements, &g.Meta)
	options := r.options(list)
	left := 0
	for _, s := range list {
		left++
		switch s := s.(type) {
		case *conf.Subnet:
			r.subnet(s, level{fallback: &r.server.End, inherited: settings})
		case *conf.SharedNetwork:
			r.shared(s, settings)
		case *conf.Group:
			left--
			r.group(s, &out.Groups, settings)
		case *conf.Host:
			left--
			r.host(s, &out.Hosts, &out.Statements)
		case *conf.Class:
			r.keep(&r.server.Begin, with(s, settings))
		case *conf.FailoverPeer:
			r.peer(s)
		case *conf.OptionDefinition:
			r.definition(s)
		case *conf.OptionSpace, *conf.Subclass:
			r.keep(&r.server.Begin, s)
		case *conf.Option:
			left--
			r.option(s, options, &out.Options, &out.Statements)
		default:
			if !setting(s) {
				r.keep(&r.server.Begin, s)
				continue
			}
			left--
			r.keep(&out.Statements, s)
		}
	}
	r.comment(&out.Statements, tail)
	if left > 0 {
		r.in.Note(intake.Changed, out.Place, "networks and declarations of the group stand outside it, with its settings")
	}
	if left > 0 && g.Name == "" && len(out.Groups)+len(out.Hosts) == 0 && !kept(out.Statements, list) {
		return
	}
	*to = append(*to, out)
	r.in.Note(intake.Taken, out.Place, "group "+name)
}

// kept reports whether statements hold more than the settings of a block.
func kept(statements intake.Statements, list []conf.Statement) bool {
	for _, s := range list {
		if _, ok := s.(*conf.Host); ok {
			return true
		}
	}
	return slices.ContainsFunc(statements, func(s intake.Statement) bool { return strings.HasPrefix(s.Text, "#") })
}

// with puts inherited settings first in a copy of a block.
func with(s conf.Nested, inherited []conf.Statement) conf.Statement {
	if len(inherited) == 0 {
		return s
	}
	block := conf.Block{Statements: slices.Concat(inherited, s.Body().Statements), Tail: s.Body().Tail}
	switch s := s.(type) {
	case *conf.Group:
		return &conf.Group{Meta: s.Meta, Name: s.Name, Block: block}
	case *conf.Class:
		return &conf.Class{Meta: s.Meta, Name: s.Name, Block: block}
	case *conf.Subnet:
		return &conf.Subnet{Meta: s.Meta, Network: s.Network, Mask: s.Mask, Block: block}
	case *conf.SharedNetwork:
		return &conf.SharedNetwork{Meta: s.Meta, Name: s.Name, Block: block}
	}
	return s
}
