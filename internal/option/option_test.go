package option_test

import (
	"strings"
	"testing"

	"halxml/internal/model"
	"halxml/internal/option"
)

func TestTablesAreInOrder(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		var last uint32
		names := map[string]bool{}
		for _, d := range option.Standard(v6) {
			if d.Number <= last || d.Number > model.MaxOptionNumberV4 && !v6 || d.V6 != v6 {
				t.Errorf("%d %s comes after %d", d.Number, d.Name, last)
			}
			last = d.Number
			if d.Name == "" || names[d.Name] {
				t.Errorf("%d has the name %q again", d.Number, d.Name)
			}
			names[d.Name] = true
			if d.Type == model.OptionInteger && !d.Own && d.Max <= d.Min {
				t.Errorf("%s goes from %d to %d", d.Name, d.Min, d.Max)
			}
			if found, ok := option.Find(v6, d.Number); !ok || found != d {
				t.Errorf("Find(%d) is %+v", d.Number, found)
			}
			if found, ok := option.Named(v6, strings.ToUpper(d.Name)); !ok || found != d {
				t.Errorf("Named(%s) is %+v", d.Name, found)
			}
		}
	}
}

// Facts of RFC 2132, 3397 and 8415 that many clients rely on.
func TestStandardOptions(t *testing.T) {
	for _, c := range []struct {
		v6     bool
		number uint32
		name   string
		typ    model.OptionType
		array  bool
	}{
		{false, 1, "subnet-mask", model.OptionAddress, false},
		{false, 3, "routers", model.OptionAddress, true},
		{false, 6, "domain-name-servers", model.OptionAddress, true},
		{false, 15, "domain-name", model.OptionString, false},
		{false, 26, "interface-mtu", model.OptionInteger, false},
		{false, 42, "ntp-servers", model.OptionAddress, true},
		{false, 43, "vendor-encapsulated-options", model.OptionHex, false},
		{false, 66, "tftp-server-name", model.OptionString, false},
		{false, 119, "domain-search", model.OptionString, true},
		{true, 23, "name-servers", model.OptionAddress, true},
		{true, 24, "domain-search", model.OptionString, true},
	} {
		d, ok := option.Find(c.v6, c.number)
		if !ok || d.Name != c.name || d.Type != c.typ || d.Array != c.array {
			t.Errorf("%d is %+v", c.number, d)
		}
	}
}

func TestParseID(t *testing.T) {
	for text, want := range map[string]struct {
		id   model.OptionID
		name string
	}{
		"::3":           {model.OptionID{Number: 3}, ""},
		"3":             {model.OptionID{Number: 3}, ""},
		" routers ":     {model.OptionID{}, "routers"},
		"::routers":     {model.OptionID{}, "routers"},
		"MSFT 5.0::1":   {model.OptionID{Vendor: "MSFT 5.0", Number: 1}, ""},
		":guests:6":     {model.OptionID{User: "guests", Number: 6}, ""},
		"ACME:guests:x": {model.OptionID{Vendor: "ACME", User: "guests"}, "x"},
		"::65535":       {model.OptionID{Number: 65535}, ""},
	} {
		id, name, err := option.ParseID(text)
		if err != nil || id != want.id || name != want.name {
			t.Errorf("%q is %+v %q %v", text, id, name, err)
		}
	}
	for _, text := range []string{"", "::", ":3", "a:b:c:3", "::65536", "99999999999999999999", "a:b:"} {
		if id, name, err := option.ParseID(text); err == nil {
			t.Errorf("%q is taken as %v %q", text, id, name)
		}
	}
}

func TestValues(t *testing.T) {
	find := func(n uint32) option.Definition { d, _ := option.Find(false, n); return d }
	find6 := func(n uint32) option.Definition { d, _ := option.Find(true, n); return d }
	custom := func(typ model.OptionType, array bool) option.Definition {
		return option.Custom(&model.OptionDefinition{Number: 200, Type: typ, Array: array}, false)
	}
	for _, c := range []struct {
		d       option.Definition
		in, out string // out "" = refused with why
		why     string
	}{
		{find(3), "10.0.0.1", "10.0.0.1", ""},
		{find(3), " 10.0.0.1 , 10.0.0.2", "10.0.0.1,10.0.0.2", ""},
		{find(3), "10.0.0.1 10.0.0.2", "10.0.0.1,10.0.0.2", ""},
		{find(3), "10.0.0.300", "", `"10.0.0.300" is not an IPv4 address`},
		{find(3), "2001:db8::1", "", "not an IPv4 address"},
		{find(3), "gateway.example", "", "not an IPv4 address"},
		{find(3), ", ,", "", "no values"},
		{find(1), "255.255.255.0,255.255.0.0", "", "holds one value"},
		{find(1), "", "", "a value is required"},
		{find(1), " \t", "", "a value is required"},
		{find(15), " corp.example ", "corp.example", ""},
		{find(15), "a, b", "a, b", ""},
		{find(15), "a\x01b", "", "control character"},
		{find(15), "a\nb", "", "control character"},
		{find(15), "a\xffb", "", "control character"},
		{find(15), strings.Repeat("x", 256), "", "256 bytes"},
		{find(15), strings.Repeat("x", 4097), "", "longer than 4096"},
		{find(119), "a.example, b.example.", "a.example,b.example.", ""},
		{find(119), "a.example,,b.example", "a.example,b.example", ""},
		{find(119), "a..example", "", "not a domain name"},
		{find(19), "TRUE", "true", ""},
		{find(19), "0", "false", ""},
		{find(19), "maybe", "", "not true or false"},
		{find(2), "-3600", "-3600", ""},
		{find(2), "-2147483649", "", "from -2147483648 to 2147483647"},
		{find(23), "64", "64", ""},
		{find(23), "0", "", "from 1 to 255"},
		{find(23), "+64", "64", ""},
		{find(26), "65536", "", "from 68 to 65535"},
		{find(51), "4294967295", "4294967295", ""},
		{find(51), "4294967296", "", "from 0 to 4294967295"},
		{find(51), "99999999999999999999999", "", "from 0 to 4294967295"},
		{find(51), "1h", "", "not a number"},
		{find(51), "0x10", "", "not a number"},
		{find(25), "68, 1500", "68,1500", ""},
		{find(43), "0104C0A80001", "0104c0a80001", ""},
		{find(43), "0x0104", "0104", ""},
		{find(43), "1:4:c0-A8 00:01", "0104c0a80001", ""},
		{find(43), "010", "", "not hexadecimal"},
		{find(43), "zz", "", "not hexadecimal"},
		{find(43), strings.Repeat("00", 256), "", "256 bytes"},
		{find(33), "10.1.0.0 10.0.0.1, 10.2.0.0 10.0.0.1", "10.1.0.0,10.0.0.1,10.2.0.0,10.0.0.1", ""},
		{find(33), "10.1.0.0", "", "pairs"},
		{find6(23), "2001:DB8::1,2001:db8:0::2", "2001:db8::1,2001:db8::2", ""},
		{find6(23), "10.0.0.1", "", "not an IPv6 address"},
		{find6(23), "::ffff:10.0.0.1", "", "not an IPv6 address"},
		{find6(23), "fe80::1%eth0", "", "not an IPv6 address"},
		{custom(model.OptionHostOrAddr, true), "tftp.example,10.0.0.1", "tftp.example,10.0.0.1", ""},
		{custom(model.OptionHostOrAddr, false), "10.0.0.300", "", "not an IPv4 address or host name"},
		{custom(model.OptionHostOrAddr, false), "2001:db8::1", "", "not an IPv4 address or host name"},
		{custom(model.OptionHostOrAddr, false), "_tftp.example", "", "not an IPv4 address or host name"},
		{custom(model.OptionInteger, false), "-1", "", "from 0 to 4294967295"},
		{custom("Float", false), "1", "", "not known"},
	} {
		got, err := c.d.Canonical(c.in)
		switch {
		case c.out == "" && (err == nil || !strings.Contains(err.Error(), c.why)):
			t.Errorf("%s %q: %q %v, want %q", c.d.Name, c.in, got, err, c.why)
		case c.out != "" && (err != nil || got != c.out):
			t.Errorf("%s %q: %q %v, want %q", c.d.Name, c.in, got, err, c.out)
		}
	}
}

// What is answered can be set again, and stays the same.
func FuzzCanonicalStays(f *testing.F) {
	for _, s := range []string{"10.0.0.1, 10.0.0.2", "0x01:2-3 4", "a.example,b", "-5", "yes", "a, b", "\u00a0x"} {
		f.Add(uint32(3), s)
		f.Add(uint32(43), s)
		f.Add(uint32(119), s)
		f.Add(uint32(15), s)
	}
	f.Fuzz(func(t *testing.T, number uint32, text string) {
		for _, v6 := range []bool{false, true} {
			d, ok := option.Find(v6, number)
			if !ok {
				continue
			}
			once, err := d.Canonical(text)
			if err != nil {
				continue
			}
			if again, err := d.Canonical(once); err != nil || again != once {
				t.Errorf("%s: %q is %q, again %q %v", d.Name, text, once, again, err)
			}
		}
	})
}
