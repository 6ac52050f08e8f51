package conf_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"halxml/internal/dhcpd/conf"
)

// Any text is either refused with a line or read into a tree whose printed form reads back the same.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/accepted/*.conf")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"", ";", "}", "\"", "pool{no failover peer\nrange 1.2.3.4;}", "option a\"\\x4\\\n\\0779\"#\r\n;",
		"if{}else{}else{}", "key{};;", "subclass \"\"{", "range6 ::/0 temporary;", "host a.b..{}", "group\"\"{#\n}"} {
		f.Add(text)
	}
	open := func(path string) ([]byte, error) {
		if path == "/part" {
			return []byte("option part 1; # of it\n# end"), nil
		}
		return nil, os.ErrNotExist
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := conf.Parse("f", []byte(text), open)
		if err != nil {
			var syntax *conf.SyntaxError
			if !errors.As(err, &syntax) || syntax.Pos.Line < 1 || syntax.Message == "" {
				t.Fatalf("error without a line: %v", err)
			}
			return
		}
		printed := conf.Print(first)
		second, err := conf.Parse("f", printed, open)
		if err != nil {
			t.Fatalf("%v\nin %q\nprinted from %q", err, printed, text)
		}
		if !reflect.DeepEqual(forgetPlaces(first), forgetPlaces(second)) {
			t.Fatalf("trees differ: %q printed as %q, then as %q", text, printed, conf.Print(second))
		}
		if again := conf.Print(second); string(again) != string(printed) {
			t.Fatalf("printed %q, then %q", printed, again)
		}
		if _, err := conf.Parse("f", conf.PrintExpanded(first), nil); err != nil {
			t.Fatalf("expanded text: %v", err)
		}
	})
}
