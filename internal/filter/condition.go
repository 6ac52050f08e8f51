package filter

import (
	"net/netip"
	"regexp"
	"strings"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
)

// Op is how a condition compares.
type Op uint8

// The comparisons. Negations are not among them: a condition is negated as a
// whole.
const (
	Contains Op = iota // those up to Suffix compare texts as they are
	Equal
	Prefix
	Suffix
	Matches // a regular expression
	Less
	LessEqual
	Greater
	GreaterEqual
)

// condition compares one text of a row with an operand that is prepared once.
type condition struct {
	op    Op
	kind  Kind
	text  string // the operand; canonical where its kind has a canonical form
	low   string // in lower case; for an equal name without its final dot
	ascii bool   // low is ASCII
	valid bool   // the operand has a value of its kind:
	addr  netip.Addr
	num   number
	when  time.Time
	truth bool
	re    *regexp.Regexp
	zone  *time.Location
}

// newCondition prepares an operand. name is the field's, for Resolve and errors.
func newCondition(name string, kind Kind, op Op, operand string, opts Options) (condition, error) {
	c := condition{op: op, kind: kind, text: operand, zone: opts.Zone}
	switch kind {
	case Number:
		c.num, c.valid = parseNumber(operand)
	case Address:
		c.addr, c.valid = parseAddr(operand)
	case Time:
		c.when, c.valid = parseTime(operand, opts.Zone)
	case Bool:
		if c.truth, c.valid = parseBool(operand); c.valid && op == Contains {
			c.op = Equal
		}
	case Ref:
		c.resolve(name, opts.Resolve)
	}
	if c.op >= Less && !c.valid && (kind == Number || kind == Address || kind == Time) {
		return c, errs.Errorf(errs.Invalid, "filter: %s cannot be compared with %s, which is no %s",
			name, quote(operand), kindWord[kind])
	}
	if c.valid && kind == Address && c.op == Equal {
		c.text = c.addr.String()
	}
	c.low = strings.ToLower(c.text)
	if c.op == Equal && (kind == Text || kind == List) {
		c.low = model.FoldName(c.text)
	}
	c.ascii = isASCII(c.low)
	return c, nil
}

var kindWord = [...]string{Number: "number", Address: "IP address", Time: "date"}

// resolve turns the operand into a reference, where it names one as a whole.
func (c *condition) resolve(name string, resolve func(field, value string) string) {
	if c.text == "" || c.op != Equal && c.op != Contains {
		return
	}
	ref, ok := model.ParseRef(c.text)
	if !ok && resolve != nil {
		ref, ok = model.ParseRef(resolve(name, c.text))
	}
	if ok {
		c.op, c.text = Equal, ref.String()
	}
}

// match compares a row's text.
func (c *condition) match(s string) bool {
	switch c.op {
	case Equal:
		return c.equal(s)
	case Contains:
		if c.valid && c.kind == Address && c.equal(s) {
			return true // 2001:db8:0::1 finds 2001:db8::1
		}
		return containsLower(s, c.low, c.ascii)
	case Prefix:
		_, ok := trimLower(s, c.low)
		return ok
	case Suffix:
		return hasSuffixLower(s, c.low, c.ascii)
	case Matches:
		return c.re.MatchString(s)
	}
	order, ok := c.order(s)
	if !ok {
		return false
	}
	switch c.op {
	case Less:
		return order < 0
	case LessEqual:
		return order <= 0
	case Greater:
		return order > 0
	}
	return order >= 0
}

func (c *condition) equal(s string) bool {
	if c.valid {
		switch c.kind {
		case Number:
			n, ok := parseNumber(s)
			return ok && n.compare(c.num) == 0
		case Address:
			a, ok := parseAddr(s)
			return ok && a == c.addr
		case Time:
			t, ok := parseTime(s, c.zone)
			return ok && t.Equal(c.when)
		case Bool:
			b, ok := parseBool(s)
			return ok && b == c.truth
		}
	}
	if c.kind == Text || c.kind == List {
		s = strings.TrimSuffix(strings.TrimSpace(s), ".") // as model.FoldName
	}
	return equalLower(s, c.low)
}

// order compares s with the operand; ok is false for a value that is not of
// the field's kind, which is neither less nor greater.
func (c *condition) order(s string) (order int, ok bool) {
	switch c.kind {
	case Number:
		n, ok := parseNumber(s)
		return n.compare(c.num), ok
	case Address:
		a, ok := parseAddr(s)
		return a.Compare(c.addr), ok && a.BitLen() == c.addr.BitLen()
	case Time:
		t, ok := parseTime(s, c.zone)
		return t.Compare(c.when), ok
	}
	return compareTexts(c.kind, s, c.text, c.zone), true
}
