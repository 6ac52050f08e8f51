package hal

import (
	"strconv"
	"strings"

	"halxml/internal/jsonscan"
	"halxml/internal/xmlscan"
)

// input is where a message is read from: one of the two is set.
type input struct {
	xml  *xmlscan.Scanner
	json *jsonscan.Scanner
}

// cursor goes through the fields of one element or object. next stands on a
// field, whose value the decode functions consume; the first error ends it.
type cursor struct {
	input
	of   *Struct
	i    int    // the field that the cursor stands on
	seen uint64 // the fields that were there
	list list
	err  error
}

// decodeJSON reads a message; "" and null stand for one without fields.
func decodeJSON(x coder, s *jsonscan.Scanner) error {
	switch s.Kind() {
	case jsonscan.Object, jsonscan.None:
		return x.decode(input{json: s})
	case jsonscan.Null:
		if s.Null() {
			return nil
		}
		return s.Skip()
	case jsonscan.String:
		if v, err := s.Text(); err != nil || v == "" {
			return err
		}
	}
	return within("parameters", wrong("not an object with a key for each"))
}

// enter begins the fields of the element or object that is next.
func (in input) enter(s *Struct) cursor {
	c := cursor{input: in, of: s, i: -1}
	if in.json != nil {
		switch in.json.Kind() {
		case jsonscan.Object, jsonscan.None:
			c.err = in.json.Object()
		default:
			c.err = notObject(in.json)
		}
	}
	return c
}

// notObject refuses the value that is next. A text is shown: it is what
// PowerShell's ConvertTo-Json makes of objects that lie too deep for it.
func notObject(s *jsonscan.Scanner) error {
	if s.Kind() == jsonscan.String {
		if v, err := s.Text(); err == nil {
			return wrong(quote(v) + " is not an object")
		}
	}
	return wrong("not an object")
}

// next steps to the next field that is known and not nil, passing over others.
func (c *cursor) next() bool {
	for c.err == nil {
		name, ok := c.name()
		if !ok {
			return false
		}
		i := -1
		if name != "" {
			i = c.of.find(name, c.i+1)
		}
		if i < 0 {
			c.skip()
			continue
		}
		f, bit := &c.of.Fields[i], uint64(1)<<i
		if c.seen&bit != 0 && !(f.Repeated && c.xml != nil) {
			c.err = within(f.Name, wrong("given twice"))
			return false
		}
		c.seen |= bit
		c.i = i
		if !c.null() {
			return true
		}
	}
	if c.i >= 0 {
		c.err = within(c.of.Fields[c.i].Name, c.err)
		c.i = -1
	}
	return false
}

// name steps to the next child or key. It is "" for a child in a foreign
// namespace; ok is false at the end and after an error.
func (c *cursor) name() (name string, ok bool) {
	if c.xml == nil {
		name, ok, c.err = c.json.Key()
		return name, ok
	}
	var n xmlscan.Name
	n, ok, c.err = c.xml.Child()
	if n.Space != "" && n.Space != Namespace {
		return "", ok
	}
	return n.Local, ok
}

func (c *cursor) skip() {
	if c.xml == nil {
		c.err = c.json.Skip()
	} else {
		c.err = c.xml.Skip()
	}
}

// null passes over the value if it is nil, and reports whether it was.
func (c *cursor) null() bool {
	if c.xml == nil {
		return c.json.Null()
	}
	if !c.xml.Nil() {
		return false
	}
	c.err = c.xml.Skip()
	return true
}

// text reads a scalar.
func (c *cursor) text() (v string) {
	if c.xml != nil {
		coded := c.xml.Base64()
		if v, c.err = c.xml.Text(); coded && c.err == nil {
			if v, coded = xmlscan.FromBase64(v); !coded {
				c.err = wrong("not base64, as its xsi:type says")
			}
		}
		return v
	}
	switch c.json.Kind() {
	case jsonscan.Object, jsonscan.Array:
		c.err = wrong("not a single value")
	default:
		v, c.err = c.json.Text()
	}
	return v
}

// value is text without the white space around it, for all but strings; false
// when nothing is left, which clients send for what they have not set.
func (c *cursor) value() (string, bool) {
	v := strings.Trim(c.text(), " \t\r\n")
	return v, v != "" && c.err == nil
}

// bool also takes what a boolean becomes where PowerShell, .NET and Python put
// it into a text: True and False.
func (c *cursor) bool() (b, ok bool) {
	v, ok := c.value()
	switch {
	case !ok:
	case v == "true" || v == "1" || strings.EqualFold(v, "true"):
		return true, true
	case v == "false" || v == "0" || strings.EqualFold(v, "false"):
		return false, true
	default:
		c.err = wrong(quote(v) + " is not a boolean")
	}
	return false, false
}

// whole is a number without a fraction of zeros, which PowerShell, Python and PHP
// write for a whole number that they have calculated.
func whole(v string) string {
	if n, fraction, ok := strings.Cut(v, "."); ok && n != "" && strings.Trim(fraction, "0") == "" {
		return n
	}
	return v
}

func (c *cursor) uint() (uint32, bool) {
	v, ok := c.value()
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(whole(v), "+"), 10, 32)
	if err != nil {
		c.err = wrong(quote(v) + " is not a number from 0 to 4294967295")
	}
	return uint32(n), err == nil
}

func (c *cursor) int() (int32, bool) {
	v, ok := c.value()
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(whole(v), 10, 32)
	if err != nil {
		c.err = wrong(quote(v) + " is not a number from -2147483648 to 2147483647")
	}
	return int32(n), err == nil
}

// enum returns the value as the table spells it, so that the message does not
// hold on to the input. Callers may write it in any letter case.
func (c *cursor) enum() (string, bool) {
	v, ok := c.value()
	if !ok {
		return "", false
	}
	e := c.of.Fields[c.i].Enum
	if known := e.canonical(v); known != "" {
		return known, true
	}
	text := quote(v) + " is not a value of " + e.Name
	if len(e.Values) <= 16 {
		between := " ("
		for i := range e.Values {
			text += between + e.Values[i].Value
			between = ", "
		}
		text += ")"
	}
	c.err = wrong(text)
	return "", false
}

func decodeString(c *cursor, to *Opt[string]) {
	if v := c.text(); c.err == nil {
		*to = Some(v)
	}
}

func decodeBool(c *cursor, to *Opt[bool]) { to.V, to.Set = c.bool() }

func decodeUint(c *cursor, to *Opt[uint32]) { to.V, to.Set = c.uint() }

func decodeInt(c *cursor, to *Opt[int32]) { to.V, to.Set = c.int() }

func decodeEnum[T ~string](c *cursor, to *Opt[T]) {
	v, ok := c.enum()
	to.V, to.Set = T(v), ok
}

func decodeStruct[T any, P pointer[T]](c *cursor, to *P) {
	if c.json != nil && c.json.Kind() == jsonscan.String {
		if v := c.text(); v != "" {
			c.err = wrong(quote(v) + " is not an object")
		}
		return
	}
	*to = new(T)
	c.err = (*to).decode(c.input)
}
