package conf_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"halxml/internal/kea/conf"
)

// accepted copies testdata/accepted to a folder of the test, with the folder's path in the include directives, and
// returns the configuration files in it; those of DHCPv6 end in 6.
func accepted(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "include"), 0o755); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, pattern := range []string{"*.conf*", "include/*.conf"} {
		found, err := filepath.Glob(filepath.Join("testdata/accepted", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, from := range found {
			text, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := filepath.Rel("testdata/accepted", from)
			to := filepath.Join(dir, name)
			if err := os.WriteFile(to, bytes.ReplaceAll(text, []byte("@DIR@"), []byte(dir)), 0o644); err != nil {
				t.Fatal(err)
			}
			if pattern[0] == '*' {
				out = append(out, to)
			}
		}
	}
	return out
}

// Reading a configuration into structures and printing them loses no key and no value.
func TestRoundTripLosesNothing(t *testing.T) {
	for _, file := range accepted(t) {
		f, err := conf.Load(file, os.ReadFile)
		if err != nil {
			t.Error(err)
			continue
		}
		back, err := conf.ParseValue(conf.Print(f))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("<?include")) {
			continue // compared as structures below
		}
		want, err := conf.ParseValue(text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if !conf.Same(want, back) {
			t.Errorf("%s became\n%s", text, conf.Print(f))
		}
	}
}

func TestPrintedReadsBackTheSame(t *testing.T) {
	for _, file := range accepted(t) {
		f, err := conf.Load(file, os.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		printed := conf.Print(f)
		again, err := conf.Parse("printed", printed, nil)
		if err != nil {
			t.Fatalf("%v in\n%s", err, printed)
		}
		if !conf.Equal(f, again) || !bytes.Equal(conf.Print(again), printed) || len(again.Commas) > 0 {
			t.Errorf("%s\nprinted again\n%s", printed, conf.Print(again))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range accepted(f) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, v := range values {
		f.Add(in(v.text))
	}
	f.Add(`{"Dhcp4":{"hooks-libraries":[{"parameters":{"high-availability":[{"peers":[{"name":""}]}]}}],"subnet4":[{"id":0}]},"Dhcp6":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := conf.Parse("f", []byte(text), files)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without a text")
			}
			return
		}
		printed := conf.Print(first)
		second, err := conf.Parse("f", printed, nil)
		if err != nil {
			t.Fatalf("%v\nin %q\nprinted from %q", err, printed, text)
		}
		if again := conf.Print(second); !conf.Equal(first, second) || !bytes.Equal(again, printed) {
			t.Fatalf("%q printed as %q, then as %q", text, printed, again)
		}
		if flat, err := conf.ParseValue(conf.Compact(first.Value())); err != nil || !conf.Same(flat, first.Value()) {
			t.Fatalf("%q on one line: %v", text, err)
		}
	})
}
