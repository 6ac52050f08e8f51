package app

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"halxml/internal/config"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/realtool"
	"halxml/store"
	"halxml/store/bolt"
)

// newData makes the data of a stopped service.
func newData(t testing.TB) *config.Config {
	t.Helper()
	c := &config.Config{Data: t.TempDir()}
	s, err := openData(t.Context(), c, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

// imported imports files and renders all their servers.
func imported(t testing.TB, files []ImportFile) (texts []string, findings []ImportFinding) {
	t.Helper()
	c := newData(t)
	findings, err := ImportDHCPD(t.Context(), c, files, ImportOptions{Comment: "taken over"})
	if err != nil {
		t.Fatalf("%v\n%v", err, findings)
	}
	for _, f := range files {
		text, err := Render(t.Context(), c, f.Server, "")
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if faults, err := Check(t.Context(), c); err != nil || len(faults) > 0 {
		t.Errorf("the data: %v %v", faults, err)
	}
	return texts, findings
}

// styles are files of many hands, each the configuration of one server.
func styles(t testing.TB) (files []string) {
	t.Helper()
	dir := t.TempDir()
	const accepted = "../dhcpd/conf/testdata/accepted"
	copyTo := func(from, to string) {
		text, err := os.ReadFile(from)
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, []byte(strings.ReplaceAll(string(text), "@DIR@", dir)), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, pattern := range []string{accepted + "/*.conf", accepted + "/include/*.conf", "testdata/import/*.conf"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, from := range found {
			to := filepath.Join(dir, filepath.Base(from))
			if strings.Contains(pattern, "include") {
				to = filepath.Join(dir, "include", filepath.Base(from))
			} else if filepath.Base(from) != "ipv6.conf" {
				files = append(files, to)
			}
			copyTo(from, to)
		}
	}
	return files
}

// What is rendered after an import says all that the file says, is accepted by dhcpd, and imports into the same again.
func TestImportLosesNothing(t *testing.T) {
	dhcpd := realtool.Path(t, "dhcpd")
	files := styles(t)
	if len(files) < 15 {
		t.Fatalf("only %d files", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			texts, _ := imported(t, []ImportFile{{"a.example", file}})
			mustSayTheSame(t, file, texts[0])
			mustAccept(t, dhcpd, texts[0])
			again, _ := imported(t, []ImportFile{{"a.example", write(t, texts[0])}})
			if again[0] != texts[0] {
				t.Errorf("imported again it is another text:\n%s", firstDifference(texts[0], again[0]))
			}
		})
	}
}

// A scope that the partners do not have alike is not kept equal: one's settings
// would replace the other's unasked.
func TestImportOfAPairThatDiffers(t *testing.T) {
	texts := campus(t)
	for _, edit := range [][2]string{
		{"range 10.1.1.10 10.1.1.99;", "option domain-name \"other.example\";\n    range 10.1.1.10 10.1.1.99;"},
		{"fixed-address 10.2.0.9; option host-name \"desk\";", "fixed-address 10.2.0.9; option host-name \"other\";"},
		{"fixed-address 10.2.0.9;", "fixed-address 10.2.0.9; filename \"boot/other\";"},
	} {
		other := strings.Replace(texts[1], edit[0], edit[1], 1)
		if other == texts[1] {
			t.Fatalf("%q is not there", edit[0])
		}
		_, findings := imported(t, []ImportFile{{"a.example", write(t, texts[0])}, {"b.example", write(t, other)}})
		if !slices.ContainsFunc(findings, func(f ImportFinding) bool { return strings.Contains(f.Text, "the scope is not the same on server") }) {
			t.Errorf("%s: the scopes are kept equal", edit[1])
		}
	}
}

func TestImportOfAPair(t *testing.T) {
	dhcpd := realtool.Path(t, "dhcpd")
	for _, pair := range [][3]string{
		{"testdata/import/campus-a.conf", "testdata/import/campus-b.conf", "alike"},
		{"../dhcpd/conf/testdata/accepted/failover-primary.conf", "../dhcpd/conf/testdata/accepted/failover-secondary.conf", "one serves more"},
	} {
		texts, findings := imported(t, []ImportFile{{"a.example", pair[0]}, {"b.example", pair[1]}})
		for _, f := range findings {
			if f.Kind == "kept" && strings.HasPrefix(f.Text, "failover peer") || pair[2] == "alike" && strings.Contains(f.Text, "not the same on server") {
				t.Errorf("%+v", f)
			}
		}
		for i, text := range texts {
			mustSayTheSame(t, pair[i], text)
			mustAccept(t, dhcpd, text)
		}
		again, _ := imported(t, []ImportFile{{"b.example", write(t, texts[1])}, {"a.example", write(t, texts[0])}})
		if again[1] != texts[0] || again[0] != texts[1] {
			t.Errorf("imported again they are other texts:\n%s\n%s", firstDifference(texts[0], again[1]), firstDifference(texts[1], again[0]))
		}
	}
}

// firstDifference shows the first line that two texts do not share, with what follows.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d\n%s\n-- then\n%s", i+1, strings.Join(x[i:min(len(x), i+8)], "\n"), strings.Join(y[i:min(len(y), i+8)], "\n"))
		}
	}
	return "one is longer"
}

func write(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "dhcpd.conf")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func mustAccept(t *testing.T, dhcpd, text string) {
	t.Helper()
	name := write(t, text)
	out, err := exec.Command(dhcpd, "-4", "-t", "-cf", name, "-lf", filepath.Join(filepath.Dir(name), "leases")).CombinedOutput()
	if err != nil {
		t.Errorf("dhcpd refuses: %v\n%s\n%s", err, out, text)
	}
}

// says is what a file says: each statement with the declaration that it stands in, groups aside, all comments, and the
// addresses that it serves.
type says struct {
	statements map[string]bool
	grouped    map[string]bool // settings of groups, which may come to stand elsewhere
	comments   map[string]bool
	served     [][2]netip.Addr // runs of addresses, in order
}

func read(t testing.TB, f *conf.File) *says {
	t.Helper()
	out := &says{map[string]bool{}, map[string]bool{}, map[string]bool{}, nil}
	out.block(&f.Block, "", false)
	slices.SortFunc(out.served, func(a, b [2]netip.Addr) int { return a[0].Compare(b[0]) })
	for i := len(out.served) - 1; i > 0; i-- {
		if out.served[i-1][1].Next() == out.served[i][0] {
			out.served[i-1][1] = out.served[i][1]
			out.served = slices.Delete(out.served, i, i+1)
		}
	}
	return out
}

func (o *says) note(lines ...string) {
	for _, l := range lines {
		if l = strings.TrimSpace(strings.Map(func(r rune) rune {
			if r == '\t' {
				return ' '
			}
			return r
		}, strings.TrimLeft(l, "# "))); l != "" {
			o.comments[l] = true
		}
	}
}

func (o *says) block(b *conf.Block, in string, group bool) {
	o.note(b.Tail...)
	for _, s := range b.Statements {
		m := s.Place()
		o.note(append(slices.Clone(m.Comments), m.Trailing)...)
		m.Comments, m.Trailing = nil, ""
		switch s := s.(type) {
		case *conf.Include:
			o.block(&s.Block, in, group)
		case *conf.Group:
			o.block(&s.Block, in, true)
		case *conf.Subnet:
			o.block(&s.Block, "subnet "+s.Network.String()+" "+s.Mask.String(), false)
		case *conf.SharedNetwork:
			o.block(&s.Block, "shared-network "+s.Name, false)
		case *conf.Host:
			o.block(&s.Block, "host "+s.Name, false)
		case *conf.Class:
			o.block(&s.Block, "class "+s.Name, false)
		case *conf.Pool:
			o.block(&s.Block, "pool", false)
		case *conf.Range:
			low, high := s.Low, s.High
			if high.Less(low) {
				low, high = high, low
			}
			o.served = append(o.served, [2]netip.Addr{low, high})
		case *conf.FailoverPeer:
			for _, set := range s.Settings {
				o.note(append(slices.Clone(set.Comments), set.Trailing)...)
				if set.Key != conf.PeerMCLT || !s.Secondary() {
					o.statements["peer "+s.Name+": "+string(set.Key)+" "+set.Value] = true
				}
			}
			o.note(s.Tail...)
		case *conf.FailoverRef:
			if !s.None {
				o.grouped["failover "+s.Name] = true
			}
		case *conf.Permit:
			if s.Who != conf.PermitDynamicBOOTP {
				o.statements[in+": "+plainText(s)] = true
			}
		case *conf.Hardware:
			mac, _ := s.MAC()
			o.statements[in+": hardware "+s.Type+mac] = true
		default:
			if nested, ok := s.(conf.Nested); ok {
				o.note(nested.Body().Tail...)
			}
			if group {
				o.grouped[plainText(s)] = true
			} else {
				o.statements[in+": "+plainText(s)] = true
				o.grouped[plainText(s)] = true
			}
		}
	}
}

// plainText is a statement without the white space and capitals that mean nothing.
func plainText(s conf.Statement) string {
	text := string(conf.Print(&conf.File{Block: conf.Block{Statements: []conf.Statement{s}}}))
	return strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer(",", " ", " off;", " false;", " on;", " true;").Replace(text)), " "))
}

// mustSayTheSame fails when a text does not say all that a file says, or serves other addresses.
func mustSayTheSame(t *testing.T, file, text string) {
	t.Helper()
	from, err := conf.Load(file, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	to, err := conf.Parse("rendered", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	want, got := read(t, from), read(t, to)
	for _, c := range []struct {
		what      string
		want, got map[string]bool
	}{{"statement", want.statements, got.statements}, {"setting", want.grouped, got.grouped}, {"comment", want.comments, got.comments}} {
		for k := range c.want {
			if !c.got[k] {
				t.Errorf("the %s %q is not in\n%s", c.what, k, text)
			}
		}
	}
	if !slices.Equal(want.served, got.served) {
		t.Errorf("served are %v, want %v", got.served, want.served)
	}
}

// A file that cannot be imported tells where, and changes nothing.
func TestImportRefuses(t *testing.T) {
	primary := "failover peer \"p\" {\n primary;\n address 192.0.2.1;\n peer address 192.0.2.2;\n mclt 60; split 128;\n load balance max seconds 3;\n}\n"
	pool := "subnet 10.0.0.0 netmask 255.255.255.0 { pool { failover peer \"p\"; range 10.0.0.5 10.0.0.9; } }\n"
	for name, tt := range map[string]struct {
		texts []string
		line  int
		want  string
	}{
		"syntax":        {[]string{"authoritative;\nsubnet 10.0.0.0 netmask 255.255.255.0 {\n  range 10.0.0.300;\n}\n"}, 3, "300"},
		"no brace":      {[]string{"subnet 10.0.0.0 netmask 255.255.255.0 {\n"}, 2, "the block that begins on line 1"},
		"outside":       {[]string{"subnet 10.0.0.0 netmask 255.255.255.0 {\n  range 10.0.1.1 10.0.1.2;\n}\n"}, 2, "10.0.1.1"},
		"unknown class": {[]string{"subnet 10.0.0.0 netmask 255.255.255.0 {\n pool {\n  allow members of \"x\";\n  range 10.0.0.1; } }\n"}, 3, "x"},
		"unknown peer":  {[]string{pool}, 1, "p"},
		"no file":       {[]string{"\ninclude \"/nowhere/at/all.conf\";\n"}, 2, "does not exist"},
		"DHCPv6":        {[]string{"\nsubnet6 2001:db8::/64 { }\n"}, 2, "DHCPv6"},
		"two primaries": {[]string{primary + pool, primary + pool}, 2, "is primary too"},
		"addresses": {[]string{primary + pool,
			"failover peer \"p\" {\n secondary;\n address 192.0.2.9;\n peer address 192.0.2.1;\n load balance max seconds 3;\n}\n" + pool}, 3, "the address is 192.0.2.9"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newData(t)
			var files []ImportFile
			for i, text := range tt.texts {
				files = append(files, ImportFile{fmt.Sprintf("s%d.example", i), write(t, text)})
			}
			findings, err := ImportDHCPD(t.Context(), c, files, ImportOptions{})
			if err == nil {
				t.Fatalf("it was imported: %v", findings)
			}
			all := err.Error() + "\n"
			for _, f := range findings {
				if f.Kind == "refused" {
					all += f.Place + ": " + f.Text + "\n"
				}
			}
			place := fmt.Sprintf("%s:%d", files[len(files)-1].Path, tt.line)
			if !slices.ContainsFunc(strings.Split(all, "\n"), func(l string) bool { return strings.Contains(l, place) && strings.Contains(l, tt.want) }) {
				t.Errorf("got %s\nwant %s … %s", all, place, tt.want)
			}
			mustBeEmpty(t, c)
		})
	}
}

func TestImportThatIsOnlyTried(t *testing.T) {
	c := newData(t)
	found, err := ImportDHCPD(t.Context(), c, []ImportFile{{"a", "testdata/import/bare.conf"}}, ImportOptions{DryRun: true})
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	mustBeEmpty(t, c)
}

// mustBeEmpty fails when there is any record.
func mustBeEmpty(t *testing.T, c *config.Config) {
	t.Helper()
	err := withData(t.Context(), c, func(s *bolt.Store) error {
		return s.View(t.Context(), func(tx store.Tx) error {
			for _, table := range store.NewSchema().Tables() {
				n, err := table.Count(tx)
				if table.String() == "spaces" {
					n-- // one is always there
				}
				if err != nil || n > 0 {
					return fmt.Errorf("%s: %d records, %v", table, n, err)
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}
