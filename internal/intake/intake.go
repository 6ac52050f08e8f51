// Package intake is what configuration files of servers say, in the domain's
// words and before any of it is stored: the form between the readers of the
// languages and the command that takes it into the store. What the domain has
// no words for stays in the server's own language, beside the object whose
// block it stands in.
package intake

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"halxml/internal/model"
)

// Intake is the servers of one import.
type Intake struct {
	Servers       []*Server
	Relationships []*Relationship
	// Findings tell what was taken, and how.
	Findings []Finding
}

// Server is what the files of one server say.
type Server struct {
	Name string
	Kind model.ServerKind
	// Address is where failover partners reach it, "" when no file says so.
	Address string
	Place   Place
	// Begin and End are statements of the server as a whole, before and behind
	// its networks; Networks those of its shared networks, by name.
	Begin, End  Statements
	Networks    map[string]*Statements
	Definitions []model.OptionDefinition
	Options     []model.Option
	Scopes      []*Scope
	Groups      []*Group
	Hosts       []*Host
	// Daemons are whole configurations, of Kea's daemons.
	Daemons map[model.StatementsPart]string
	// Other is what they say, setting by setting, each with its place in the file.
	Other []string
}

// Scope is a subnet.
type Scope struct {
	Place
	Prefix      netip.Prefix
	SubnetID    uint32 // Kea; 0 is none
	Superscope  string
	Description string
	Statements  Statements
	Options     []model.Option
	Pools       []*Pool
	Hosts       []*Host
}

// Pool is ranges of one scope that have everything in common.
type Pool struct {
	Place
	Ranges []Range
	// Peer names a relationship of the intake; "" for none.
	Peer       string
	Permits    []model.Permit
	Statements Statements
	Options    []model.Option
	// Verbatim is the pool in the server's language, for when it is refused;
	// without it the import is.
	Verbatim string
}

// Range is a run of addresses.
type Range struct{ From, To netip.Addr }

// Group is a group with the groups and reservations in it.
type Group struct {
	Place
	Name       string
	Statements Statements
	Options    []model.Option
	Groups     []*Group
	Hosts      []*Host
}

// Host is a reservation.
type Host struct {
	Place
	model.Reservation
	Statements Statements
	Options    []model.Option
	// Verbatim is the host in the server's language, for when it is refused;
	// without it the import is.
	Verbatim string
}

// Relationship is a failover relationship that both its servers declare.
type Relationship struct {
	model.Relationship
	Primary, Secondary End
}

// End is one side of a relationship.
type End struct {
	Place
	Server *Server
	// Address and Partner are how this side calls itself and the other; Address
	// may be empty.
	Address, Partner string
	Statements       Statements
}

// Place is where something stands in a file. Order counts statements of a server.
type Place struct {
	File  string
	Line  int
	Order int
}

// String gives file:line, or only what is known of it.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// Statements are texts in a server's own language, in the order of the file.
type Statements []Statement

// Statement is one of them.
type Statement struct {
	Order int
	Text  string
}

// Add puts a statement in its place.
func (s *Statements) Add(order int, text string) {
	i, _ := slices.BinarySearchFunc(*s, order+1, func(a Statement, order int) int { return cmp.Compare(a.Order, order) })
	*s = slices.Insert(*s, i, Statement{order, text})
}

// Text is all of them, "" for none.
func (s Statements) Text() string {
	texts := make([]string, len(s))
	for i := range s {
		texts[i] = s[i].Text
	}
	return strings.Join(texts, "\n")
}

// Kind says what became of a part of a file.
type Kind string

// What becomes of parts of files.
const (
	Taken   Kind = "taken"   // an object of the service now
	Kept    Kind = "kept"    // in the server's own language, in its place
	Changed Kind = "changed" // said in another way, or taken with another value
	Refused Kind = "refused" // makes the import fail
)

// Finding tells what became of one part of a file.
type Finding struct {
	Kind Kind
	Place
	Text string // one sentence or the head of a statement
}

// Refusals counts the findings that make the import fail.
func (in *Intake) Refusals() (n int) {
	for _, f := range in.Findings {
		if f.Kind == Refused {
			n++
		}
	}
	return n
}

// Note adds a finding.
func (in *Intake) Note(kind Kind, at Place, text string) {
	in.Findings = append(in.Findings, Finding{kind, at, text})
}

// Sort brings the findings into the order of the files.
func (in *Intake) Sort() {
	slices.SortStableFunc(in.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}

// Lines are the end's statements, with the addresses that are not those of the
// two servers.
func (e End) Lines(own, partner *model.Server) Statements {
	out := slices.Clone(e.Statements)
	for _, a := range []struct {
		word, address string
		server        *model.Server
	}{{"address", e.Address, own}, {"peer address", e.Partner, partner}} {
		if a.address != "" && a.address != a.server.Address {
			out.Add(-1, a.word+" "+a.address+";")
		}
	}
	return out
}
