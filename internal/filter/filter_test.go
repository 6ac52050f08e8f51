package filter

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"halxml/internal/errs"
	"halxml/internal/model"
)

type row struct {
	name, kind, ref, addr, mclt, enabled, created, desc, mac string
	users                                                    []string
	custom                                                   []model.Property
	from, to                                                 netip.Addr
}

var testSet = NewSet([]Field[*row]{
	{Name: "name", Text: func(r *row) string { return r.name },
		Holds: func(r *row, a netip.Addr) bool {
			return r.from.IsValid() && r.from.Compare(a) <= 0 && a.Compare(r.to) <= 0
		}},
	{Name: "type", Kind: Enum, Text: func(r *row) string { return r.kind }},
	{Name: "dnsServerRef", Kind: Ref, Text: func(r *row) string { return r.ref }},
	{Name: "address", Kind: Address, Text: func(r *row) string { return r.addr }},
	{Name: "mclt", Kind: Number, Text: func(r *row) string { return r.mclt }},
	{Name: "enabled", Kind: Bool, Text: func(r *row) string { return r.enabled }, Hidden: true},
	{Name: "created", Kind: Time, Text: func(r *row) string { return r.created }},
	{Name: "description", Text: func(r *row) string { return r.desc }},
	{Name: "users", Kind: List, List: func(r *row) []string { return r.users }},
	{Name: "Lease MAC Address", Kind: Client, Text: func(r *row) string { return r.mac }},
}, func(r *row) []model.Property { return r.custom })

var rows = []*row{
	{name: "foo.", kind: "Master", ref: "{#1-#2}", addr: "10.0.0.1", mclt: "3600", enabled: "true", created: "Jun 26, 2023 12:40:37",
		desc: "first floor", users: []string{"anna", "bob"}, mac: "00:11:22:33:44:55",
		custom: []model.Property{{Name: "Location", Value: "H-15"}}},
	{name: "foobar", kind: "Slave", ref: "{#1-#3}", addr: "10.0.0.10", mclt: "60", enabled: "false", created: "2023-06-27T00:00:00Z", desc: "DOMAIN\\dave"},
	{name: "10.0.0.0/24", kind: "Master", ref: "{#1-#22}", addr: "9.1.1.1", mclt: "18446744073709551615", enabled: "true", desc: "my scope",
		from: netip.MustParseAddr("10.0.0.0"), to: netip.MustParseAddr("10.0.0.255")},
	{name: "10.in-addr.arpa.", kind: "Hint", ref: "{#7-#12}", addr: "2001:db8::1", mclt: "18446744073709551614", desc: "foo(1) and $9", users: []string{"Ünal"}},
	{name: "*.corp.net", kind: "master", ref: "", addr: "", desc: "a|b & c"},
}

func resolve(field, value string) string {
	if field == "dnsServerRef" && model.FoldName(value) == "dhcp1.corp.net" {
		return "{#1-#2}"
	}
	return ""
}

func matches(t *testing.T, text string) []int {
	t.Helper()
	f, err := testSet.Parse(text, Options{Resolve: resolve})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	got := []int{}
	for i, r := range rows {
		if f.Match(r) {
			got = append(got, i)
		}
	}
	return got
}

var everything = []int{0, 1, 2, 3, 4}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		filter string
		want   []int
	}{
		{"", everything},
		{" \t\n", everything},
		{" , ", everything},

		// The quick filter.
		{"name:foo", []int{0, 1}},
		{"name: foo", []int{0, 1}},
		{"NAME:FOO", []int{0, 1}},
		{"name:", everything},
		{"name: type:slave", []int{1}},
		{"name: & type:slave", []int{1}},
		{"name:^foo$", []int{0}},
		{"name:^foo.$", []int{0}},
		{"name:^FOO$ type:^master$", []int{0}},
		{"name:^foo", []int{0, 1}},
		{"name:bar$", []int{1}},
		{"name:!foo", []int{2, 3, 4}},
		{"!name:foo", []int{2, 3, 4}},
		{"!!name:foo", []int{0, 1}},
		{"name:!!foo", []int{0, 1}},
		{"name:!^f", []int{2, 3, 4}},
		{"Location: !^$", []int{0}},
		{"Location:^$", []int{1, 2, 3, 4}},
		{"type: Master", []int{0, 2, 4}},
		{"type:Master", []int{0, 2, 4}},
		{"name:^foo$ dnsServerRef:^{#1-#2}$", []int{0}},
		{"dnsServerRef:{#1-#2}", []int{0}},
		{"dnsServerRef:#1-#2", []int{0, 2}},
		{"dnsServerRef:dhcp1.corp.net.", []int{0}},
		{"dnsServerRef:^DHCP1.corp.net$", []int{0}},
		{"dnsServerRef=DHCPScopes/12", []int{3}},
		{"dnsServerRef=dhcpscopes/12", []int{3}},
		{"dnsServerRef:!^$", []int{0, 1, 2, 3}},
		{"dnsServerRef=nobody", nil},
		{`"Lease MAC Address":11`, []int{0}},
		{`"Lease MAC Address":"11:22"`, []int{0}},
		{`"Lease MAC Address":11\:22`, []int{0}},
		{`"Lease MAC Address":11:22`, []int{0}},
		{`"Lease MAC Address":^00-11-22-33-44-55$`, []int{0}},
		{`"Lease MAC Address":^0011.2233.4455$`, []int{0}},
		{`"Lease MAC Address":!001122334455`, []int{1, 2, 3, 4}},
		{`"Lease MAC Address":^00-11-22-`, []int{0}},
		{`"Lease MAC Address":^11-22`, []int{}},
		{`"Lease MAC Address"=@33-44`, []int{0}},
		{`"Lease MAC Address" in (0-11-22-33-44-55, x)`, []int{0}},
		{`001122334455`, []int{0}},
		{`11-22`, []int{}},
		{"name:foo type:slave", []int{1}},
		{"name:foo & type:slave", []int{1}},
		{"name:foo&type:slave", []int{1}},
		{"name:foo | type:hint", []int{0, 1, 3}},
		{"name:bar|type:hint", []int{1, 3}},
		{"name:bar|arpa", []int{1, 3}},
		{"name:^foo$|^10.0.0.0/24$ type:master", []int{0, 2}},
		{"name:bar | scope", []int{1, 2}},
		{"name:(bar|arpa)", []int{1, 3}},
		{"name:(^foo & !bar) | type:slave type:x", []int{0}},
		{"foo & (bar | 1)", []int{0, 1, 3}},
		{"(foo & bar) | scope", []int{1, 2}},
		{"description:foo(1)", []int{3}},
		{"(description:foo(1))", []int{3}},
		{"description:foo(", []int{3}},
		{"description:1)", []int{3}},
		{"description:$9", []int{3}},
		{`description:"a|b & c"`, []int{4}},
		{`description:"^my scope$"`, []int{2}},
		{`description:^"my scope"$`, []int{2}},
		{`description:my\ scope`, []int{2}},
		{`description:a\|b`, []int{4}},
		{`description:DOMAIN\dave`, []int{1}},
		{"name:f.o", nil},
		{`name:^f\.o`, []int{0, 1}},
		{"name:^f[aeiou]+b", []int{1}},
		{"name:^fo*bar$", []int{1}},
		{`name:^\(foo|10\)`, []int{0, 1, 2, 3}},
		{`name:^fo\{2\}`, []int{0, 1}},
		{"name:^*.corp", []int{4}},
		{"*.corp", []int{4}},
		{"name:[", nil},

		// Text without a field.
		{"foo", []int{0, 1, 3}},
		{"FOO bar", []int{1}},
		{"foo, bar", []int{1}},
		{"^10.0.0.0/24$", []int{2}},
		{"10.0.0.1", []int{0, 1, 2}},
		{"10.0.0.77", []int{2}},
		{"^10.0.0.1$", []int{0}},
		{"00:11:22", []int{0}},
		{"2001:db8::1", []int{3}},
		{"2001:0db8:0::1", []int{3}},
		{"{#7-#12}", []int{3}},
		{"h-15", []int{0}},
		{"anna", []int{0}},
		{"true", nil}, // enabled is hidden
		{`"my scope"`, []int{2}},
		{"my scope", []int{2}},
		{"name", nil},
		{"scope !^x", []int{2}},
		{"ünal", []int{3}},
		{"!foo", []int{2, 4}},
		{`"a|b"`, []int{4}},

		// Operators.
		{"name=foo", []int{0}},
		{"name==foo", []int{0}},
		{"name = FOO", []int{0}},
		{"name=foo AND type in (master,slave)", []int{0}},
		{"name=^foo AND type in (master, slave)", []int{0, 1}},
		{"name=^foo and type in (,slave,,)", []int{1}},
		{"type not in (master, slave)", []int{3}},
		{"type NOT IN(master,slave)", []int{3}},
		{"type in ()", nil},
		{"type not in ()", everything},
		{`name in ("foo", 10.0.0.0/24)`, []int{0, 2}},
		{`description in (my scope, "first floor")`, []int{0, 2}},
		{"name!=foo", []int{1, 2, 3, 4}},
		{"name <> foo", []int{1, 2, 3, 4}},
		{"name=@OO", []int{0, 1}},
		{"name!@oo", []int{2, 3, 4}},
		{"name=^f", []int{0, 1}},
		{"name!^f", []int{2, 3, 4}},
		{"name !^f", []int{2, 3, 4}},
		{"name=$bar", []int{1}},
		{"name!$bar", []int{0, 2, 3, 4}},
		{"name=$arpa.", []int{3}},
		{"name=bar$", []int{1}},
		{"name!=bar$", []int{0, 2, 3, 4}},
		{"name=^foo$", []int{0}},
		{"Location=^$", []int{1, 2, 3, 4}},
		{`name=^"foo"`, []int{0, 1}},
		{`name=@"foo"`, []int{0, 1}},
		{`name=$"arpa."`, []int{3}},
		{`name="foo"`, []int{0}},
		{`description="$9"`, nil},
		{"name=~^f.*r$", []int{1}},
		{"name=~^(foo|10) and type=hint", []int{3}},
		{"(name=~^(foo|10).) or type=hint", []int{0, 1, 2, 3}},
		{`name=~"o{2}b"`, []int{1}},
		{`name!~\d`, []int{0, 1, 4}},
		{"not name=foo", []int{1, 2, 3, 4}},
		{"not (name=foo or name=foobar)", []int{2, 3, 4}},
		{"name=foo or type=slave and mclt=61", []int{0}},
		{"(name=foo or type=slave) and mclt=60", []int{1}},
		{"(((name=foo)))", []int{0}},
		{"name=foo&type=master", []int{0}},
		{"name=foo && type=master || type=hint", []int{0, 3}},
		{"name=foo, type=master", []int{0}},
		{"type=primary name=z", nil},
		{"name=", nil},
		{"Location=", []int{1, 2, 3, 4}},
		{`Location="" and type=hint`, []int{3}},
		{"location=h-15", []int{0}},
		{"Location>H-9", []int{0}},
		{`description=DOMAIN\dave`, []int{1}},
		{`description="DOMAIN\\dave"`, []int{1}},
		{`name=host2 and type=A and data=192.168.10.11`, nil},

		// Kinds.
		{"mclt=3600", []int{0}},
		{"mclt=3600.0", []int{0}},
		{"mclt>60", []int{0, 2, 3}},
		{"mclt>=60", []int{0, 1, 2, 3}},
		{"mclt<3600", []int{1}},
		{"mclt=18446744073709551615", []int{2}},
		{"mclt>18446744073709551614", []int{2}},
		{"mclt:36", []int{0}},
		{"enabled=true", []int{0, 2}},
		{"enabled:1", []int{0, 2}},
		{"enabled=0", []int{1}},
		{"enabled!=TRUE", []int{1, 3, 4}},
		{"address=10.0.0.1", []int{0}},
		{"address:^10.0.0.1$", []int{0}},
		{"address:10.0.0.1", []int{0, 1}},
		{"address=2001:DB8:0:0::1", []int{3}},
		{"address>=10.0.0.0 address<=10.255.255.255", []int{0, 1}},
		{"address<10.0.0.2", []int{0, 2}},
		{"address>2001:db8::", []int{3}},
		{"address in (10.0.0.10, 2001:db8::1)", []int{1, 3}},
		{`created="Jun 26, 2023 12:40:37"`, []int{0}},
		{`created="2023-06-26T12:40:37Z"`, []int{0}},
		{`created>"Jun 26, 2023 12:40:37"`, []int{1}},
		{"created<2023-06-27", []int{0}},
		{"created<=2023-06-27T02:00:00+02:00", []int{0, 1}},
		{"users=bob", []int{0}},
		{"users=BOB users=anna", []int{0}},
		{"users!=bob", []int{1, 2, 3, 4}},
		{"users:^$", []int{1, 2, 4}},
		{"type>hint", []int{0, 1, 2, 4}},
	} {
		if got := matches(t, test.filter); !slices.Equal(got, test.want) {
			t.Errorf("%s: rows %v, want %v", test.filter, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	plain := NewSet([]Field[string]{{Name: "name", Text: func(s string) string { return s }},
		{Name: "mclt", Kind: Number, Text: func(s string) string { return s }},
		{Name: "created", Kind: Time, Text: func(s string) string { return s }}}, nil)
	for _, test := range []struct {
		filter string
		code   errs.Code
		names  string
	}{
		{"nmae=foo", errs.Invalid, `"nmae"`},
		{"nmae = foo", errs.Invalid, `"nmae"`},
		{"nmae in (a)", errs.Invalid, `"nmae"`},
		{"nmae not in (a)", errs.Invalid, `"nmae"`},
		{"nmae!^a", errs.Invalid, `"nmae"`},
		{"nmae>5", errs.Invalid, `"nmae"`},
		{`"my name":x`, errs.Invalid, `"my name"`},
		{"^a=b", errs.Invalid, `"^a"`},
		{"=foo", errs.Invalid, "field is missing"},
		{"name=~a(", errs.Invalid, `"a("`},
		{"name:a**", errs.Invalid, `"a**"`},
		{`name:\(a`, errs.Invalid, "regular expression"},
		{"name=~[z-a]", errs.Invalid, `"[z-a]"`},
		{"name=~(a{500}){100}", errs.Invalid, "regular expression"},
		{"name=~" + strings.Repeat("a{999}", 100), errs.TooLarge, "too large"},
		{"name=~" + strings.Repeat("a", 1001), errs.TooLarge, "longer"},
		{"mclt>abc", errs.Invalid, `"abc"`},
		{"created<yesterday", errs.Invalid, `"yesterday"`},
		{`name="foo`, errs.Invalid, "not closed"},
		{`name:"foo`, errs.Invalid, "not closed"},
		{`"`, errs.Invalid, "not closed"},
		{"(name=a", errs.Invalid, "closing parenthesis"},
		{"name=a )", errs.Invalid, `")"`},
		{")", errs.Invalid, `")"`},
		{"()", errs.Invalid, "missing"},
		{"name=a and", errs.Invalid, "missing"},
		{"name=a |", errs.Invalid, "missing"},
		{"and name=a", errs.Invalid, "missing"},
		{"name= and mclt=5", errs.Invalid, "value is missing"},
		{"!", errs.Invalid, "missing"},
		{"name in (a", errs.Invalid, "not closed"},
		{"a\xff", errs.Invalid, "UTF-8"},
		{strings.Repeat("a", 64<<10+1), errs.TooLarge, "bytes"},
		{strings.Repeat("(", 65) + "a" + strings.Repeat(")", 65), errs.TooLarge, "64"},
		{strings.Repeat("name:(", 65) + "a" + strings.Repeat(")", 65), errs.TooLarge, "64"},
		{strings.Repeat("a ", 1001), errs.TooLarge, "1000"},
		{"name in (" + strings.Repeat("a,", 1001) + ")", errs.TooLarge, "1000"},
	} {
		_, err := plain.Parse(test.filter, Options{})
		if errs.CodeOf(err) != test.code || !strings.Contains(errs.MessageOf(err), test.names) {
			t.Errorf("%.40q: %v, want %v naming %s", test.filter, err, test.code, test.names)
		}
		if len(errs.MessageOf(err)) > 300 {
			t.Errorf("%.40q: the message repeats the filter", test.filter)
		}
	}
	for _, filter := range []string{
		strings.Repeat("(", 64) + "a" + strings.Repeat(")", 64),
		strings.Repeat("a ", 1000),
		strings.Repeat("!", 60000) + "a",
		"fe80::1 2001:db8::5 00:11:22:33:44:55 host:port x:y",
	} {
		if _, err := plain.Parse(filter, Options{}); err != nil {
			t.Errorf("%.40q: %v", filter, err)
		}
	}
}

func TestKnownProperties(t *testing.T) {
	opts := Options{Custom: func(name string) (Kind, bool) { return Text, strings.EqualFold(name, "Location") || name == "ab" }}
	if _, err := testSet.Parse("Locatoin=x", opts); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("an unknown property: %v", err)
	}
	for filter, want := range map[string]bool{"location:h-": true, "ab:c": false, "host:1": false, "Location!^H": false, "location=h-15": true} {
		f, err := testSet.Parse(filter, opts)
		if err != nil || f.Match(rows[0]) != want {
			t.Errorf("%s: %v, want %v", filter, err, want)
		}
	}
}

// TestPropertyKinds has properties compare as their definitions say.
func TestPropertyKinds(t *testing.T) {
	opts := Options{Custom: func(name string) (Kind, bool) {
		kinds := map[string]Kind{"floor": Number, "managed": Bool, "gateway": Address}
		kind, ok := kinds[strings.ToLower(name)]
		return kind, ok
	}}
	r := &row{custom: []model.Property{{Name: "Floor", Value: "-10"}, {Name: "Managed", Value: "true"}, {Name: "Gateway", Value: "10.0.0.9"}}}
	for filter, want := range map[string]bool{
		"Floor<-9": true, "floor=-10": true, "Floor>5": false, "managed=1": true, "Managed=no": false,
		"gateway<10.0.0.10": true, "Gateway=010.0.0.9": false,
	} {
		f, err := testSet.Parse(filter, opts)
		if err != nil || f.Match(r) != want {
			t.Errorf("%s: %v, want %v", filter, err, want)
		}
	}
	if _, err := testSet.Parse("Floor<high", opts); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a number below a word: %v", err)
	}
	high := &row{custom: []model.Property{{Name: "Floor", Value: "-9"}}}
	sorting, err := testSet.Sort("floor", "", opts)
	if err != nil {
		t.Fatal(err)
	}
	key := sorting.Key
	if sorting.Compare(key(r), key(high)) >= 0 || sorting.Compare(key(&row{}), key(r)) >= 0 {
		t.Errorf("-10 does not come before -9, after nothing")
	}
	if _, err := testSet.Sort("cellar", "", opts); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("sorted by an unknown property: %v", err)
	}
}

func TestZone(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	f, err := testSet.Parse("created=2023-06-26T10:40:37Z", Options{Zone: zone})
	if err != nil || !f.Match(rows[0]) || f.Match(rows[1]) {
		t.Errorf("12:40:37 in +02:00 is not 10:40:37Z (%v)", err)
	}
}

func TestRequire(t *testing.T) {
	for _, test := range []struct {
		filter, field string
		op            Op
		operand       string
		ok            bool
	}{
		{"name:^foo$", "name", Equal, "foo", true},
		{"name:^Foo$ type:x", "NAME", Equal, "Foo", true},
		{"name=^foo and (type=a or type=b)", "name", Prefix, "foo", true},
		{"name=^foo and name=foobar", "name", Equal, "foobar", true},
		{"(name=foo)", "name", Equal, "foo", true},
		{"name in (foo)", "name", Equal, "foo", true},
		{"dnsServerRef=dhcp1.corp.net", "dnsServerRef", Equal, "{#1-#2}", true},
		{"dnsServerRef:DHCPScopes/12", "dnsServerRef", Equal, "{#7-#12}", true},
		{"address=2001:DB8:0::1", "address", Equal, "2001:db8::1", true},
		{"name:foo", "name", 0, "", false},
		{"name=$foo", "name", 0, "", false},
		{"name=foo or type=x", "name", 0, "", false},
		{"name in (a,b)", "name", 0, "", false},
		{"name!=foo", "name", 0, "", false},
		{"not (name=foo)", "name", 0, "", false},
		{"^foo$", "name", 0, "", false},
		{"", "name", 0, "", false},
		{"name=foo", "nowhere", 0, "", false},
	} {
		f, err := testSet.Parse(test.filter, Options{Resolve: resolve})
		if err != nil {
			t.Fatal(err)
		}
		op, operand, ok := f.Require(test.field)
		if ok != test.ok || ok && (op != test.op || operand != test.operand) {
			t.Errorf("%s: %v %q %v", test.filter, op, operand, ok)
		}
	}
}

func TestEmptyFilter(t *testing.T) {
	var none *Filter[*row]
	if !none.Empty() || !none.Match(rows[0]) {
		t.Error("nil must pass everything")
	}
	if f, _ := testSet.Parse("a", Options{}); f.Empty() {
		t.Error("a condition is not empty")
	}
}
