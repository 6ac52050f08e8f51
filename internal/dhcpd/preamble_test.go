package dhcpd_test

import (
	"strings"
	"testing"

	"halxml/internal/dhcpd"
	"halxml/internal/errs"
	"halxml/internal/model"
)

// The operator's statements come first, once, however often the server is rendered.
func TestPreambleComesFirst(t *testing.T) {
	w := pairWorld()
	w.Pools[0].Permits = []model.Permit{{Permit: "MembersOfDHCPClass", Access: "Allow", Class: "phones"}}
	snap := w.snapshot(1)
	snap.Preamble = `
# where we listen
subnet 192.0.2.0 netmask 255.255.255.0 {}
authoritative;
class "phones" { match if substring(option vendor-class-identifier, 0, 5) = "phone"; }
omapi-port 7911;
subnet 10.0.0.0 netmask 255.255.255.0 { }
# the end`
	var last string
	for range 2 {
		r, err := dhcpd.Render(snap)
		if err != nil {
			t.Fatal(err)
		}
		mustFit(t, "a", r)
		text := string(r.Text)
		if last != "" && text != last {
			t.Errorf("rendered again as\n%s\nfirst\n%s", text, last)
		}
		last = text
		at := -1
		for _, want := range []string{"# Configuration of", "# where we listen", "subnet 192.0.2.0", "authoritative;", `class "phones"`, "omapi-port 7911;",
			`failover peer "pair"`, "subnet 10.0.0.0", "# the end"} {
			next := strings.Index(text, want)
			if next <= at {
				t.Errorf("%q is not in its place in\n%s", want, text)
			}
			at = next
		}
		if strings.Count(text, "subnet 10.0.0.0") != 1 || strings.Count(text, `class "phones"`) != 1 {
			t.Errorf("the preamble and the scopes repeat one another:\n%s", text)
		}
	}
}

func TestPreambleThatCannotBeRead(t *testing.T) {
	snap := pairWorld().snapshot(1)
	snap.Preamble = "authoritative;\nsubnet 10.0.0.0 {"
	_, err := dhcpd.Render(snap)
	if errs.CodeOf(err) != errs.Invalid || !strings.HasPrefix(err.Error(), "The preamble of server a.example., line 2: ") {
		t.Errorf("error %v", err)
	}
}
