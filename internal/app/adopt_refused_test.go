package app

import (
	"strings"
	"testing"
)

// What cannot be adopted changes nothing, and the answer tells where and why.
func TestAdoptionRefuses(t *testing.T) {
	t.Parallel()
	f := newFiles(t, "", campus(t)...)
	rendered := [2]string{f.rendered(0), f.rendered(1)}
	for name, tt := range map[string]struct {
		edit []string
		want string
	}{
		"syntax":       {[]string{"authoritative;", "authoritative"}, "dhcp1.test dhcpd.conf:"},
		"include":      {[]string{"authoritative;", "authoritative;\ninclude \"/etc/dhcp/more.conf\";"}, "dhcp1.test dhcpd.conf:6: refused: the file /etc/dhcp/more.conf is included"},
		"outside":      {[]string{"range 10.2.1.0 10.2.2.255;", "range 10.2.1.0 10.9.2.255;"}, "refused"},
		"no peer":      {[]string{"failover peer \"campus\" {", "failover peer \"campuss\" {"}, "campus"},
		"bad mclt":     {[]string{"mclt 1800;", "mclt 0;"}, "refused"},
		"other role":   {[]string{"failover peer \"campus\" {\n  primary;", "failover peer \"campus\" {\n  secondary;"}, "secondary"},
		"unknown peer": {[]string{"failover peer \"dorms\";\n", "failover peer \"nobody\";\n"}, "nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			before := f.live(0)
			f.edit(t, 0, tt.edit...)
			edited := f.live(0)
			defer f.write(t, 0, before)
			report := f.adopt(`{"servers": ["dhcp1.test"], "replace": true}`)
			if all := told(report) + "\n" + report.Refused; report.Refused == "" || !strings.Contains(all, tt.want) {
				t.Errorf("got %s\nwant %s", all, tt.want)
			}
			if f.rendered(0) != rendered[0] || f.rendered(1) != rendered[1] || f.live(0) != edited {
				t.Error("something was changed")
			}
		})
	}
}
