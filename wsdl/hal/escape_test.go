package hal

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

// inXML is s as XML can hold it.
func inXML(s string) string {
	var b strings.Builder
	for _, r := range s { // each byte that is not UTF-8 reads as U+FFFD
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

// checkEscape has the standard library read back what is written.
func checkEscape(t *testing.T, s string) {
	t.Helper()
	var v struct {
		Text string `xml:",chardata"`
	}
	out := "<a>" + string(appendXMLText(nil, s)) + "</a>"
	if err := xml.Unmarshal([]byte(out), &v); err != nil || v.Text != inXML(s) {
		t.Errorf("%q as XML is %q: %q, %v", s, out, v.Text, err)
	}
	var got, want string
	j := appendJSONString(nil, s)
	w, _ := json.Marshal(s)
	json.Unmarshal(w, &want)
	if err := json.Unmarshal(j, &got); err != nil || got != want || !utf8.Valid(j) {
		t.Errorf("%q as JSON is %s: %q, %v", s, j, got, err)
	}
}

func TestEscapes(t *testing.T) {
	for c := range 256 {
		for at := range 17 {
			checkEscape(t, strings.Repeat("x", at)+string([]byte{byte(c)})+strings.Repeat("y", 16-at))
		}
	}
	for _, s := range []string{"", "]]>", "\r\n", "\uFFFE\uFFFF\uFFFD", "😀\xf0\x9f", "\u2028", strings.Repeat("<&>\"\\", 9)} {
		checkEscape(t, s)
	}
	if got := string(appendJSONString(nil, "<a href='/'>&\u2028")); got != "\"<a href='/'>&\u2028\"" {
		t.Errorf("JSON is escaped for HTML: %s", got)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("plain text, and <b>&\\\"\r\n\x00\xff")
	f.Fuzz(checkEscape)
}
