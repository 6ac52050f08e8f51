package conf

// parser builds values from tokens.
type parser struct {
	lexer
	tok   token
	depth int
	// commas are the places of commas that separate nothing.
	commas []Pos
	// places are those of objects by their paths; nil notes none. path leads to the current value.
	places map[string]Pos
	path   string
}

// at reads the value at a path below the current one.
func (p *parser) at(path string) (Value, error) {
	above := p.path
	p.path = path
	if p.places != nil && p.tok.kind == '{' {
		p.places[path] = p.tok.pos
	}
	v, err := p.value()
	p.path = above
	return v, err
}

func (p *parser) advance() (err error) {
	p.tok, err = p.next()
	return err
}

func (p *parser) unexpected(want string) error {
	return &SyntaxError{Pos: p.tok.pos, Message: want + " is expected, found " + p.tok.String()}
}

// below and within are the paths of a member of the current list and object; they are not made when places are not noted.
func (p *parser) below(i int) string {
	if p.places == nil {
		return ""
	}
	return at(p.path, i)
}

func (p *parser) within(key string) string {
	if p.places == nil {
		return ""
	}
	return join(p.path, key)
}

// value reads the value that begins with the current token and the token after it.
func (p *parser) value() (Value, error) {
	switch p.tok.kind {
	case kindValue:
		v := p.tok.value
		return v, p.advance()
	case '{', '[':
		if p.depth++; p.depth > MaxDepth {
			return nil, &SyntaxError{Pos: p.tok.pos, Message: "brackets are nested too deep"}
		}
		defer func() { p.depth-- }()
		if p.tok.kind == '{' {
			return p.object()
		}
		return p.list()
	}
	return nil, p.unexpected("a value")
}

func (p *parser) list() (Value, error) {
	out := List{}
	err := p.items(']', func() error {
		v, err := p.at(p.below(len(out)))
		out = append(out, v)
		return err
	})
	return out, err
}

func (p *parser) object() (Value, error) {
	out := Object{}
	seen := map[string]bool{}
	err := p.items('}', func() error {
		key, ok := p.tok.value.(string)
		if p.tok.kind != kindValue || !ok {
			return p.unexpected("a key in double quotes")
		}
		if seen[key] {
			return &SyntaxError{Pos: p.tok.pos, Message: "the key " + quote(key) + " is there twice"}
		}
		seen[key] = true
		if err := p.advance(); err != nil {
			return err
		}
		if p.tok.kind != ':' {
			return p.unexpected("a colon after the key " + quote(key))
		}
		if err := p.advance(); err != nil {
			return err
		}
		v, err := p.at(p.within(key))
		out = append(out, Member{key, v})
		return err
	})
	return out, err
}

// items reads the items of a list or object and its closing bracket. Kea lets commas follow an item that separate it from
// nothing, with a warning.
func (p *parser) items(closing tokenKind, item func() error) error {
	if err := p.advance(); err != nil {
		return err
	}
	for p.tok.kind != closing {
		if err := item(); err != nil {
			return err
		}
		if p.tok.kind != ',' && p.tok.kind != closing {
			return p.unexpected("',' or '" + string(rune(closing)) + "'")
		}
		for first := true; p.tok.kind == ','; first = false {
			comma := p.tok.pos
			if err := p.advance(); err != nil {
				return err
			}
			if !first || p.tok.kind == closing {
				p.commas = append(p.commas, comma)
			}
		}
	}
	return p.advance()
}
