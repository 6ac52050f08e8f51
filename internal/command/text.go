package command

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"halxml/internal/errs"
	"halxml/internal/model"
)

// maxName bounds an object's name, in characters.
const maxName = 255

// quote shortens a caller's value for a fault's text.
func quote(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) > most {
		r := []rune(s)
		s = string(r[:most]) + "…"
	}
	return `"` + s + `"`
}

// plainText refuses control characters, which could not be answered in XML.
// Line breaks and tabs pass where lines is set.
func plainText(field, s string, lines bool) error {
	for _, r := range s {
		if lines && (r == '\n' || r == '\t' || r == '\r') {
			continue
		}
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return invalid(field, "holds a control character")
		}
	}
	return nil
}

// objectName checks and trims a required name.
func objectName(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", required(field)
	}
	return s, optionalName(field, s)
}

// referableName is objectName for objects that commands find by reference or name.
func referableName(field, s string) (string, error) {
	s, err := objectName(field, s)
	if err != nil {
		return s, err
	}
	return s, noReference(field, s)
}

// noReference refuses a name that would always be taken for a reference.
func noReference(field, s string) error {
	if _, isRef := model.ParseRef(s); isRef {
		return invalid(field, "%s reads as a reference", quote(s))
	}
	return nil
}

// optionalName checks a name that may be empty.
func optionalName(field, s string) error {
	if utf8.RuneCountInString(s) > maxName {
		return errs.Errorf(errs.TooLarge, "%s: longer than %d characters", field, maxName)
	}
	return plainText(field, s, false)
}

// count writes a number of things: "1 scope", "3 scopes".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// counted is a number of things.
type counted struct {
	n     int
	thing string
}

// counts writes the numbers that are not zero: "1 scope and 2 address pools".
func counts(all ...counted) string {
	var words []string
	for _, a := range all {
		if a.n > 0 {
			words = append(words, count(a.n, a.thing))
		}
	}
	if n := len(words); n > 1 {
		words = append(words[:n-2], words[n-2]+" and "+words[n-1])
	}
	return strings.Join(words, ", ")
}

// decimal writes a number as property values do.
// article is a type of object with the word before it: a Range, an IPAddress.
func article(t model.ObjectType) string {
	name := t.String()
	if strings.ContainsRune("AEIO", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// inUse is the fault for an object that others depend on.
func inUse(field, format string, args ...any) error {
	return errs.Errorf(errs.InUse, field+": "+format, args...)
}
