package option

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"halxml/internal/model"
)

// MaxValue bounds an option's value as text, bytes. What one DHCPv4 option can
// carry without being split (RFC 3396) is less; a list of domain names may need
// several.
const MaxValue = 4096

// maxBytes bounds one String or HexStr: the length field of an option.
const (
	maxBytes4 = 255
	maxBytes6 = 65535
)

// Values reads a value as the API writes it: items joined by commas where the
// option is an array, each in its plainest form. The error says what is wrong,
// without naming the option.
func (d Definition) Values(text string) ([]string, error) {
	if len(text) > MaxValue {
		return nil, fmt.Errorf("the value is longer than %d bytes", MaxValue)
	}
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("a value is required")
	}
	items := []string{text}
	switch {
	case d.Array || d.Pairs:
		items = strings.FieldsFunc(text, func(r rune) bool {
			return r == ',' || d.Type != model.OptionString && unicode.IsSpace(r)
		})
		if len(items) == 0 {
			return nil, fmt.Errorf("%s has no values", quote(text))
		}
	case d.Type != model.OptionString && strings.Contains(text, ","):
		return nil, fmt.Errorf("%s is a list, but the option holds one value", quote(text))
	}
	for i, item := range items {
		one, err := d.value(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		items[i] = one
	}
	if d.Pairs && len(items)%2 != 0 {
		return nil, fmt.Errorf("%s has %d addresses, but they come in pairs", quote(text), len(items))
	}
	return items, nil
}

// Canonical is a value in the form in which it is kept and answered.
func (d Definition) Canonical(text string) (string, error) {
	items, err := d.Values(text)
	return strings.Join(items, ","), err
}

func (d Definition) value(s string) (string, error) {
	switch d.Type {
	case model.OptionString:
		return s, d.text(s)
	case model.OptionHex:
		return d.hex(s)
	case model.OptionBoolean:
		switch strings.ToLower(s) {
		case "true", "1", "yes", "on":
			return "true", nil
		case "false", "0", "no", "off":
			return "false", nil
		}
		return "", fmt.Errorf("%s is not true or false", quote(s))
	case model.OptionAddress:
		if a, ok := d.address(s); ok {
			return a, nil
		}
		return "", fmt.Errorf("%s is not an %s address", quote(s), d.family())
	case model.OptionHostOrAddr:
		if a, ok := d.address(s); ok {
			return a, nil
		}
		if _, err := netip.ParseAddr(s); err != nil && hostName(s) && s[0] != '_' && strings.Trim(s, "0123456789.") != "" {
			return s, nil
		}
		return "", fmt.Errorf("%s is not an %s address or host name", quote(s), d.family())
	case model.OptionInteger:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return "", fmt.Errorf("%s is not a number", quote(s))
		}
		if err != nil || n < d.Min || n > d.Max {
			return "", fmt.Errorf("%s is not a number from %d to %d", s, d.Min, d.Max)
		}
		return strconv.FormatInt(n, 10), nil
	}
	return "", fmt.Errorf("values of type %s are not known", quote(string(d.Type)))
}

func (d Definition) text(s string) error {
	if s == "" {
		return errors.New("a value of the list is empty")
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF }) {
		return errors.New("the value holds a control character")
	}
	if d.Domain && !hostName(s) {
		return fmt.Errorf("%s is not a domain name", quote(s))
	}
	return d.size(len(s))
}

func (d Definition) size(n int) error {
	limit := maxBytes4
	if d.V6 {
		limit = maxBytes6
	}
	if n > limit {
		return fmt.Errorf("the value has %d bytes, more than %d", n, limit)
	}
	return nil
}

// hex reads bytes as digits, with or without 0x in front and with colons,
// dashes or spaces between the bytes.
func (d Definition) hex(s string) (string, error) {
	digits := strings.ToLower(s)
	digits = strings.TrimPrefix(digits, "0x")
	if strings.ContainsAny(digits, ":- ") {
		var b strings.Builder
		for part := range strings.FieldsFuncSeq(digits, func(r rune) bool { return r == ':' || r == '-' || r == ' ' }) {
			if len(part) == 1 {
				b.WriteByte('0')
			}
			b.WriteString(part)
		}
		digits = b.String()
	}
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) == 0 {
		return "", fmt.Errorf("%s is not hexadecimal bytes", quote(s))
	}
	return digits, d.size(len(raw))
}

func (d Definition) address(s string) (string, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Is6() != d.V6 || a.Is4In6() || a.Zone() != "" {
		return "", false
	}
	return a.String(), true
}

func (d Definition) family() string {
	if d.V6 {
		return "IPv6"
	}
	return "IPv4"
}

// hostName reports whether s is a domain name: labels of letters, digits, - and
// _ of up to 63 characters, 253 in all, with or without a final dot.
func hostName(s string) bool {
	return len(s) <= 253 && domain.MatchString(s)
}

var domain = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?$`)

// quote shows a caller's value in a fault, cut short.
func quote(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return `"` + s + `"`
}
