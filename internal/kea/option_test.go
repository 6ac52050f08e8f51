package kea_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"halxml/internal/errs"
	"halxml/internal/kea"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/keatest"
	"halxml/internal/model"
	"halxml/internal/option"
	"halxml/internal/realtool"
)

func opt(number uint32, value string) model.Option {
	return model.Option{OptionID: model.OptionID{Number: number}, Value: value}
}

// only is a part of a configuration as JSON.
func only(part *conf.Server) string {
	v, _ := (&conf.File{Dhcp4: part}).Value().Get("Dhcp4")
	return string(conf.Compact(v))
}

// scopeOptions renders one scope's options and returns them as JSON.
func scopeOptions(t *testing.T, snap kea.Snapshot) string {
	t.Helper()
	r, err := kea.Render(snap)
	if err != nil {
		t.Fatal(err)
	}
	return only(&conf.Server{Options: r.File.Dhcp4.Subnets4[0].Options})
}

func TestOptionsAreWritten(t *testing.T) {
	for _, tt := range []struct {
		o    model.Option
		want string
	}{
		{opt(3, "10.0.0.1,10.0.0.2"), `{"code": 3, "data": "10.0.0.1, 10.0.0.2"}`},
		{opt(15, "corp.example"), `{"code": 15, "data": "corp.example"}`},
		{opt(19, "true"), `{"code": 19, "data": "true"}`},
		{opt(2, "-3600"), `{"code": 2, "data": "-3600"}`},
		{opt(119, "a.example,b.example"), `{"code": 119, "data": "a.example, b.example"}`},
		{opt(15, `a, b`), `{"code": 15, "data": "612C2062", "csv-format": false}`},
		{opt(15, `a\b`), `{"code": 15, "data": "615C62", "csv-format": false}`},
		{opt(43, "0104c0a80001"), `{"code": 43, "data": "0104C0A80001", "csv-format": false}`},
		{opt(150, "10.0.0.1,10.0.0.2"), `{"code": 150, "data": "0A0000010A000002", "csv-format": false}`},
		{opt(211, "7"), `{"code": 211, "data": "00000007", "csv-format": false}`},
		{opt(160, "http://a"), `{"code": 160, "data": "687474703A2F2F61", "csv-format": false}`},
		{opt(222, "1,2"), `{"code": 222, "data": "0000000100000002", "csv-format": false}`},
		{opt(223, "true"), `{"code": 223, "data": "01", "csv-format": false}`},
		{opt(224, "a,b"), `{"code": 224, "data": "612C62", "csv-format": false}`},
		{opt(225, "10.0.0.9"), `{"code": 225, "data": "0A000009", "csv-format": false}`},
	} {
		w := pairWorld()
		w.set("{#7-#1}", tt.o)
		w.Definitions = []model.OptionDefinition{{Number: 222, Name: "n", Type: model.OptionInteger, Array: true}, {Number: 223, Name: "b", Type: model.OptionBoolean},
			{Number: 224, Name: "s", Type: model.OptionString, Array: true}, {Number: 225, Name: "h", Type: model.OptionHostOrAddr}, {Number: 3, Name: "no", Type: model.OptionHex}}
		if got, want := scopeOptions(t, w.snapshot(1, model.DHCPv4)), `{"option-data": [`+tt.want+`]}`; got != want {
			t.Errorf("%v: got %s, want %s", tt.o, got, want)
		}
	}
}

// What Kea sets from parameters of its own is written as such, where it can be.
func TestLeaseTimes(t *testing.T) {
	w := pairWorld()
	times := []model.Option{opt(51, "600"), opt(58, "100"), opt(59, "200")}
	w.set("{#7-#1}", times...)
	w.set("{#3-#1}", times[0])
	w.set("{#10-#1}", times[0])
	r := w.render(t, 1)
	text := string(conf.Compact(r.File.Value()))
	for _, want := range []string{`"valid-lifetime": 600, "renew-timer": 100, "rebind-timer": 200}]`, `"subnet4": [`, `"valid-lifetime": 600}`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if len(r.Notes) != 1 || r.Notes[0].Kind != kea.Option || r.Notes[0].Object.String() != "{#10-#1}" {
		t.Errorf("%v", r.Notes)
	}
}

func TestOptionsOfClassesAreNoted(t *testing.T) {
	w := pairWorld()
	w.set("{#7-#1}", opt(3, "10.0.0.1"), model.Option{OptionID: model.OptionID{User: "guests", Number: 6}, Value: "10.0.0.2"},
		model.Option{OptionID: model.OptionID{Vendor: "MSFT 5.0", Number: 1}, Value: "1"})
	r := w.render(t, 1)
	if len(r.Notes) != 2 || len(r.File.Dhcp4.Subnets4[0].Options) != 1 || !strings.Contains(r.Notes[0].Text+r.Notes[1].Text, ":guests:6 of scope 10.0.0.0/24") {
		t.Errorf("%v\n%s", r.Notes, r.Text)
	}
}

func TestOptionsThatCannotBeWritten(t *testing.T) {
	for _, tt := range []struct {
		o    model.Option
		want string
	}{
		{opt(3, "gateway"), `Option ::3 of scope 10.0.0.0/24: "gateway" is not an IPv4 address`},
		{opt(230, "1"), "Option ::230 of scope 10.0.0.0/24 has no definition"},
		{opt(225, "tftp.example"), `"tftp.example" is a host name`},
	} {
		w := pairWorld()
		w.Definitions = []model.OptionDefinition{{Number: 225, Name: "h", Type: model.OptionHostOrAddr}}
		w.set("{#7-#1}", tt.o)
		if _, err := kea.Render(w.snapshot(1, model.DHCPv4)); errs.CodeOf(err) != errs.Invalid || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v", tt.o, err)
		}
	}
}

// Options of the domain take the place of the operator's, but keep what else is said of the same option.
func TestOptionsOfTheOperator(t *testing.T) {
	f, err := conf.Parse("", []byte(`{"Dhcp4": {"subnet4": [{"subnet": "10.0.0.0/24", "option-data": [
		{"code": 3, "name": "routers", "space": "dhcp4", "data": "10.0.0.9", "always-send": true, "comment": "gw"}, {"name": "log-servers", "data": "10.0.0.8"}]}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := pairWorld()
	w.Settings = map[model.ID]kea.Settings{1: {Base: f.Dhcp4}}
	if got := scopeOptions(t, w.snapshot(1, model.DHCPv4)); !strings.Contains(got, "10.0.0.9") || !strings.Contains(got, "log-servers") {
		t.Errorf("options that the domain does not know are gone: %s", got)
	}
	w.set("{#7-#1}", opt(3, "10.0.0.1"))
	if got, want := scopeOptions(t, w.snapshot(1, model.DHCPv4)), `{"option-data": [{"name": "routers", "code": 3, "space": "dhcp4", "data": "10.0.0.1", "always-send": true, "comment": "gw"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.Options[0].Options = nil
	if got := scopeOptions(t, w.snapshot(1, model.DHCPv4)); got != `{}` {
		t.Errorf("options that were taken away stay: %s", got)
	}
}

// sample is a value of each option.
func sample(d option.Definition) string {
	one := func() string {
		switch d.Type {
		case model.OptionAddress, model.OptionHostOrAddr:
			if d.V6 {
				return "2001:db8::7"
			}
			return "10.0.0.7"
		case model.OptionBoolean:
			return "true"
		case model.OptionInteger:
			return fmt.Sprint(d.Max)
		case model.OptionHex:
			return "0001020304050607"
		}
		return "name.example"
	}
	if d.Array || d.Pairs {
		return one() + "," + one()
	}
	return one()
}

// Every standard option is written so that Kea takes it. Those of mixed formats have bytes of their own here.
func TestKeaTakesEveryOption(t *testing.T) {
	special := map[bool]map[uint32]string{
		false: {78: "010a000001", 79: "01616263", 124: "0000000101aa", 125: "00000001020100", 142: "0a000001", 159: "00000000", 212: "2040" + strings.Repeat("00", 16) + "0a000001",
			146: "000a0000010a000002036f6e6500"},
		true: {16: "000000010001aa", 17: "00000001", 60: "0001aa", 74: strings.Repeat("00", 16) + "00" + "036f6e6500"},
	}
	folder := keatest.Folder(t)
	for service, program := range map[model.ServiceType]string{model.DHCPv4: realtool.Path(t, "kea-dhcp4"), model.DHCPv6: realtool.Path(t, "kea-dhcp6")} {
		v6 := service == model.DHCPv6
		w := pairWorld()
		if v6 {
			w.Ranges[0].From, w.Ranges[0].To = addr("2001:db8::"), addr("2001:db8::ffff")
			w.Pools = nil
		}
		var list []model.Option
		for _, d := range option.Standard(v6) {
			if d.Own {
				continue
			}
			value := sample(d)
			if bytes := special[v6][d.Number]; bytes != "" {
				value = bytes
			}
			list = append(list, opt(d.Number, value))
		}
		w.Relationships = nil
		w.set("{#7-#1}", list...)
		snap := w.snapshot(1, service)
		r, err := kea.Render(snap)
		if err != nil {
			t.Fatal(err)
		}
		if passed, says := keatest.Check(t, program, folder, r.Text); !passed {
			t.Errorf("%s: Kea refuses\n%s", service, says)
		}
		mustFit(t, snap, r)
		if !slices.ContainsFunc(list, func(o model.Option) bool { return o.Number > 100 }) {
			t.Error("few options")
		}
	}
}
