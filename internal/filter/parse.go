package filter

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"halxml/internal/errs"
	"halxml/internal/model"
)

// Limits of one filter. They keep a hostile filter from costing more than an
// honest one; none was ever met by a client seen so far.
const (
	maxLength       = 64 << 10 // bytes
	maxDepth        = 64       // open groups
	maxTerms        = 1000     // conditions
	maxExpression   = 1000     // bytes of one regular expression
	maxClass        = 200      // bytes of one [...] in a pattern
	maxInstructions = 4000     // of all regular expressions together, compiled
)

// Parse reads a filter; an empty text gives a filter that everything passes. A
// mistake is errs.Invalid and quotes the place, a limit errs.TooLarge.
func (s *Set[T]) Parse(text string, opts Options) (*Filter[T], error) {
	switch {
	case len(text) > maxLength:
		return nil, errs.Errorf(errs.TooLarge, "filter: longer than %d bytes", maxLength)
	case !utf8.ValidString(text):
		return nil, errs.Errorf(errs.Invalid, "filter: not valid UTF-8")
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	p := &parser{src: text, opts: opts, fields: s.infos, lookup: s.lookup, properties: s.custom != nil}
	p.space()
	if p.end() {
		return &Filter[T]{set: s}, nil
	}
	root, err := p.parseOr(target{field: anyField})
	if err != nil {
		return nil, err
	}
	if !p.end() {
		return nil, p.fail("unexpected %s", quote(p.src[p.pos:p.pos+1]))
	}
	return &Filter[T]{set: s, root: root}, nil
}

// A parser reads one filter. It looks ahead only within a word and past white
// space, so it is linear but for quoting in errors.
type parser struct {
	src    string
	pos    int
	depth  int // open groups
	terms  int
	instrs int // of compiled expressions
	opts   Options

	fields     []fieldInfo
	lookup     func(string) (int, bool)
	properties bool // rows have custom properties
}

// target is what a condition looks at.
type target struct {
	field int
	name  string
	kind  Kind
}

func (p *parser) end() bool { return p.pos >= len(p.src) }

// peek is the byte n after the position, 0 past the end.
func (p *parser) peek(n int) byte {
	if p.pos+n < len(p.src) {
		return p.src[p.pos+n]
	}
	return 0
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}

// space skips white space, and the commas that some callers put between
// conditions.
func (p *parser) space() { p.pos = p.after(p.pos, true) }

func (p *parser) after(i int, commas bool) int {
	for i < len(p.src) && (isSpace(p.src[i]) || commas && p.src[i] == ',') {
		i++
	}
	return i
}

// word reports whether the keyword stands at i as a word of its own.
func (p *parser) word(i int, keyword string) bool {
	rest := p.src[i:]
	if len(rest) < len(keyword) || !strings.EqualFold(rest[:len(keyword)], keyword) {
		return false
	}
	rest = rest[len(keyword):]
	return rest == "" || isSpace(rest[0]) || rest[0] == '(' || rest[0] == ')' || rest[0] == '"'
}

func (p *parser) fail(format string, args ...any) error {
	return errs.Errorf(errs.Invalid, "filter: "+format, args...)
}

// quote shows a text of the caller's in an error, shortened.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "..."
	}
	return strconv.Quote(s)
}

func (p *parser) parseOr(scope target) (*node, error) {
	n := &node{join: some}
	for {
		kid, err := p.parseAnd(scope)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
		p.space()
		switch {
		case p.peek(0) == '|':
			p.pos++
			if p.peek(0) == '|' {
				p.pos++
			}
		case p.word(p.pos, "or"):
			p.pos += len("or")
		default:
			if len(n.kids) == 1 {
				return kid, nil
			}
			return n, nil
		}
	}
}

func (p *parser) parseAnd(scope target) (*node, error) {
	n := &node{join: all}
	for {
		kid, err := p.parseNot(scope)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
		p.space()
		switch {
		case p.end(), p.peek(0) == '|', p.peek(0) == ')' && p.depth > 0, p.word(p.pos, "or"):
			if len(n.kids) == 1 {
				return kid, nil
			}
			return n, nil
		case p.peek(0) == '&':
			p.pos++
			if p.peek(0) == '&' {
				p.pos++
			}
		case p.word(p.pos, "and"):
			p.pos += len("and")
		}
	}
}

func (p *parser) parseNot(scope target) (*node, error) {
	not := false
	for {
		p.space()
		if p.peek(0) == '!' {
			p.pos++
		} else if p.word(p.pos, "not") {
			p.pos += len("not")
		} else {
			break
		}
		not = !not
	}
	n, err := p.parsePrimary(scope)
	if err == nil && not {
		n.not = !n.not
	}
	return n, err
}

func (p *parser) parsePrimary(scope target) (*node, error) {
	switch c := p.peek(0); {
	case p.end():
		return nil, p.fail("a condition is missing at its end")
	case c == '(':
		return p.parseGroup(scope)
	case c == ')', c == '&', c == '|', p.word(p.pos, "and"), p.word(p.pos, "or"):
		return nil, p.fail("a condition is missing before %s", quote(p.src[p.pos:]))
	}
	t, op, next, err := p.field()
	switch {
	case err != nil:
		return nil, err
	case op == "":
		return p.parsePattern(scope, true)
	}
	p.pos = next
	switch op {
	case ":":
		return p.parseQuick(t)
	case "in", "not in":
		return p.parseIn(t, op == "not in")
	}
	return p.parseComparison(t, op)
}

func (p *parser) parseGroup(scope target) (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, errs.Errorf(errs.TooLarge, "filter: more than %d groups within each other", maxDepth)
	}
	p.pos++
	n, err := p.parseOr(scope)
	if err != nil {
		return nil, err
	}
	if p.peek(0) != ')' {
		return nil, p.fail("a closing parenthesis is missing")
	}
	p.pos++
	p.depth--
	return n, nil
}

// operators, longer ones first.
var operators = [...]string{"==", "=@", "=^", "=$", "=~", "=", "!=", "!@", "!^", "!$", "!~", "<>", "<=", "<", ">=", ">"}

// operator is the comparison that stands at i, or "".
func (p *parser) operator(i int) string {
	for _, op := range operators {
		if strings.HasPrefix(p.src[i:], op) {
			return op
		}
	}
	if i = p.after(i, false); p.word(i, "in") && p.group(i+len("in")) {
		return "in"
	} else if p.word(i, "not") {
		if i = p.after(i+len("not"), false); p.word(i, "in") && p.group(i+len("in")) {
			return "not in"
		}
	}
	return ""
}

func (p *parser) group(i int) bool {
	i = p.after(i, false)
	return i < len(p.src) && p.src[i] == '('
}

// field looks for a field and what follows it at the position: op is ":", a
// comparison, "in" or "not in", and next the place after it. op is "" when no
// field stands there.
func (p *parser) field() (t target, op string, next int, err error) {
	name, i, quoted := p.name()
	if name == "" {
		if op = p.operator(p.pos); op != "" && op[0] != '!' && op != "in" && op != "not in" {
			return t, "", 0, p.fail("a field is missing before %s", quote(p.src[p.pos:]))
		}
		return t, "", 0, nil
	}
	index, known := p.lookup(name)
	kind, custom := Text, p.properties
	if custom && !known && p.opts.Custom != nil {
		kind, custom = p.opts.Custom(name)
	}
	switch {
	case known:
		t = target{index, p.fields[index].name, p.fields[index].kind}
	case custom:
		t = target{customField, name, kind}
		known = p.opts.Custom != nil
	default:
		t.field = anyField // unknown
	}
	j := p.after(i, false)
	if j < len(p.src) && p.src[j] == ':' {
		adjacent := i == j
		switch {
		case known, quoted && adjacent && t.field == customField,
			t.field == customField && adjacent && !isHex(name) && !strings.HasPrefix(p.src[j:], "://"):
			return t, ":", j + 1, nil
		case quoted && adjacent:
			return t, "", 0, p.fail("there is no field %s", quote(name))
		}
		return t, "", 0, nil
	}
	op = p.operator(j)
	switch {
	case op == "":
		return t, "", 0, nil
	case (op == "!^" || op == "!$") && j > i && !known:
		return t, "", 0, nil // a text, then a negated one
	case t.field == anyField:
		return t, "", 0, p.fail("there is no field %s", quote(name))
	case op == "in":
		j = p.after(j, false) + len(op)
	case op == "not in":
		j = p.after(p.after(j, false)+len("not"), false) + len("in")
	default:
		j += len(op)
	}
	return t, op, j, nil
}

// name reads what may be a field's name, without moving.
func (p *parser) name() (name string, next int, quoted bool) {
	if p.peek(0) == '"' {
		close := strings.IndexByte(p.src[p.pos+1:], '"')
		if close < 0 {
			return "", 0, false
		}
		return p.src[p.pos+1 : p.pos+1+close], p.pos + close + 2, true
	}
	i := p.pos
	for i < len(p.src) && !isSpace(p.src[i]) && strings.IndexByte(`:=<>!&|()",^$@~\`, p.src[i]) < 0 {
		i++
	}
	return p.src[p.pos:i], i, false
}

// isHex tells the first part of a MAC or IPv6 address, which no property name
// shall be mistaken for.
func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; !isDigit(s[i]) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// newLeaf makes a condition, counted. What may be the spelling of a hardware
// address is looked for in the spelling it is kept in too.
func (p *parser) newLeaf(t target, op Op, operand string) (*node, error) {
	n, err := p.plainLeaf(t, op, operand)
	if err != nil || t.kind != Client && t.kind != List && t.field != anyField {
		return n, err
	}
	if kept, ok := octets(op, operand, t.kind == Client); ok {
		other, err := p.plainLeaf(t, op, kept)
		return &node{join: some, kids: []*node{n, other}}, err
	}
	return n, nil
}

// octets writes the spelling of a hardware address, and in a field of these that
// of a part of one, as it is kept; ok is false for what is none or is so already.
func octets(op Op, operand string, parts bool) (kept string, ok bool) {
	if op > Suffix {
		return "", false
	}
	if kept, ok = model.HardwareAddress(operand); !ok {
		if !parts {
			return "", false
		}
		pairs := strings.Trim(operand, "-")
		for pair := range strings.SplitSeq(pairs, "-") {
			if len(pair) != 2 || !isHex(pair) {
				return "", false
			}
		}
		kept = strings.ToLower(strings.ReplaceAll(operand, "-", ":"))
	}
	return kept, !strings.EqualFold(kept, operand)
}

func (p *parser) plainLeaf(t target, op Op, operand string) (*node, error) {
	if p.terms++; p.terms > maxTerms {
		return nil, errs.Errorf(errs.TooLarge, "filter: more than %d conditions", maxTerms)
	}
	n := &node{field: t.field, name: t.name}
	kind := t.kind
	if t.field == anyField && (op == Contains || op == Equal) {
		if a, ok := parseAddr(operand); ok {
			n.addr, kind = a, Address
		}
	}
	var err error
	n.cond, err = newCondition(t.name, kind, op, operand, p.opts)
	return n, err
}
