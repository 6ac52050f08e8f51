package dhcpd_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"halxml/internal/dhcpd"
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/option"
	"halxml/internal/realtool"
)

var scope1 = model.Ref{Type: model.TypeScope, ID: 1}

// sample is a value that fits an option.
func sample(d option.Definition) string {
	value := map[model.OptionType]string{
		model.OptionString: "some.example", model.OptionHex: "0102030405060708", model.OptionBoolean: "true",
		model.OptionAddress: "10.0.0.1", model.OptionHostOrAddr: "host.example", model.OptionInteger: fmt.Sprint(d.Max),
	}[d.Type]
	if d.Array {
		value += "," + value
	}
	return value
}

// Every standard option that can be set, and a server's own of every format, is one that dhcpd knows in that format.
func TestDhcpdAcceptsEveryOption(t *testing.T) {
	v := validator{realtool.Path(t, "dhcpd"), t.TempDir()}
	w := pairWorld()
	w.Servers, w.Relationships, w.Scopes, w.Pools = w.Servers[:1], nil, w.Scopes[:1], nil
	set := model.OptionSet{Owner: scope1, ServerID: 1}
	for i, f := range []model.OptionDefinition{
		{Type: model.OptionString}, {Type: model.OptionHex}, {Type: model.OptionBoolean}, {Type: model.OptionBoolean, Array: true},
		{Type: model.OptionAddress}, {Type: model.OptionAddress, Array: true}, {Type: model.OptionHostOrAddr},
		{Type: model.OptionHostOrAddr, Array: true}, {Type: model.OptionInteger}, {Type: model.OptionInteger, Array: true},
	} {
		for _, vendor := range []string{"", "ACME"} {
			f.ServerID, f.Vendor, f.Number, f.Name = 1, vendor, uint32(230+i), fmt.Sprintf("own-%d", i)
			w.Definitions = append(w.Definitions, f)
		}
	}
	for _, d := range option.NewCatalog(model.KindISC, false, w.Definitions).All() {
		set.Options = append(set.Options, model.Option{OptionID: d.ID(), Value: sample(d)})
	}
	w.Options = []model.OptionSet{set}
	all, _ := rendered(t, w)
	mustFit(t, "a", all[0])
	v.mustAccept(t, "a", all[0].Text)
	if n := strings.Count(string(all[0].Text), "\n  option "); n < 100 {
		t.Errorf("%d options\n%s", n, all[0].Text)
	}
}

// drawOptions makes up definitions, options and classes of a server with hostile names and values.
func (w *world) drawOptions(t *rapid.T, text *rapid.Generator[string]) {
	hostile := rapid.OneOf(text, rapid.StringOfN(rapid.SampledFrom([]rune("aZ09-_. \"\\;{}#é'=,")), 1, 20, -1))
	formats := []model.OptionType{model.OptionString, model.OptionHex, model.OptionBoolean, model.OptionAddress, model.OptionHostOrAddr, model.OptionInteger}
	for _, s := range w.Servers {
		var own []model.OptionDefinition
		vendors := append([]string{""}, rapid.SliceOfN(hostile, 0, 2).Draw(t, "vendors")...)
		for i := range rapid.IntRange(0, 4).Draw(t, "definitions") {
			d := model.OptionDefinition{ServerID: s.ID, Number: uint32(128 + i), Vendor: rapid.SampledFrom(vendors).Draw(t, "vendor"),
				Name: hostile.Draw(t, "name"), Type: rapid.SampledFrom(formats).Draw(t, "type")}
			d.Array = d.Type != model.OptionString && d.Type != model.OptionHex && rapid.Bool().Draw(t, "array")
			own = append(own, d)
		}
		w.Definitions = append(w.Definitions, own...)
		owners := []model.Ref{s.Ref()}
		for i := range w.Scopes {
			if w.Scopes[i].ServerID == s.ID {
				owners = append(owners, w.Scopes[i].Ref())
			}
		}
		for i := range w.Pools {
			if w.Pools[i].ServerID == s.ID {
				owners = append(owners, w.Pools[i].Ref())
			}
		}
		all := option.NewCatalog(model.KindISC, false, own).All()
		for _, owner := range owners {
			set := model.OptionSet{Owner: owner, ServerID: s.ID}
			for range rapid.IntRange(0, 3).Draw(t, "options") {
				d := rapid.SampledFrom(all).Draw(t, "option")
				value := sample(d)
				if d.Type == model.OptionString && !d.Domain {
					value = hostile.Draw(t, "value")
				}
				if _, err := d.Canonical(value); err != nil {
					continue
				}
				id := d.ID()
				id.User = rapid.SampledFrom([]string{"", "guests", "a \"b\"; }"}).Draw(t, "user")
				set.Options = append(set.Options, model.Option{OptionID: id, Value: value})
			}
			w.Options = append(w.Options, set)
		}
		for _, name := range rapid.SliceOfNDistinct(hostile, 0, 2, rapid.ID).Draw(t, "classes") {
			members := rapid.SliceOfN(rapid.OneOf(rapid.Just("00:11:22:33:44:55"), rapid.Just("ff:1:ab"), hostile), 0, 3).Draw(t, "members")
			w.Classes = append(w.Classes, model.Class{ServerID: s.ID, Name: name, Subclasses: members})
		}
	}
}

func TestRenderRefusesOptions(t *testing.T) {
	for name, c := range map[string]struct {
		o    model.Option
		want string
	}{
		"unknown": {model.Option{OptionID: model.OptionID{Number: 252}, Value: "x"}, "Option ::252 of scope 10.0.0.0/24 of server a.example.: the server has no definition of it"},
		"value":   {model.Option{OptionID: model.OptionID{Number: 3}, Value: "x;"}, `Option ::3 of scope 10.0.0.0/24 of server a.example.: "x;" is not an IPv4 address`},
		"own":     {model.Option{OptionID: model.OptionID{Number: 53}, Value: "1"}, "Option ::53 of scope 10.0.0.0/24 of server a.example.: dhcpd sets it itself"},
	} {
		t.Run(name, func(t *testing.T) {
			w := pairWorld()
			w.Options = []model.OptionSet{{Owner: scope1, ServerID: 1, Options: []model.Option{c.o}}}
			_, err := dhcpd.Render(w.snapshot(1))
			if errs.CodeOf(err) != errs.Invalid || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// What the operator's preamble declares keeps its name.
func TestOptionsBesideThePreamble(t *testing.T) {
	w := pairWorld()
	w.Definitions = []model.OptionDefinition{
		{ServerID: 1, Number: 200, Name: "mine", Type: model.OptionString},
		{ServerID: 1, Number: 201, Name: "wpad", Type: model.OptionString},
		{ServerID: 1, Vendor: "ACME", Number: 1, Name: "x", Type: model.OptionString},
	}
	w.Classes = []model.Class{{ServerID: 1, Name: "phones", Subclasses: []string{"00:11:22:33:44:55"}}}
	snap := w.snapshot(1)
	snap.Preamble = "option mine code 250 = text;\noption wpad code 201 = text;\noption space ACME;\nclass \"phones\" { match hardware; }\n"
	r, err := dhcpd.Render(snap)
	if err != nil {
		t.Fatal(err)
	}
	mustFit(t, "a", r)
	for _, want := range []string{"option custom-200 code 200 = text;", "option wpad code 201 = text;", "option space ACME-2;", "option ACME-2.x code 1 = text;", "subclass \"phones\" 1:00:11:22:33:44:55;"} {
		if !strings.Contains(string(r.Text), "\n"+want+"\n") {
			t.Errorf("%s is not in\n%s", want, r.Text)
		}
	}
	if n := strings.Count(string(r.Text), "class \"phones\" {"); n != 1 {
		t.Errorf("the class is declared %d times", n)
	}
}

// Options of 1,000 scopes.
func BenchmarkRenderOptions(b *testing.B) {
	w := pairWorld()
	w.Relationships, w.Ranges, w.Scopes, w.Pools = nil, nil, nil, nil
	for i := range 1000 {
		id := model.ID(i + 1)
		at := func(last byte) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), last}) }
		w.Ranges = append(w.Ranges, model.Range{ID: id, From: at(0), To: at(255)})
		w.Scopes = append(w.Scopes, model.Scope{ID: id, RangeID: id, ServerID: 1, Enabled: true})
		w.Options = append(w.Options, model.OptionSet{Owner: model.Ref{Type: model.TypeScope, ID: id}, ServerID: 1, Options: []model.Option{
			{OptionID: model.OptionID{Number: 3}, Value: at(1).String()}, {OptionID: model.OptionID{Number: 6}, Value: "10.0.0.2,10.0.0.3"},
			{OptionID: model.OptionID{Number: 15}, Value: "corp.example"},
		}})
	}
	snap := w.snapshot(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dhcpd.Render(snap); err != nil {
			b.Fatal(err)
		}
	}
}
