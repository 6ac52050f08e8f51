package dhcpd_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"halxml/internal/dhcpd"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/intake"
)

// Any two files are read: each part is told of with its line, the same each
// time, and what is not refused makes sense.
func FuzzRead(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var texts []string
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".conf") {
				texts = append(texts, string(file.Data))
			}
		}
		f.Add(texts[0], texts[len(texts)-1])
	}
	files, err := filepath.Glob("conf/testdata/accepted/*.conf")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "")
	}
	f.Add("failover peer p{primary;}subnet 10.0.0.0 netmask 255.0.0.0{pool{failover peer \"p\";range 10.0.0.9 10.0.0.1;}}", "failover peer \"p\"{secondary;peer address ::;}")
	f.Add("shared-network a{subnet 1.2.3.0 netmask 255.255.255.252{}pool{range 1.2.3.3 1.2.3.1;range 1.2.3.2;deny all clients;}}", "host a{fixed-address b,1.2.3.4;}")
	f.Add("group g{group{host x{hardware ethernet 1:2;fixed-address 255.255.255.255;option a.b 1;}}}", "class \"c\"{match if 1;}subclass \"c\" 1{}")
	f.Fuzz(func(t *testing.T, first, second string) {
		read := func() *intake.Intake {
			var sources []dhcpd.Source
			for name, text := range map[string]string{"a": first, "b": second} {
				file, err := conf.Parse(name+".conf", []byte(text), nil)
				if err != nil {
					return nil
				}
				sources = append(sources, dhcpd.Source{Server: name, File: file})
			}
			if sources[0].Server != "a" {
				sources[0], sources[1] = sources[1], sources[0]
			}
			return dhcpd.Read(sources)
		}
		in := read()
		if in == nil {
			return
		}
		if again := read(); !reflect.DeepEqual(in, again) {
			t.Fatalf("read as\n%+v\nthen as\n%+v", in, again)
		}
		for _, n := range in.Findings {
			if n.Text == "" || n.Line < 1 || n.File == "" || n.Kind == "" {
				t.Errorf("finding %+v", n)
			}
		}
		if in.Refusals() > 0 {
			return
		}
		for _, s := range in.Servers {
			for _, scope := range s.Scopes {
				mustHold(t, scope)
			}
		}
		for _, r := range in.Relationships {
			if r.Primary.Server == nil || r.Secondary.Server == nil || r.Primary.Server == r.Secondary.Server || r.Name == "" {
				t.Errorf("relationship %+v", r)
			}
		}
	})
}

// mustHold fails when a scope has pools outside it.
func mustHold(t *testing.T, s *intake.Scope) {
	t.Helper()
	if !s.Prefix.IsValid() || s.Prefix != s.Prefix.Masked() {
		t.Errorf("scope %+v", s)
	}
	for _, p := range s.Pools {
		for _, r := range p.Ranges {
			if !s.Prefix.Contains(r.From) || !s.Prefix.Contains(r.To) || r.To.Less(r.From) || r.From == (netip.Addr{}) {
				t.Errorf("scope %s has the range %s-%s", s.Prefix, r.From, r.To)
			}
		}
	}
}
