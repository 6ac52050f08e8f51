package command

import (
	"strconv"
	"strings"

	"halxml/internal/model"
)

// The forms in which properties show values; what has no such form stays as it
// is, and setting it tells what is wrong with it.

func plainNumber(s string) string {
	if n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return s
}

func plainHardware(s string) string {
	if address, ok := model.HardwareAddress(strings.TrimSpace(s)); ok {
		return address
	}
	return s
}

func plainIdentifier(s string) string {
	if s = strings.TrimSpace(s); hexIdentifier.MatchString(s) {
		return strings.ToLower(strings.ReplaceAll(s, "-", ":"))
	}
	return s
}

func plainAddresses(s string) string {
	var all []string
	for _, text := range splitAddresses(s) {
		a, ok := parseAddr(text)
		if !ok {
			return s
		}
		all = append(all, a.String())
	}
	return strings.Join(all, ",")
}

// splitAddresses are the addresses in a property, with commas or spaces between.
func splitAddresses(s string) []string {
	return strings.FieldsFunc(s, func(ch rune) bool { return ch == ',' || ch == ' ' })
}
