package check

import "fmt"

// Severity tells how bad a finding is.
type Severity uint8

const (
	// Warning: Kea runs with it, but it is probably not what was meant.
	Warning Severity = iota + 1
	// Error: Kea refuses the configuration, or the partners cannot work together.
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
	// Path leads to the value, as in Dhcp4.subnet4[2].id.
	Path string
	// Text is one sentence without the path.
	Text string
}

// String gives path: severity: text.
func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.Path, f.Severity, f.Text) }

// Refused reports whether one of the findings is an Error.
func Refused(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// findings collects.
type findings []Finding

func (l *findings) errorf(rule Rule, path string, format string, args ...any) {
	*l = append(*l, Finding{Error, rule, path, fmt.Sprintf(format, args...)})
}

func (l *findings) warnf(rule Rule, path string, format string, args ...any) {
	*l = append(*l, Finding{Warning, rule, path, fmt.Sprintf(format, args...)})
}
