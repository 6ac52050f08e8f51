package filter

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"halxml/internal/model"
)

// The forms in which dates are read: the API's own, and ISO 8601.
var (
	apiLayouts = [...]string{"Jan 2, 2006 15:04:05", "Jan 2, 2006"}
	isoLayouts = [...]string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02"}
)

func parseTime(s string, zone *time.Location) (time.Time, bool) {
	if s == "" {
		return time.Time{}, false
	}
	layouts := apiLayouts[:]
	if isDigit(s[0]) { // spares failed attempts, which allocate
		layouts = isoLayouts[:]
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func parseAddr(s string) (netip.Addr, bool) {
	// The check spares ParseAddr's error, which allocates, for most other text.
	if s == "" || len(s) > 64 || strings.IndexByte("0123456789abcdefABCDEF:", s[0]) < 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil
}

func parseBool(s string) (v, ok bool) {
	switch {
	case s == "1", strings.EqualFold(s, "true"), strings.EqualFold(s, "yes"), strings.EqualFold(s, "on"):
		return true, true
	case s == "0", strings.EqualFold(s, "false"), strings.EqualFold(s, "no"), strings.EqualFold(s, "off"):
		return false, true
	}
	return false, false
}

// number keeps whole numbers exact beyond what a float64 can.
type number struct {
	whole   uint64
	float   float64
	isWhole bool
}

func parseNumber(s string) (number, bool) {
	if s == "" || len(s) > 64 || (s[0] > '9' || s[0] < '0') && s[0] != '-' && s[0] != '+' && s[0] != '.' {
		return number{}, false
	}
	if u, err := strconv.ParseUint(s, 10, 64); err == nil {
		return number{u, float64(u), true}, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != f {
		return number{}, false
	}
	return number{float: f}, true
}

func (n number) compare(o number) int {
	switch {
	case n.isWhole && o.isWhole && n.whole != o.whole:
		if n.whole < o.whole {
			return -1
		}
		return 1
	case n.isWhole && o.isWhole || n.float == o.float:
		return 0
	case n.float < o.float:
		return -1
	}
	return 1
}

// compareTexts orders two values of a kind; what cannot be read as the kind
// (an unset value, mostly) comes first.
func compareTexts(kind Kind, a, b string, zone *time.Location) int {
	okA, okB, order := false, false, 0
	switch kind {
	case Number:
		var x, y number
		x, okA = parseNumber(a)
		y, okB = parseNumber(b)
		order = x.compare(y)
	case Address:
		var x, y netip.Addr
		x, okA = parseAddr(a)
		y, okB = parseAddr(b)
		order = x.Compare(y)
	case Time:
		var x, y time.Time
		x, okA = parseTime(a, zone)
		y, okB = parseTime(b, zone)
		order = x.Compare(y)
	case Bool:
		var x, y bool
		x, okA = parseBool(a)
		y, okB = parseBool(b)
		switch {
		case y && !x:
			order = -1
		case x && !y:
			order = 1
		}
	case Ref:
		var x, y model.Ref
		x, okA = model.ParseRef(a)
		y, okB = model.ParseRef(b)
		switch {
		case x.Type != y.Type:
			order = int(x.Type) - int(y.Type)
		case x.ID < y.ID:
			order = -1
		case x.ID > y.ID:
			order = 1
		}
	}
	switch {
	case okA && okB:
		return order
	case okA:
		return 1
	case okB:
		return -1
	}
	return compareNatural(a, b)
}

// compareNatural orders text without regard to case, and runs of digits in it
// by their number: pool2 before pool10.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		if isDigit(a[0]) && isDigit(b[0]) {
			x, restA := cutDigits(a)
			y, restB := cutDigits(b)
			if len(x) != len(y) {
				return len(x) - len(y)
			}
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
			a, b = restA, restB
			continue
		}
		r, n := lowerRune(a)
		q, m := lowerRune(b)
		if r != q {
			return int(r) - int(q)
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// cutDigits gives the digits that s begins with, without leading zeros, and
// what follows them.
func cutDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return strings.TrimLeft(s[:n], "0"), s[n:]
}

func lowerRune(s string) (rune, int) {
	if c := s[0]; c < utf8.RuneSelf {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return rune(c), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	return unicode.ToLower(r), n
}

// equalLower reports whether s in lower case is low.
func equalLower(s, low string) bool {
	rest, ok := trimLower(s, low)
	return ok && rest == ""
}

// trimLower cuts low from the start of s, where low is in lower case and s in
// any; it is what keeps matching from allocating a lower-case copy of each row.
func trimLower(s, low string) (rest string, ok bool) {
	for low != "" {
		if s == "" {
			return "", false
		}
		r, n := lowerRune(s)
		q, m := utf8.DecodeRuneInString(low)
		if r != q {
			return "", false
		}
		s, low = s[n:], low[m:]
	}
	return s, true
}

// longOperand is the length from which searching copies the row in lower case
// to be linear; below it the plain search is at most this factor slower.
const longOperand = 64

// containsLower reports whether low, in lower case, is in s in any case.
func containsLower(s, low string, ascii bool) bool {
	if low == "" {
		return true
	}
	if !ascii || len(low) > longOperand {
		return strings.Contains(strings.ToLower(s), low)
	}
	first := low[0]
	for i := 0; i+len(low) <= len(s); i++ {
		if c := s[i]; c == first || (c|0x20 == first && 'A' <= c && c <= 'Z') {
			if equalASCII(s[i:i+len(low)], low) {
				return true
			}
		}
	}
	return false
}

// hasSuffixLower reports whether s in lower case ends with low.
func hasSuffixLower(s, low string, ascii bool) bool {
	if !ascii {
		return strings.HasSuffix(strings.ToLower(s), low)
	}
	return len(s) >= len(low) && equalASCII(s[len(s)-len(low):], low)
}

// equalASCII compares texts of one length, of which low is lower-case ASCII.
func equalASCII(s, low string) bool {
	for i := range len(low) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != low[i] {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
