package check

import (
	"strconv"

	"halxml/internal/kea/conf"
)

// RuleComma: a comma that separates nothing.
const RuleComma Rule = "comma"

// File judges one configuration. Findings come in the order of the structures, not of the text.
func File(f *conf.File) []Finding {
	var l findings
	for _, pos := range f.Commas {
		l.warnf(RuleComma, pos.String(), "The comma separates nothing; Kea before 2.2 refuses it")
	}
	for _, d := range daemons(f) {
		c := checker{findings: &l, daemon: d}
		c.highAvailability()
		c.networks()
	}
	return l
}

// daemon is the part of a file that one of Kea's daemons reads.
type daemon struct {
	*conf.Server
	family int // 4 or 6
	path   string
}

func daemons(f *conf.File) (out []daemon) {
	if f.Dhcp4 != nil {
		out = append(out, daemon{f.Dhcp4, 4, "Dhcp4"})
	}
	if f.Dhcp6 != nil {
		out = append(out, daemon{f.Dhcp6, 6, "Dhcp6"})
	}
	return out
}

type checker struct {
	*findings
	daemon
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
