package conf

import (
	"strings"
)

// scope is the kind of block a statement stands in, as far as the grammar depends on it.
type scope uint8

const (
	scopeRoot scope = iota
	scopeOther
	scopeShared
	scopePool
	scopeHost
)

// parser reads the tokens of one file by recursive descent.
type parser struct {
	*loader
	name   string
	src    string
	tokens []token
	i      int
	// inner collects comments found inside the head of a statement; they move before it.
	inner []string
}

func (p *parser) peek() *token { return &p.tokens[p.i] }

// peekAt looks n tokens ahead; beyond the end it answers the end.
func (p *parser) peekAt(n int) *token {
	return &p.tokens[min(p.i+n, len(p.tokens)-1)]
}

// next takes one token. Its comments go to the statement that is being read.
func (p *parser) next() *token {
	t := &p.tokens[p.i]
	for _, c := range t.comments {
		p.inner = append(p.inner, c.text)
	}
	if t.kind != kindEOF {
		p.i++
	}
	return t
}

// takeComments removes the comments before the next token.
func (p *parser) takeComments() []string {
	t := p.peek()
	var out []string
	for _, c := range t.comments {
		out = append(out, c.text)
	}
	t.comments = nil
	return out
}

func (p *parser) errorAt(t *token, format string, args ...any) error {
	return syntaxErrorf(Pos{p.name, t.line}, format, args...)
}

// expected is the usual complaint about the next token.
func (p *parser) expected(what string) error {
	t := p.peek()
	return p.errorAt(t, "%s is expected, found %s", what, t.describe())
}

// missingSemicolon complains at the line that lacks it, which is that of the token before.
func (p *parser) missingSemicolon() error {
	t := p.peek()
	line := t.line
	if p.i > 0 {
		line = p.tokens[p.i-1].endLine
	}
	return syntaxErrorf(Pos{p.name, line}, "';' is missing before %s", t.describe())
}

func (p *parser) word(what string) (*token, error) {
	if p.peek().kind != kindWord {
		return nil, p.expected(what)
	}
	return p.next(), nil
}

func (p *parser) keyword(word string) error {
	if !p.peek().is(word) {
		return p.expected("'" + word + "'")
	}
	p.next()
	return nil
}

func (p *parser) quoted(what string) (string, error) {
	if p.peek().kind != kindString {
		return "", p.expected(what)
	}
	return p.next().value, nil
}

// begin starts a statement at the next token: its place and the comments before it.
func (p *parser) begin(m *Meta) {
	m.Pos = Pos{p.name, p.peek().line}
	m.Comments = p.takeComments()
	p.inner = p.inner[:0]
}

// endHead moves the comments inside the statement's head before it.
func (p *parser) endHead(m *Meta) {
	m.Comments = append(m.Comments, p.inner...)
	p.inner = p.inner[:0]
}

// trailing gives the statement that ended with the token just taken the comment behind it on the same line.
func (p *parser) trailing(m *Meta) {
	t := p.peek()
	if p.i > 0 && len(t.comments) > 0 && t.comments[0].line == p.tokens[p.i-1].endLine {
		m.Trailing = t.comments[0].text
		t.comments = t.comments[1:]
	}
}

// semicolon ends a simple statement.
func (p *parser) semicolon(m *Meta) error {
	if !p.peek().isPunct(';') {
		return p.missingSemicolon()
	}
	p.next()
	p.endHead(m)
	p.trailing(m)
	return nil
}

// block reads `{ statements }` into b and ends the statement.
func (p *parser) block(m *Meta, b *Block, in scope) error {
	if err := p.open(m); err != nil {
		return err
	}
	if err := p.statements(b, in); err != nil {
		return err
	}
	tail, err := p.close(m)
	b.Tail = tail
	return err
}

// open takes the brace that begins a block.
func (p *parser) open(m *Meta) error {
	if !p.peek().isPunct('{') {
		return p.expected("'{'")
	}
	if p.depth++; p.depth > MaxBlockDepth {
		return p.errorAt(p.peek(), "blocks are nested deeper than %d", MaxBlockDepth)
	}
	p.next()
	p.endHead(m)
	return nil
}

// close takes the brace that ends a block and returns the comments before it.
func (p *parser) close(m *Meta) (tail []string, err error) {
	if !p.peek().isPunct('}') {
		return nil, p.errorAt(p.peek(), "the file ends inside the block that begins on line %d", m.Pos.Line)
	}
	tail = p.takeComments()
	p.next()
	p.depth--
	p.trailing(m)
	return tail, nil
}

// statements reads up to a closing brace or the end of the file.
func (p *parser) statements(b *Block, in scope) error {
	for {
		t := p.peek()
		if t.kind == kindEOF || t.isPunct('}') {
			return nil
		}
		s, err := p.statement(in)
		if err != nil {
			return err
		}
		b.Statements = append(b.Statements, s)
	}
}

func (p *parser) statement(in scope) (Statement, error) {
	t := p.peek()
	if t.kind != kindWord || !isLetter(t.text[0]) {
		if t.isPunct(';') {
			return nil, p.errorAt(t, "';' stands alone: there is no statement before it")
		}
		return nil, p.expected("a statement")
	}
	switch keyword := strings.ToLower(t.text); keyword {
	case "include":
		return p.include(in)
	case "shared-network":
		return p.sharedNetwork()
	case "subnet":
		return p.subnet()
	case "subnet6":
		return p.subnet6()
	case "pool":
		s := new(Pool)
		return s, p.plainBlock(&s.Meta, &s.Block, scopePool)
	case "pool6":
		s := new(Pool6)
		return s, p.plainBlock(&s.Meta, &s.Block, scopePool)
	case "range":
		return p.addressRange()
	case "range6":
		return p.addressRange6()
	case "group":
		return p.group(in)
	case "host":
		return p.host()
	case "hardware":
		return p.hardware()
	case "fixed-address":
		return p.fixedAddress()
	case "class":
		return p.class()
	case "subclass":
		return p.subclass()
	case "option":
		return p.option()
	case "failover":
		return p.failover(in)
	case "no":
		if in == scopePool {
			return p.noFailover()
		}
	case "allow", "deny", "ignore":
		if in == scopePool {
			return p.permit(PermitAction(keyword))
		}
		return p.parameter(keyword, valueFree)
	case "not":
		if p.peekAt(1).is("authoritative") {
			return p.notAuthoritative()
		}
	case "else", "elsif":
		return nil, p.errorAt(t, "'%s' has no 'if' before it", keyword)
	default:
		if v := parameterValue(keyword); v != valueUnknown {
			return p.parameter(keyword, v)
		}
	}
	return p.opaque()
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// plainBlock reads a declaration that is one keyword and a block.
func (p *parser) plainBlock(m *Meta, b *Block, in scope) error {
	p.begin(m)
	p.next()
	return p.block(m, b, in)
}

// text reads free text up to (not including) the semicolon that ends the statement. White space and comments between two
// tokens become one space. Braces are allowed only where a definition may hold them.
func (p *parser) text(braces bool) (string, error) {
	var b strings.Builder
	depth, last := 0, -1
	for {
		t := p.peek()
		switch {
		case t.kind == kindEOF:
			return "", p.missingSemicolon()
		case t.isPunct(';') && depth == 0:
			return b.String(), nil
		case t.isPunct('{'):
			if !braces {
				return "", p.missingSemicolon()
			}
			depth++
		case t.isPunct('}'):
			if depth--; depth < 0 {
				return "", p.missingSemicolon()
			}
		case t.isPunct(';'):
			return "", p.expected("'}'")
		}
		if last >= 0 && last != t.start {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
		last = t.end
		p.next()
	}
}

// opaque keeps a statement exactly as written, up to the first semicolon outside braces or to the brace that closes the
// first block. An if takes its elsif and else along.
func (p *parser) opaque() (Statement, error) {
	s := new(Opaque)
	p.begin(&s.Meta)
	first := p.next()
	s.Keyword = strings.ToLower(first.text)
	depth := 0
scan:
	for {
		t := p.peek()
		switch {
		case t.kind == kindEOF && depth > 0:
			return nil, p.errorAt(t, "the file ends inside the block that begins on line %d", first.line)
		case t.kind == kindEOF:
			return nil, p.missingSemicolon()
		case t.isPunct('{'):
			depth++
		case t.isPunct('}'):
			depth--
			if depth < 0 {
				return nil, p.missingSemicolon()
			}
			if depth == 0 {
				p.next()
				if s.Keyword == "if" && (p.peek().is("elsif") || p.peek().is("else")) {
					continue
				}
				if s.Keyword == "key" && p.peek().isPunct(';') { // as BIND writes it
					p.next()
				}
				break scan
			}
		case t.isPunct(';') && depth == 0:
			p.next()
			break scan
		}
		p.next()
	}
	p.inner = p.inner[:0] // these comments are part of the text
	s.Text = p.src[first.start:p.tokens[p.i-1].end]
	p.trailing(&s.Meta)
	return s, nil
}
