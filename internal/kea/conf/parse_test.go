package conf_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"halxml/internal/kea/conf"
)

// values are texts of one value each, with what Kea 2.2 makes of them; the text for an error is a part of the message.
var values = []struct {
	text, want, refused string
}{
	{text: `1`, want: `1`}, {text: `-012`, want: `-12`}, {text: `-0`, want: `0`}, {text: `9223372036854775807`, want: `9223372036854775807`},
	{text: `1.`, want: `1.0`}, {text: `.5`, want: `0.5`}, {text: `+1`, want: `1.0`}, {text: `-.5`, want: `-0.5`}, {text: `1e5`, want: `100000.0`},
	{text: `1E+30`, want: `1e+30`}, {text: `true`, want: `true`}, {text: `null`, want: `null`},
	{text: `"a\u0041\"\\\/\b\f\n\r\t"`, want: `"aA\"\\/\u0008\u000c\n\u000d\t"`},
	{text: `"é` + "\x7f" + `"`, want: `"é\u007f"`}, {text: `"\u00e9"`, want: `"\u00e9"`}, {text: `"\u00c3\u00a9"`, want: `"é"`},
	{text: "\"\xff\"", want: `"\u00ff"`}, {text: `"# // /* <?include"`, want: `"# // /* <?include"`},
	{text: `[]`, want: `[]`}, {text: `{}`, want: `{}`}, {text: `{"":1}`, want: `{"": 1}`},
	{text: `[1,2,]`, want: `[1, 2]`}, {text: `[1,,2]`, want: `[1, 2]`}, {text: `{"a":1,,}`, want: `{"a": 1}`},
	{text: "1 # to the end\n", want: `1`}, {text: "/* a\n**/1//", want: `1`},

	{text: `9223372036854775808`, refused: "64 bits"}, {text: `1e400`, refused: "too large"}, {text: `-`, refused: "no value"}, {text: `1e`, refused: "no value"},
	{text: `1.5.5`, refused: "no value"}, {text: `.`, refused: "no value"}, {text: `0x10`, refused: "no value"}, {text: `nan`, refused: "no value"}, {text: `1_0`, refused: "no value"},
	{text: `True`, refused: "lower case"}, {text: `yes`, refused: "no value"}, {text: `'a'`, refused: "begins no value"},
	{text: `"\u0141"`, refused: "escape"}, {text: `"\x"`, refused: "escape"}, {text: `"\u00"`, refused: "escape"},
	{text: "\"a\tb\"", refused: "control"}, {text: "\"a\nb\"", refused: "control"},
	{text: `[,1]`, refused: "a value is expected"}, {text: `[1 2]`, refused: "',' or ']'"}, {text: `{"a" 1}`, refused: "colon"}, {text: `{1:1}`, refused: "a key"},
	{text: `{"a":1,"a":2}`, refused: `"a" is there twice`}, {text: `[1}`, refused: "',' or ']'"}, {text: `1 /*`, refused: "not closed"},
	{text: "\xef\xbb\xbf1", refused: "begins no value"},
	{text: `<?include "/none"?>`, refused: "does not exist"}, {text: `<?include '/part'?>`, refused: "double quotes"}, {text: `<?insert "/part"?>`, refused: "only include"},
	{text: `<?include "/item">`, refused: "ends with ?>"}, {text: `<?include "/cycle"?>`, refused: "deeper than 10 files"},
}

// files stand for a file system.
func files(name string) ([]byte, error) {
	texts := map[string]string{"/part": `"part": 1, "more": [2]`, "/cycle": `<?include "/cycle"?>`, "/item": "7"}
	if text, ok := texts[name]; ok {
		return []byte(text), nil
	}
	return nil, fmt.Errorf("%s: %w", name, os.ErrNotExist)
}

// in is a configuration with the value in it.
func in(value string) string { return "{\"Dhcp4\": {\"user-context\": {\"v\":\n" + value + "\n}}}" }

func TestValuesReadAsKeaReadsThem(t *testing.T) {
	for _, tt := range values {
		f, err := conf.Parse("kea.conf", []byte(in(tt.text)), files)
		if tt.refused != "" {
			var syntax *conf.SyntaxError
			if !errors.As(err, &syntax) || !strings.Contains(syntax.Message, tt.refused) || syntax.Pos.Line == 0 {
				t.Errorf("%q: error %v, want %q", tt.text, err, tt.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		context, _ := f.Dhcp4.Rest.Get("user-context")
		v, _ := context.(conf.Object).Get("v")
		if got := string(conf.Compact(v)); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestErrorsTellThePlace(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"{\n \"Dhcp4\": {\n  \"subnet4\": 1 2\n", "kea.conf:3: ',' or '}' is expected, found an integer"},
		{"{}\n}", "kea.conf:2: the end is expected, found '}'"},
		{"[]", "kea.conf:1: the configuration: an object is expected, found a list"},
		{"", "kea.conf:1: a value is expected, found the end"},
		{`{"Dhcp4": null}`, "kea.conf:1: Dhcp4: an object is expected, found null"},
		{`{"Dhcp4": {"subnet4": [{}, {"pools": [{"pool": 1}]}]}}`, "kea.conf:1: Dhcp4.subnet4[1].pools[0].pool: a string is expected, found an integer"},
		{`{"Dhcp4": {"shared-networks": [{"subnet4": {}}]}}`, "kea.conf:1: Dhcp4.shared-networks[0].subnet4: a list is expected, found an object"},
		{`{"Dhcp6": {"subnet6": [{"id": 1.5}]}}`, "kea.conf:1: Dhcp6.subnet6[0].id: an integer is expected, found a fraction"},
		{`{"Dhcp4": {"multi-threading": {"enable-multi-threading": "no"}}}`, "kea.conf:1: Dhcp4.multi-threading.enable-multi-threading: a boolean is expected, found a string"},
		{"{\"a\":\n <?include \"/broken\"?>", "/broken:2: a value is expected, found '}'"},
		{"{\"Dhcp4\": {\n \"subnet4\": [\n  {},\n  {\n   \"id\": 1.5}]}}", "kea.conf:4: Dhcp4.subnet4[1].id: an integer is expected, found a fraction"},
		{strings.Repeat("[", 65), "kea.conf:1: brackets are nested too deep"},
	} {
		_, err := conf.Parse("kea.conf", []byte(tt.text), func(name string) ([]byte, error) { return []byte("\n}"), nil })
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestIncludesAreRunsOfTokens(t *testing.T) {
	f, err := conf.Parse("kea.conf", []byte(`{"Dhcp4": {<?include "/part"?>, "l": [ 1, <?include
		"/item" ?>]}}`), files)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(conf.Compact(f.Value())), `{"Dhcp4": {"part": 1, "more": [2], "l": [1, 7]}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, err = conf.Parse("kea.conf", []byte(`{<?include "/part"?>}`), nil)
	if err == nil || !strings.Contains(err.Error(), "cannot be followed") {
		t.Errorf("without an opener: %v", err)
	}
	_, err = conf.Load("/none", files)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestCommasThatSeparateNothingAreTold(t *testing.T) {
	f, err := conf.Parse("kea.conf", []byte("{\"Dhcp4\": {\n\"a\": [1,\n,2],},\n}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f.Commas); got != "[kea.conf:3 kea.conf:3 kea.conf:3]" {
		t.Error(got)
	}
}

// What a program sets wins over what was read, and what it clears does not come back as something else.
func TestFieldsWinOverWhatWasRead(t *testing.T) {
	f, err := conf.Parse("", []byte(`{"Dhcp4": {"subnet4": [{"id": 0, "subnet": "10.0.0.0/8", "pools": [], "interface": "eth0"}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	same := string(conf.Compact(f.Value()))
	if want := `{"Dhcp4": {"subnet4": [{"subnet": "10.0.0.0/8", "id": 0, "pools": [], "interface": "eth0"}]}}`; same != want {
		t.Errorf("got %s, want %s", same, want)
	}
	copied := f.Clone()
	f.Dhcp4.Subnets4[0].ID = 5
	f.Dhcp4.Subnets4[0].Pools = []conf.Pool{{Range: "10.0.0.1 - 10.0.0.2"}}
	want := `{"Dhcp4": {"subnet4": [{"id": 5, "subnet": "10.0.0.0/8", "pools": [{"pool": "10.0.0.1 - 10.0.0.2"}], "interface": "eth0"}]}}`
	if got := string(conf.Compact(f.Value())); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(conf.Compact(copied.Value())); got != same {
		t.Errorf("the copy has changed: %s", got)
	}
}
