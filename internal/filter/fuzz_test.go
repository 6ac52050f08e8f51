package filter

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"halxml/internal/errs"
)

// FuzzParse: whatever the text, parsing ends with a filter or a mistake of the
// caller's; a filter then judges rows alike each time, and what it requires
// holds for the rows that pass.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"name:^x$", "name: x", "^10.0.0.0/24$", "172.16.1.1", "type:^Master$ name:^z.$", "type:^master$", "type:Master",
		"address:^10.0.0.1$", "name:^h$ data:^ip$ type:A", "name:^v$ dnsServerRef:^{#1-#2}$", "dnsViewRef:{#5-#5}",
		"name=x", "type=primary name=z", "name=^pre", `"Lease MAC Address":11`, `"Lease MAC Address":"11:22"`, `mac:11\:22`,
		"name:myzone type:slave", "name:!^$", "Description: !^$", "A & (B | C)", "(A & B) | C", `name="my scope" AND rangeRef=Ranges/456 AND dnsServerRef=DHCPServers/789`,
		`name=^"foo"`, `name=@"foo"`, `name=$"foo"`, "name=host2 and type=A and data=192.168.10.11", "name=$arpa.", "name=foo$",
		"type in (a, b)", "type not in (a,,b)", "a==b", "mclt>=5 mclt<7 mclt!=6", "name!@x name!^x name!$x", "name=~^a.*b$ name!~c",
		`name:\(a|b\)\{2\}[x-z]*`, "name:a|b", "name:(a|!b)", "not not (a)", "!(!(!a))", `"`, "((", "name:[", "00:11:22 fe80::1", "é=ü", `\`,
		`created>"Jun 26, 2023 12:40:37"`, "enabled=true users=x", "name= and x", ",,,", "name in (", "name=~(", "name:\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := testSet.Parse(text, Options{Resolve: resolve})
		if err != nil {
			if c := errs.CodeOf(err); c != errs.Invalid && c != errs.TooLarge {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		op, operand, need := filter.Require("name")
		for _, r := range rows {
			ok := filter.Match(r)
			if ok != filter.Match(r) {
				t.Fatalf("%q: judged differently", text)
			}
			if ok && need && op == Prefix && !strings.HasPrefix(strings.ToLower(r.name), strings.ToLower(operand)) {
				t.Fatalf("%q: %q does not begin with %q", text, r.name, operand)
			}
		}
		if _, err := testSet.Parse("("+text+")", Options{Resolve: resolve}); err != nil && errs.CodeOf(err) == errs.Internal {
			t.Fatal(err)
		}
	})
}

// FuzzFold: folded texts order as the texts do.
func FuzzFold(f *testing.F) {
	for _, seed := range [][2]string{
		{"pool2", "Pool10"}, {"a01", "A1"}, {"a1b", "a1"}, {"", "0"}, {"1", "a"}, {"/", "0"}, {":", "9"}, {"é", "É2"}, {"a\xff", "a\ufffd"},
		{strings.Repeat("9", 254), strings.Repeat("9", 255)}, {strings.Repeat("1", 300), strings.Repeat("1", 299) + "x"}, {"000", "00"}, {"x0", "x"},
	} {
		f.Add(seed[0], seed[1])
	}
	sign := func(n int) int { return cmp.Compare(n, 0) }
	f.Fuzz(func(t *testing.T, a, b string) {
		want := compareNatural(a, b)
		if got := bytes.Compare(foldNatural(nil, a), foldNatural(nil, b)); got != sign(want) {
			t.Errorf("%q and %q: %d folded, %d compared", a, b, got, want)
		}
	})
}
