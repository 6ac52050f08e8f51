package filter

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"halxml/internal/errs"
)

// parseQuick reads what follows the colon of a quick condition.
func (p *parser) parseQuick(t target) (*node, error) {
	p.pos = p.after(p.pos, false)
	if p.peek(0) == '(' {
		return p.parseGroup(t)
	}
	if p.emptyValue() {
		return p.newLeaf(t, Contains, "")
	}
	first, err := p.parsePattern(t, false)
	if err != nil || !p.alternative() {
		return first, err
	}
	n := &node{join: some, kids: []*node{first}}
	for p.alternative() {
		p.pos++
		kid, err := p.parsePattern(t, false)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	return n, nil
}

// emptyValue reports whether the value after a colon was left out: the filter
// ends or its next condition follows, as in "name: type:x".
func (p *parser) emptyValue() bool {
	c := p.peek(0)
	if p.end() || c == '&' || c == '|' || c == ',' || c == ')' && p.depth > 0 {
		return true
	}
	if p.pos == 0 || !isSpace(p.src[p.pos-1]) {
		return false
	}
	t, op, _, err := p.field()
	return err == nil && op != "" && t.field >= 0
}

// alternative reports whether a pattern follows that belongs to the same field:
// | without white space, and no field after it.
func (p *parser) alternative() bool {
	if p.peek(0) != '|' || p.pos+1 >= len(p.src) {
		return false
	}
	if c := p.peek(1); isSpace(c) || c == '|' || c == '&' || c == '(' || c == ')' || c == ',' {
		return false
	}
	after := *p
	after.pos++
	_, op, _, err := after.field()
	return err == nil && op == ""
}

// A pattern is read into a plain text and, in step, an expression, of which the
// one is used that its characters ask for.
type pattern struct {
	not        bool
	begin, end bool
	expr       bool // it is an expression
	text       strings.Builder
	re         strings.Builder
	group      int // open \( of the expression
}

func (q *pattern) literal(c byte) {
	q.text.WriteByte(c)
	if c < 0x80 && c != '_' && !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') {
		q.re.WriteString(regexp.QuoteMeta(string(rune(c))))
	} else {
		q.re.WriteByte(c)
	}
}

func (q *pattern) special(s string) {
	q.expr = true
	q.re.WriteString(s)
}

// parsePattern reads a pattern and makes its condition. bare is a pattern
// without a field, in which a comparison has no place.
func (p *parser) parsePattern(t target, bare bool) (*node, error) {
	var q pattern
	start := p.pos
	for p.peek(0) == '!' {
		q.not = !q.not
		p.pos = p.after(p.pos+1, false)
	}
	quoted, parens := false, 0
	if p.peek(0) == '^' {
		q.begin = true
		p.pos++
	}
	fresh := p.pos // where a ^ within quotes is still in front
	for ; !p.end(); p.pos++ {
		c := p.peek(0)
		if c == '"' {
			quoted = !quoted
			if fresh == p.pos {
				fresh++
			}
			continue
		}
		if !quoted && q.group == 0 {
			if isSpace(c) || c == '&' || c == '|' || c == ')' && parens == 0 && p.depth > 0 || c == ',' && p.separates() {
				break
			}
			if bare && strings.IndexByte("=<>!", c) >= 0 {
				if op := p.operator(p.pos); op != "" && op != "!$" {
					return nil, p.fail("there is no field %s; text with %s in it must be quoted", quote(p.src[start:p.pos]), op)
				}
			}
		}
		switch {
		case c == '^' && p.pos == fresh && !q.begin:
			q.begin = true
			continue
		case c == '$' && p.last(quoted):
			q.end = true
		case c == '\\':
			p.escape(&q)
		case c == '[':
			p.class(&q, quoted)
		case c == '*' || c == '+' || c == '?':
			if q.text.Len() == 0 && q.re.Len() == 0 {
				q.literal(c)
			} else {
				q.special(string(rune(c)))
				q.text.WriteByte(c)
			}
		case c == '|' && q.group > 0:
			q.special("|")
		default:
			if c == '(' {
				parens++
			} else if c == ')' && parens > 0 {
				parens--
			}
			q.literal(c)
		}
	}
	if quoted {
		return nil, p.fail("the quote in %s is not closed", quote(p.src[start:]))
	}
	n, err := p.patternLeaf(t, &q)
	if err == nil {
		n.not = q.not
	}
	return n, err
}

func (p *parser) patternLeaf(t target, q *pattern) (*node, error) {
	op := Contains
	switch {
	case q.expr:
		re := q.re.String()
		if q.begin {
			re = "^(?:" + re + ")"
		}
		if q.end {
			re = "(?:" + re + ")$"
		}
		return p.expression(t, re)
	case q.begin && q.end:
		op = Equal
	case q.begin:
		op = Prefix
	case q.end:
		op = Suffix
	}
	return p.newLeaf(t, op, q.text.String())
}

// separates reports whether the comma here ends a value: white space, another
// comma, a parenthesis or nothing follows.
func (p *parser) separates() bool {
	c := p.peek(1)
	return p.pos+1 >= len(p.src) || isSpace(c) || c == ',' || c == ')'
}

// last reports whether the pattern ends after this character.
func (p *parser) last(quoted bool) bool {
	c, next := p.peek(1), p.pos+1
	if quoted {
		if c != '"' {
			return false
		}
		c, next = p.peek(2), p.pos+2
	}
	return next >= len(p.src) || isSpace(c) || c == '&' || c == '|' || c == ',' || c == ')' && p.depth > 0
}

// escape reads a backslash: before . ( ) { } it gives the special meaning,
// before other punctuation it takes that away, and before letters it is itself,
// for the sake of DOMAIN\user.
func (p *parser) escape(q *pattern) {
	c := p.peek(1)
	switch {
	case c == '.' || c == '{' || c == '}':
		q.special(string(rune(c)))
	case c == '(':
		q.group++
		q.special("(?:")
	case c == ')':
		q.group = max(q.group-1, 0)
		q.special(")")
	case c > ' ' && c < 0x7f && !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z'), c == ' ':
		q.literal(c)
	default:
		q.literal('\\')
		return
	}
	p.pos++
}

// class reads [...]; without its end the bracket is literal.
func (p *parser) class(q *pattern, quoted bool) {
	i := p.pos + 1
	if i < len(p.src) && p.src[i] == '^' {
		i++
	}
	if i < len(p.src) && p.src[i] == ']' {
		i++
	}
	for ; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '\\':
			i++
			continue
		case c == ']':
			q.special(p.src[p.pos : i+1])
			p.pos = i
			return
		case c == '"' || !quoted && isSpace(c) || i-p.pos > maxClass:
			q.literal('[')
			return
		}
	}
	q.literal('[')
}

// expression compiles a regular expression, within the limits that keep
// matching it cheap.
func (p *parser) expression(t target, text string) (*node, error) {
	if len(text) > maxExpression {
		return nil, errs.Errorf(errs.TooLarge, "filter: the regular expression %s is longer than %d bytes", quote(text), maxExpression)
	}
	full := "(?is)" + text
	tree, err := syntax.Parse(full, syntax.Perl)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "filter: %s is no regular expression", quote(text))
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "filter: %s is no regular expression", quote(text))
	}
	if p.instrs += len(prog.Inst); p.instrs > maxInstructions {
		return nil, errs.Errorf(errs.TooLarge, "filter: the regular expression %s is too large", quote(text))
	}
	re, err := regexp.Compile(full)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "filter: %s is no regular expression", quote(text))
	}
	n, err := p.newLeaf(t, Matches, "")
	if err == nil {
		n.cond.re = re
	}
	return n, err
}
