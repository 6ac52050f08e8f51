package jsonscan

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// value reads whatever is next, with the last of equal keys winning, as
// encoding/json does.
func value(x *Scanner) (any, error) {
	switch x.Kind() {
	case Object:
		m := map[string]any{}
		err := x.Object()
		for err == nil {
			var key string
			var ok bool
			if key, ok, err = x.Key(); !ok {
				break
			}
			m[key], err = value(x)
		}
		return m, err
	case Array:
		a := []any{}
		err := x.Array()
		for err == nil {
			var ok bool
			if ok, err = x.Item(); !ok {
				break
			}
			var v any
			v, err = value(x)
			a = append(a, v)
		}
		return a, err
	case Null:
		if !x.Null() {
			_, err := x.Text()
			return nil, err
		}
		return nil, nil
	case Number:
		s, err := x.Text()
		return json.Number(s), err
	case Bool:
		s, err := x.Text()
		return s == "true", err
	}
	return x.Text()
}

func read(doc string, l Limits) (any, error) {
	x := New(doc, l)
	v, err := value(x)
	if err == nil {
		err = x.End()
	}
	return v, err
}

func skip(doc string, l Limits) error {
	x := New(doc, l)
	if err := x.Skip(); err != nil {
		return err
	}
	return x.End()
}

// compare holds the scanner to encoding/json on one document.
func compare(doc string) error {
	got, err := read(doc, Limits{})
	if serr := skip(doc, Limits{}); (serr == nil) != (err == nil) {
		return fmt.Errorf("read %v, skipped %v", err, serr)
	}
	var limit *LimitError
	switch valid := json.Valid([]byte(doc)) && utf8.ValidString(doc); {
	case errors.As(err, &limit):
		return nil
	case valid != (err == nil):
		return fmt.Errorf("encoding/json takes it: %v, the scanner: %v", valid, err)
	case err != nil:
		return nil
	}
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	var want any
	if err := d.Decode(&want); err != nil {
		return err
	}
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		return fmt.Errorf("%s, want %s", g, w)
	}
	raw, err := New(doc, Limits{}).Raw()
	if err != nil || raw != strings.Trim(doc, " \t\r\n") {
		return fmt.Errorf("raw %q, %w", raw, err)
	}
	return nil
}

var documents = []string{
	`{}`, `[]`, `""`, `0`, `-0`, `1.5e+10`, `1E5`, `true`, `false`, `null`, ` [ 1 , { "a" : [ ] } ] `,
	`{"a":1,"a":2}`, `"\"\\\/\b\f\n\r\tA\u0041\u00e6\ud83d\ude00"`, `"\ud800"`, `"\ud800\u0041"`, `"\udc00x"`,
	`"Æ😀` + "\u2028\x7f" + `"`, `{"id":{"x":[1,2]}}`,
	// not JSON
	``, ` `, `{`, `[`, `"`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{a:1}`, `{'a':1}`, `{1:1}`, `{"a":1 "b":2}`,
	`[1,]`, `[,1]`, `[1 2]`, `[1}`, `{"a":1]`, `01`, `+1`, `.5`, `1.`, `1e`, `1e+`, `-`, `NaN`, `tru`, `nul`, `True`,
	`"\x41"`, `"\u12"`, `"\u12G4"`, `"\`, "\"\n\"", "\"\x00\"", "\"\xff\"", "\"\xed\xa0\x80\"", `1 2`, `{} x`, `[]]`, "\uFEFF{}",
	`// c` + "\n1", `{"a":1}}`, "[1\v]", "\u00a01",
}

func TestLikeEncodingJSON(t *testing.T) {
	for _, doc := range documents {
		if err := compare(doc); err != nil {
			t.Errorf("%q: %v", doc, err)
		}
	}
}

func TestLimits(t *testing.T) {
	l := Limits{Depth: 2, Value: 5, Values: 6}
	for _, c := range []struct{ fits, exceeds string }{
		{`[{}]`, `[{"a":[]}]`},
		{`"12345"`, `"123456"`},
		{`"\n2345"`, `"\n23456"`},
		{`{"12345":1}`, `{"123456":1}`},
		{`12345`, `123456`},
		{`[1,2,3,4,5]`, `[1,2,3,4,5,6]`},
	} {
		if _, err := read(c.fits, l); err != nil {
			t.Errorf("%s: %v", c.fits, err)
		}
		var limit *LimitError
		if _, err := read(c.exceeds, l); !errors.As(err, &limit) {
			t.Errorf("%s: %v", c.exceeds, err)
		}
		if err := skip(c.exceeds, l); !errors.As(err, &limit) {
			t.Errorf("skip %s: %v", c.exceeds, err)
		}
	}
	for name, doc := range map[string]string{
		"nested arrays":  strings.Repeat("[", 100_000),
		"nested objects": strings.Repeat(`{"a":`, 100_000),
		"long string":    `"` + strings.Repeat("x", 2<<20) + `"`,
		"long escapes":   `"` + strings.Repeat(`\n`, 2<<20) + `"`,
		"many values":    "[1" + strings.Repeat(",1", 600_000) + "]",
	} {
		var limit *LimitError
		if err := skip(doc, Limits{}); !errors.As(err, &limit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRaw(t *testing.T) {
	x := New(`{"id": {"a":[1, "x"]} , "n":null}`, Limits{})
	x.Object()
	x.Key()
	if raw, err := x.Raw(); raw != `{"a":[1, "x"]}` || err != nil {
		t.Errorf("%q %v", raw, err)
	}
	if key, ok, err := x.Key(); key != "n" || !ok || err != nil {
		t.Errorf("%q %v %v", key, ok, err)
	}
	if raw, err := x.Raw(); raw != `null` || err != nil {
		t.Errorf("%q %v", raw, err)
	}
	if _, ok, err := x.Key(); ok || err != nil || x.End() != nil {
		t.Errorf("%v %v %v", ok, err, x.End())
	}
}

func TestShapesAreRefused(t *testing.T) {
	for doc, read := range map[string]func(x *Scanner) error{
		`[]`:     (*Scanner).Object,
		`{}`:     (*Scanner).Array,
		`{ }`:    func(x *Scanner) error { _, err := x.Text(); return err },
		`null`:   func(x *Scanner) error { _, err := x.Text(); return err },
		`1`:      func(x *Scanner) error { _, _, err := x.Key(); return err },
		` 1`:     func(x *Scanner) error { _, err := x.Item(); return err },
		`[1]`:    func(x *Scanner) error { x.Array(); return x.End() },
		"\xff[]": (*Scanner).Array,
	} {
		x := New(doc, Limits{})
		err := read(x)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: %v", doc, err)
		}
		if x.Kind() != None || x.Null() || x.Skip() != err {
			t.Errorf("%s: the error is not kept", doc)
		}
	}
}

func TestTranscode(t *testing.T) {
	for _, c := range []struct{ body, charset, want string }{
		{`"Æ"`, "", `"Æ"`},
		{"\uFEFF1", "utf-8", `1`},
		{"\"\xC6\"", "", `"Æ"`},
		{"\"\xC6\"", `"ISO-8859-1"`, `"Æ"`},
		{`"Æ"`, `"UTF-8"`, `"Æ"`},
	} {
		if got, err := Transcode([]byte(c.body), c.charset); got != c.want || err != nil {
			t.Errorf("%q as %q: %q, %v", c.body, c.charset, got, err)
		}
	}
	for _, charset := range []string{"utf-8", "utf-16"} {
		if got, err := Transcode([]byte("\"\xC6\""), charset); err == nil {
			t.Errorf("%s: %q", charset, got)
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, doc := range documents {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if err := compare(doc); err != nil {
			t.Errorf("%q: %v", doc, err)
		}
	})
}
