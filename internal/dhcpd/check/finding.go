package check

import (
	"fmt"
	"sort"

	"halxml/internal/dhcpd/conf"
)

// Severity tells how bad a finding is.
type Severity uint8

const (
	// Warning: dhcpd runs with it, but it is probably not what was meant.
	Warning Severity = iota + 1
	// Error: dhcpd refuses the file, reads another value than was written, or the partners cannot work together.
	Error
)

// String is "warning" or "error".
func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// Rule names what was violated. It is stable, so that callers can select findings by it.
type Rule string

// Finding is one thing that is wrong or doubtful.
type Finding struct {
	Severity Severity
	Rule     Rule
	Pos      conf.Pos
	// Text is one sentence without file and line.
	Text string
}

// String gives file:line: severity: text.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s", f.Pos, f.Severity, f.Text)
}

// Refused reports whether one of the findings is an Error.
func Refused(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// findings collects; the order of rules does not matter to readers, so the result is sorted by place.
type findings []Finding

func (l *findings) errorf(rule Rule, pos conf.Pos, format string, args ...any) {
	*l = append(*l, Finding{Error, rule, pos, fmt.Sprintf(format, args...)})
}

func (l *findings) warnf(rule Rule, pos conf.Pos, format string, args ...any) {
	*l = append(*l, Finding{Warning, rule, pos, fmt.Sprintf(format, args...)})
}

// sorted orders the findings as the statements were met, files in the order in which they were first entered.
func (l findings) sorted(files map[string]int) []Finding {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i].Pos, l[j].Pos
		if a.File != b.File {
			return files[a.File] < files[b.File]
		}
		return a.Line < b.Line
	})
	return l
}
