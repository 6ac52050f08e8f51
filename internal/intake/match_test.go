package intake

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"halxml/internal/model"
)

// held makes reservations of texts such as "0 gate 01 10.0.0.2": the subnet that
// it is in or -, its name, client and address.
func held(texts []string) (all []*Held) {
	for _, text := range texts {
		w := strings.Fields(text)
		h := &Held{Host: &Host{Reservation: model.Reservation{Name: strings.Trim(w[1], "-"), Client: w[2], Method: model.ByHardwareAddress}}}
		if w[0] != "-" {
			h.Scope = &Scope{Prefix: netip.MustParsePrefix("10." + w[0] + ".0.0/16")}
		}
		if len(w) > 3 {
			h.Addresses = []netip.Addr{netip.MustParseAddr(w[3])}
		}
		all = append(all, h)
	}
	return all
}

// A reservation stays the one that it was where a person would say so.
func TestMatchHosts(t *testing.T) {
	for name, tt := range map[string]struct {
		was, now []string
		want     string // pairs of numbers from 1, 0 is none
	}{
		"nothing changed":         {[]string{"0 gate 01 10.0.0.2", "0 door 02 10.0.0.3"}, []string{"0 gate 01 10.0.0.2", "0 door 02 10.0.0.3"}, "1-1 2-2"},
		"other order":             {[]string{"0 gate 01", "0 door 02"}, []string{"0 door 02", "0 gate 01"}, "2-1 1-2"},
		"renamed":                 {[]string{"0 gate 01 10.0.0.2"}, []string{"0 porch 01 10.0.0.2"}, "1-1"},
		"another client":          {[]string{"0 gate 01 10.0.0.2"}, []string{"0 gate 09 10.0.0.2"}, "1-1"},
		"another name and client": {[]string{"0 gate 01 10.0.0.2"}, []string{"0 porch 09 10.0.0.2"}, "1-1"},
		"another altogether":      {[]string{"0 gate 01 10.0.0.2"}, []string{"0 porch 09 10.0.0.9"}, "1-0 0-1"},
		"elsewhere":               {[]string{"0 gate 01 10.0.0.2"}, []string{"1 gate 01 10.1.0.2"}, "1-1"},
		"clients exchanged":       {[]string{"0 gate 01", "0 door 02"}, []string{"0 gate 02", "0 door 01"}, "1-1 2-2"},
		"names exchanged here":    {[]string{"0 gate 01 10.0.0.2", "0 door 02 10.0.0.3"}, []string{"0 door 01 10.0.0.2", "0 gate 02 10.0.0.3"}, "2-1 1-2"},
		"one client in two":       {[]string{"0 gate 01", "1 gate2 01"}, []string{"1 gate2 01", "0 gate 01"}, "2-1 1-2"},
		"one of two is gone":      {[]string{"0 gate 01", "1 gate2 01"}, []string{"1 gate2 01"}, "1-0 2-1"},
		"without names, as Kea":   {[]string{"0 - 01 10.0.0.2", "0 - 02 10.0.0.3"}, []string{"0 - 02 10.0.0.3", "0 - 03 10.0.0.4"}, "1-0 2-1 0-2"},
		"letter case":             {[]string{"0 Gate aa"}, []string{"0 gate AA"}, "1-1"},
	} {
		was, now := held(tt.was), held(tt.now)
		var got []string
		for _, p := range MatchHosts(was, now) {
			got = append(got, fmt.Sprintf("%d-%d", slices.Index(was, p.Was)+1, slices.Index(now, p.Now)+1))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// A pool that grows or shrinks stays the one that it was; one that is divided, or
// joined with another, does not.
func TestMatchPools(t *testing.T) {
	ranges := func(texts string) []*PoolRange {
		p := &Pool{}
		for text := range strings.FieldsSeq(texts) {
			from, to, _ := strings.Cut(text, "-")
			p.Ranges = append(p.Ranges, Range{netip.MustParseAddr("10.0.0." + from), netip.MustParseAddr("10.0.0." + to)})
		}
		return Ranges([]*Pool{p})
	}
	for name, tt := range map[string]struct{ was, now, want string }{
		"same":               {"1-9 20-29", "20-29 1-9", "20-29=20-29 1-9=1-9"},
		"larger":             {"1-9", "1-12", "1-9=1-12"},
		"smaller":            {"1-9", "3-5", "1-9=3-5"},
		"moved":              {"1-9", "5-15", "1-9=5-15"},
		"elsewhere":          {"1-9", "10-19", "1-9=gone new=10-19"},
		"divided":            {"1-9", "1-4 6-9", "1-9=gone new=1-4 new=6-9"},
		"joined":             {"1-4 6-9", "1-9", "1-4=gone 6-9=gone new=1-9"},
		"one takes of two":   {"1-9 10-19", "1-9 12-19", "1-9=1-9 10-19=12-19"},
		"border between two": {"1-9 10-19", "1-5 6-19", "1-9=gone 10-19=gone new=1-5 new=6-19"},
	} {
		var got []string
		for _, p := range MatchPools(ranges(tt.was), ranges(tt.now)) {
			was, now := "new", "gone"
			if p.Was != nil {
				was = strings.ReplaceAll(p.Was.String(), "10.0.0.", "")
			}
			if p.Now != nil {
				now = strings.ReplaceAll(p.Now.String(), "10.0.0.", "")
			}
			got = append(got, was+"="+now)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// What was done to a place is done to what is kept of it, whatever else was done
// there meanwhile.
func TestBlock(t *testing.T) {
	statements := func(texts string) (out Statements) {
		for i, text := range strings.Fields(texts) {
			out.Add(i+1, text)
		}
		return out
	}
	for name, tt := range map[string]struct {
		base, now  string
		kept, made string // what the service says, and that part of it which is made of objects
		want, lost string
	}{
		"nothing":                 {"a b", "a b", "a b", "", "a b", ""},
		"one more":                {"a b", "a x b", "a b", "", "a x b", ""},
		"one less":                {"a b c", "a c", "a b c", "", "a c", ""},
		"another value":           {"a1 b", "a2 b", "a1 b", "", "a2 b", ""},
		"other order":             {"a b c", "c a b", "a b c", "", "c a b", ""},
		"done here too":           {"a", "a x", "a x", "", "a x", ""},
		"gone here too":           {"a b", "a", "a", "", "a", ""},
		"one more here":           {"a b", "a b x", "a y b", "", "a y b x", ""},
		"twice as often":          {"a", "a a", "a", "", "a a", ""},
		"made of objects":         {"m a", "m a x", "m a", "m", "a x", ""},
		"made of objects is gone": {"m a", "a", "m a", "m", "a", "m"},
	} {
		b := Block{Base: statements(tt.base), Now: statements(tt.now), Kept: statements(tt.kept), Made: statements(tt.made)}
		out, lost := b.Edit().Apply(b.Own(), b.Now)
		if got := strings.ReplaceAll(out.Text(), "\n", " "); got != tt.want || strings.ReplaceAll(lost.Text(), "\n", " ") != tt.lost {
			t.Errorf("%s: got %q and lost %q", name, got, lost.Text())
		}
		if moved := b.Moved(); moved != (name == "other order") {
			t.Errorf("%s: moved %t", name, moved)
		}
	}
}

// Statements stand in the order of the file, in whatever order they come.
func TestStatements(t *testing.T) {
	var s Statements
	for _, order := range []int{3, 1, 2, 2} {
		s.Add(order, fmt.Sprint(order, "-", len(s)))
	}
	if got := s.Text(); got != "1-1\n2-2\n2-3\n3-0" {
		t.Errorf("got %q", got)
	}
}

// Facts are compared as often as they are said.
func TestWithout(t *testing.T) {
	facts := func(texts ...string) (out []Fact) {
		for _, text := range texts {
			out = append(out, Fact{Text: text})
		}
		return out
	}
	if got := Without(facts("a", "b", "a"), facts("a", "c")); !slices.Equal(got, facts("a", "b")) {
		t.Errorf("got %v", got)
	}
}
