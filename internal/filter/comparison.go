package filter

import "strings"

// parseComparison reads the value after an operator.
func (p *parser) parseComparison(t target, op string) (*node, error) {
	p.pos = p.after(p.pos, false)
	not := op[0] == '!' || op == "<>"
	if op == "=~" || op == "!~" {
		text, err := p.expressionText()
		if err != nil {
			return nil, err
		}
		n, err := p.expression(t, text)
		return negate(n, not), err
	}
	how := Equal
	switch op {
	case "=@", "!@":
		how = Contains
	case "=^", "!^":
		how = Prefix
	case "=$", "!$":
		how = Suffix
	case "<":
		how = Less
	case "<=":
		how = LessEqual
	case ">":
		how = Greater
	case ">=":
		how = GreaterEqual
	case "=", "!=":
		if c := p.peek(0); c == '^' {
			how = Prefix
			p.pos++
		} else if c == '$' {
			how = Suffix
			p.pos++
		}
	}
	value, dollar, err := p.value(op[0] == '=' && op != "==" || op[0] == '!')
	if err != nil {
		return nil, err
	}
	if dollar {
		switch how {
		case Equal:
			how = Suffix
		case Prefix:
			how = Equal
		case Contains:
			how = Suffix
		}
	}
	n, err := p.newLeaf(t, how, value)
	return negate(n, not), err
}

func negate(n *node, not bool) *node {
	if n != nil {
		n.not = not
	}
	return n
}

// value reads an operand. anchor says that an unquoted $ at its end is an
// anchor; dollar reports that there was one.
func (p *parser) value(anchor bool) (text string, dollar bool, err error) {
	if p.peek(0) == '"' {
		text, err = p.quotedValue(false)
		if anchor && err == nil && p.peek(0) == '$' {
			dollar = true
			p.pos++
		}
		return text, dollar, err
	}
	if (p.word(p.pos, "and") || p.word(p.pos, "or")) && p.pos+3 < len(p.src) {
		return "", false, p.fail("a value is missing before %s; quote a value that is and or or", quote(p.src[p.pos:]))
	}
	var b strings.Builder
	parens := 0
	for ; !p.end(); p.pos++ {
		c := p.peek(0)
		switch {
		case isSpace(c), c == '&', c == '|', c == ')' && parens == 0 && p.depth > 0, c == ',' && p.separates():
			return b.String(), false, nil
		case c == '$' && anchor && p.last(false):
			p.pos++
			return b.String(), true, nil
		case c == '\\' && isEscaped(p.peek(1)):
			p.pos++
			c = p.peek(0)
		case c == '(':
			parens++
		case c == ')':
			parens = max(parens-1, 0)
		}
		b.WriteByte(c)
	}
	return b.String(), false, nil
}

// isEscaped reports whether a backslash before c only protects it; before
// anything else it is text, for the sake of DOMAIN\user.
func isEscaped(c byte) bool { return c != 0 && strings.IndexByte(`\"'(),:&|!^$ `, c) >= 0 }

// quotedValue reads "..." in which \" is a quote and, unless raw, \\ a
// backslash.
func (p *parser) quotedValue(raw bool) (string, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; !p.end(); p.pos++ {
		c := p.peek(0)
		switch {
		case c == '"':
			p.pos++
			return b.String(), nil
		case c == '\\' && (p.peek(1) == '"' || p.peek(1) == '\\'):
			p.pos++
			if raw && p.peek(0) == '\\' {
				b.WriteByte('\\')
			}
			c = p.peek(0)
		}
		b.WriteByte(c)
	}
	return "", p.fail("the quote in %s is not closed", quote(p.src[start:]))
}

// expressionText reads a regular expression: quoted, or to the next white space
// or the parenthesis that ends the group around it.
func (p *parser) expressionText() (string, error) {
	if p.peek(0) == '"' {
		return p.quotedValue(true)
	}
	start, parens, class := p.pos, 0, false
	for ; !p.end(); p.pos++ {
		c := p.peek(0)
		switch {
		case isSpace(c), c == ')' && parens == 0 && !class && p.depth > 0:
			return p.src[start:p.pos], nil
		case c == '\\':
			p.pos++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			parens++
		case c == ')':
			parens = max(parens-1, 0)
		}
	}
	p.pos = min(p.pos, len(p.src))
	return p.src[start:p.pos], nil
}

// parseIn reads the list of in and not in.
func (p *parser) parseIn(t target, not bool) (*node, error) {
	p.pos = p.after(p.pos, false) + 1
	n := &node{join: some, not: not}
	for {
		p.space()
		switch {
		case p.end():
			return nil, p.fail("the list of %s in is not closed", quote(t.name))
		case p.peek(0) == ')':
			p.pos++
			return n, nil
		}
		value, err := p.listValue()
		if err != nil {
			return nil, err
		}
		kid, err := p.newLeaf(t, Equal, value)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
}

// listValue reads one value of a list, to the next comma or parenthesis.
func (p *parser) listValue() (string, error) {
	if p.peek(0) == '"' {
		return p.quotedValue(false)
	}
	var b strings.Builder
	for ; !p.end(); p.pos++ {
		c := p.peek(0)
		if c == ',' || c == ')' {
			break
		}
		if c == '\\' && isEscaped(p.peek(1)) {
			p.pos++
			c = p.peek(0)
		}
		b.WriteByte(c)
	}
	return strings.TrimSpace(b.String()), nil
}
