package channel

import (
	"errors"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
)

// fault words an error of a control channel for the operator. f is what the
// daemon was told, whose secrets its answer may repeat; it may be nil.
func (h *Host) fault(err error, text string, f *conf.File) error {
	var refusal *control.Refusal
	if errors.As(err, &refusal) {
		return &host.Fault{Text: text, Lines: hide(host.Complaints([]byte(refusal.Text)), f)}
	}
	if errs.CodeOf(err) == errs.Internal {
		return err
	}
	return &host.Fault{Text: text, Lines: []string{errs.MessageOf(err)}}
}

// hide takes the secrets of a configuration out of lines.
func hide(lines []string, f *conf.File) []string {
	if f == nil || len(lines) == 0 {
		return lines
	}
	var secrets []string
	collect(f.Value(), &secrets)
	for i := range lines {
		for _, s := range secrets {
			lines[i] = strings.ReplaceAll(lines[i], s, "…")
		}
	}
	return lines
}

// collect finds the secrets of a configuration: values whose key says so.
func collect(v conf.Value, secrets *[]string) {
	switch v := v.(type) {
	case conf.List:
		for _, item := range v {
			collect(item, secrets)
		}
	case conf.Object:
		for _, m := range v {
			text, isText := m.Value.(string)
			if isText && text != "" && (strings.Contains(m.Key, "password") || strings.Contains(m.Key, "secret")) {
				*secrets = append(*secrets, text)
			}
			collect(m.Value, secrets)
		}
	}
}

// missing are the first lines of kea.Missing.
func missing(wanted, running *conf.File) []string {
	lines := kea.Missing(wanted, running)
	return lines[:min(len(lines), 20)]
}

// word is a state of a relationship in the words that relationships of ISC
// servers have, where these say the same; else in Kea's.
func word(state string, interrupted bool) string {
	switch state {
	case "load-balancing", "hot-standby":
		if interrupted {
			return "communications-interrupted"
		}
		return "normal"
	case "communication-recovery":
		return "communications-interrupted"
	}
	return state
}
