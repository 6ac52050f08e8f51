package command

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
)

// propertyValue reads a value of a custom property in its plainest form. Lists
// of values are not looked at.
func propertyValue(field string, d *model.PropertyDefinition, value string) (string, error) {
	if utf8.RuneCountInString(value) > maxProperty {
		return "", errs.Errorf(errs.TooLarge, "%s: longer than %d characters", field, maxProperty)
	}
	if err := plainText(field, value, true); err != nil {
		return "", err
	}
	if d.Type == model.PropertyString {
		if !d.MultiLine && strings.ContainsAny(value, "\r\n") {
			return "", invalid(field, "holds a line break, but has one line")
		}
		return value, nil
	}
	value = strings.TrimSpace(value)
	if value == "" {
		return "", nil
	}
	switch d.Type {
	case model.PropertyBoolean:
		if b, ok := wire.ParseBool(value); ok {
			return wire.Bool(b), nil
		}
		return "", invalid(field, "%s is not a boolean", quote(value))
	case model.PropertyInteger:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return "", invalid(field, "%s is not a whole number of 64 bits", quote(value))
		}
		return strconv.FormatInt(n, 10), nil
	case model.PropertyAddress:
		if a, ok := parseAddr(value); ok {
			return a.String(), nil
		}
		return "", invalid(field, "%s is not an IP address", quote(value))
	case model.PropertyIPOrHostname:
		if a, ok := parseAddr(value); ok {
			return a.String(), nil
		}
		if hostOrAddress(value) {
			return value, nil
		}
		return "", invalid(field, "%s is not an IP address or host name", quote(value))
	case model.PropertyHex:
		digits := strings.NewReplacer(":", "", "-", "", " ", "").Replace(strings.TrimPrefix(strings.ToLower(value), "0x"))
		if _, err := hex.DecodeString(digits); err == nil && digits != "" {
			return digits, nil
		}
		return "", invalid(field, "%s is not bytes in hexadecimal digits", quote(value))
	}
	return "", invalid(field, "has the unknown type %s", quote(string(d.Type)))
}
