package hal

import (
	"strings"

	"halxml/internal/errs"
)

// fieldError says what is wrong with a field. Its path grows as the error
// leaves the types that hold the field: enabled, dhcpScope.enabled.
type fieldError struct{ path, text string }

func (e *fieldError) Error() string { return e.path + ": " + e.text }

// Unwrap makes it an errs error for whoever asks for a code or a message.
func (e *fieldError) Unwrap() error { return errs.Errorf(errs.Invalid, "%s", e.Error()) }

// within adds the name of what holds the field, or "[3]" for an item of a list.
func within(name string, err error) error {
	e, ok := err.(*fieldError)
	switch {
	case !ok: // the scanner's: it tells the place itself
	case e.path == "":
		e.path = name
	case e.path[0] == '[':
		e.path = name + e.path
	default:
		e.path = name + "." + e.path
	}
	return err
}

func wrong(text string) error { return &fieldError{text: text} }

// quote shows a caller's value in an error, cut where it is long.
func quote(v string) string {
	const most = 64
	if len(v) > most {
		v = strings.ToValidUTF8(v[:most], "") + "…"
	}
	return string(appendJSONString(nil, v))
}
