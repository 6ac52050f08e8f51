package wsdl

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"halxml/wsdl/hal"
)

// names lists the name attributes of all elements called local.
func names(t *testing.T, text []byte, local, attr string) (all []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if token == nil {
			if err.Error() != "EOF" {
				t.Fatal(err)
			}
			return all
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == local {
			for _, a := range e.Attr {
				if a.Name.Local == attr {
					all = append(all, a.Value)
				}
			}
		}
	}
}

func TestSourceIsServedAsItIs(t *testing.T) {
	if string(Text(Options{})) != source {
		t.Error("the plain variant differs from the source")
	}
}

func TestAddress(t *testing.T) {
	const address = `https://ipam.example:8443/_mmwebext/mmwebext.dll?Soap&x="1"<2>`
	text := Text(Options{Address: address})
	if got := names(t, text, "address", "location"); len(got) != 2 || got[0] != address || got[1] != address {
		t.Errorf("addresses %q", got)
	}
	if strings.Contains(string(text), "localhost") {
		t.Error("the address of the source is left")
	}
}

func Test2017LeavesExtensionsOut(t *testing.T) {
	text := string(Text(Options{Profile: hal.Profile2017}))
	for _, gone := range []string{"Since ", `"Kea"`, `"tns:DHCPServiceType"`, `"DHCPServiceType"`, `"primaryServerRef"`, `"replacementFailoverRelationshipName"`} {
		if strings.Contains(text, gone) {
			t.Errorf("%s is left", gone)
		}
	}
	if !strings.Contains(text, `"KEA DHCPv4"`) || !strings.Contains(text, `name="dhcpServerRef"`) {
		t.Error("too much is gone")
	}
	if got := len(names(t, []byte(text), "simpleType", "name")); got != 66 {
		t.Errorf("%d simple types, not the 66 of 2017", got)
	}
	all, of2017 := names(t, Text(Options{}), "element", "name"), names(t, []byte(text), "element", "name")
	if len(all)-len(of2017) != 14 { // thirteen in failover relationships, and SetPropertiesResponse's warning
		t.Errorf("%d elements are left out, not the 14 that came after 2017", len(all)-len(of2017))
	}
	if strings.Contains(text, "\n\n") || strings.Contains(text, " \n") {
		t.Error("cuts leave blank lines")
	}
}

func TestPrefixed(t *testing.T) {
	plain, text := Text(Options{}), Text(Options{Prefixed: true})
	for _, c := range [][2]string{{"operation", "name"}, {"message", "name"}, {"input", "message"}, {"output", "message"}, {"part", "element"}, {"operation", "soapAction"}} {
		was, is := names(t, plain, c[0], c[1]), names(t, text, c[0], c[1])
		if len(was) != len(is) {
			t.Fatalf("%v: %d and %d", c, len(was), len(is))
		}
		for i := range was {
			before, name := "", was[i]
			for _, p := range []string{"tns:", hal.Namespace} {
				if strings.HasPrefix(name, p) {
					before, name = p, name[len(p):]
				}
			}
			if want := before + hal.Prefix + name; is[i] != want {
				t.Errorf("%v: %s, want %s", c, is[i], want)
			}
		}
	}
	// Fields keep their names; only the 394 top-level elements change.
	was, is := names(t, plain, "element", "name"), names(t, text, "element", "name")
	changed := 0
	for i := range was {
		if was[i] != is[i] {
			changed++
		}
	}
	if changed != 394 {
		t.Errorf("%d elements are renamed", changed)
	}
}
