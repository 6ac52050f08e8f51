package conf

import "net/netip"

// File is one configuration file, with the files it includes inside its Include statements.
type File struct {
	Name string
	Block
}

// Block is the statements between two braces, or of a whole file, in file order.
type Block struct {
	Statements []Statement
	// Tail holds the comments after the last statement.
	Tail []string
}

// Meta is what every statement has: its place and its comments. A comment begins with '#' and has no line end.
type Meta struct {
	Pos      Pos
	Comments []string
	// Trailing is the comment behind the statement on its last line, or "".
	Trailing string
}

// Place returns the statement's position and comments for reading and changing.
func (m *Meta) Place() *Meta { return m }

// Statement is one statement of a Block: one of the types of this package that embed Meta.
type Statement interface {
	Place() *Meta
}

// Nested is a statement that holds others.
type Nested interface {
	Statement
	// Body returns the block, nil when the statement was written without one.
	Body() *Block
}

// Body returns the block itself, so that types which embed Block are Nested.
func (b *Block) Body() *Block { return b }

// Include is an include statement. Its block holds the statements of the included file when Expanded is set.
type Include struct {
	Meta
	Path     string
	Expanded bool
	Block
}

// SharedNetwork is a shared-network declaration.
type SharedNetwork struct {
	Meta
	Name string
	Block
}

// Subnet is an IPv4 subnet declaration. Mask is kept as written: dhcpd accepts masks with holes.
type Subnet struct {
	Meta
	Network, Mask netip.Addr
	Block
}

// Subnet6 is an IPv6 subnet declaration.
type Subnet6 struct {
	Meta
	Prefix netip.Prefix
	Block
}

// Pool is a pool declaration of a subnet or shared network.
type Pool struct {
	Meta
	Block
}

// Pool6 is an IPv6 pool declaration.
type Pool6 struct {
	Meta
	Block
}

// Range is a range statement. A single address has Low and High equal. Both are kept in the order they were written.
type Range struct {
	Meta
	Low, High    netip.Addr
	DynamicBOOTP bool
}

// Range6 is a range6 statement: from Low to High, or all of Prefix.
type Range6 struct {
	Meta
	Low, High netip.Addr
	Prefix    netip.Prefix
	Temporary bool
}

// Group is a group declaration; most have no name.
type Group struct {
	Meta
	Name string
	Block
}

// Host is a host declaration. Its hardware, addresses and options are statements of its block.
type Host struct {
	Meta
	Name string
	Block
}

// Hardware is a hardware statement, such as "ethernet" and "00:11:22:33:44:55"; the address is kept as written.
type Hardware struct {
	Meta
	Type, Address string
}

// FixedAddress is a fixed-address statement: addresses and host names in order.
type FixedAddress struct {
	Meta
	Addresses []string
}

// Class is a class declaration. Statements that decide membership (match, spawn with) are Opaque in its block.
type Class struct {
	Meta
	Name string
	Block
}

// Subclass is a subclass declaration. Data is the match value as written; HasBlock tells `{}` from `;`.
type Subclass struct {
	Meta
	Class    string
	Data     string
	HasBlock bool
	Block
}

// Option is an option statement. Name may hold an option space ("space.name"); Value is the text up to the semicolon and
// begins with "=" when it is an expression.
type Option struct {
	Meta
	Name, Value string
}

// OptionDefinition is `option NAME code N = TYPE`.
type OptionDefinition struct {
	Meta
	Name string
	Code string
	Type string
}

// OptionSpace is `option space NAME ...`; Rest holds the widths when given.
type OptionSpace struct {
	Meta
	Name, Rest string
}

// Parameter is a statement that sets one thing: `default-lease-time 600`, `authoritative`, `allow booting`. Name is in
// lower case, Value is the text up to the semicolon.
type Parameter struct {
	Meta
	Name, Value string
}

// Opaque is a statement this package has no type for, or an expression it does not look into (if, on, set, zone, key,
// match …). Text is exactly what was written, from the first word to the closing semicolon or brace.
type Opaque struct {
	Meta
	// Keyword is the first word in lower case.
	Keyword string
	Text    string
}
