package conf_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"halxml/internal/dhcpd/conf"
)

func parse(t *testing.T, text string) *conf.File {
	t.Helper()
	f, err := conf.Parse("dhcpd.conf", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// only returns the statements of one type, in file order.
func only[T conf.Statement](f *conf.File) (out []T) {
	for s := range f.All() {
		if v, ok := s.(T); ok {
			out = append(out, v)
		}
	}
	return out
}

func TestFailoverPeerIsRead(t *testing.T) {
	f := parse(t, `failover peer fo { split 10; split 128; mclt 20; address 10 . 0 . 0 . 2; PORT 647;
		peer address b.example.org; peer port 847; secondary; primary; load balance max seconds 3;
		hba ff : 00; max-response-delay -1; peer max-response-delay 99999999999999999999; }`)
	peer := only[*conf.FailoverPeer](f)[0]
	if peer.Name != "fo" || peer.Secondary() {
		t.Errorf("name %q, secondary %v", peer.Name, peer.Secondary())
	}
	for key, want := range map[conf.PeerKey]string{
		conf.PeerAddress: "10.0.0.2", conf.PeerPeerAddress: "b.example.org", conf.PeerHBA: "ff:00", conf.PeerSplit: "128",
		conf.PeerMinBalance: "",
	} {
		if got := peer.Text(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	for key, want := range map[conf.PeerKey]int64{
		conf.PeerPort: 647, conf.PeerPeerPort: 847, conf.PeerSplit: 128, conf.PeerMCLT: 20, conf.PeerLoadBalance: 3,
		conf.PeerMaxResponseDelay: -1,
	} {
		if got, ok := peer.Number(key); !ok || got != want {
			t.Errorf("%s is %d, %v, want %d", key, got, ok, want)
		}
	}
	if n, ok := peer.Number(conf.PeerPeerResponseDelay); ok {
		t.Errorf("a number beyond 64 bits reads as %d", n)
	}
	if _, ok := peer.Number(conf.PeerMinBalance); ok {
		t.Error("an absent setting has a number")
	}
}

func TestPeerWithoutRoleIsPrimary(t *testing.T) {
	f := parse(t, `failover peer "a" { } failover peer "b" { secondary; }`)
	for i, want := range []bool{false, true} {
		if got := only[*conf.FailoverPeer](f)[i].Secondary(); got != want {
			t.Errorf("peer %d: secondary is %v", i, got)
		}
	}
}

func TestPlacesAndComments(t *testing.T) {
	f := parse(t, "\n# one\n#two  \nauthoritative; # behind\n\nsubnet 10.0.0.0 # in the head\n  netmask 255.255.255.0 {\n"+
		"  # before\n  range 10.0.0.5; option routers 10.0.0.1; # both\n  # tail\n}\n# end")
	want := []struct {
		line     int
		comments []string
		trailing string
	}{
		{4, []string{"# one", "#two"}, "# behind"},
		{6, []string{"# in the head"}, ""},
		{9, []string{"# before"}, ""},
		{9, nil, "# both"},
	}
	i := 0
	for s := range f.All() {
		m := s.Place()
		if m.Pos.File != "dhcpd.conf" || m.Pos.Line != want[i].line || fmt.Sprint(m.Comments) != fmt.Sprint(want[i].comments) ||
			m.Trailing != want[i].trailing {
			t.Errorf("statement %d: %v %q %q, want %+v", i, m.Pos, m.Comments, m.Trailing, want[i])
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d statements", i)
	}
	subnet := only[*conf.Subnet](f)[0]
	if fmt.Sprint(subnet.Tail, f.Tail) != "[# tail] [# end]" {
		t.Errorf("tails %q %q", subnet.Tail, f.Tail)
	}
}

func TestOpaqueKeepsEveryCharacter(t *testing.T) {
	for _, text := range []string{
		"on commit  {\n\n  set x =\t\"}\"; # }\r\n}",
		"if known { }\n# between\nelsif 1 = 1 { if 2 = 2 { } else { } } else  if 3 = 3 { }",
		"key \"k\" { algorithm  hmac-md5; secret YQ==; };",
		"zone example. { primary 127.0.0.1; }",
		"brand-new-statement  of 5,6 ;",
	} {
		f := parse(t, "authoritative; "+text+" # after\nallow booting;")
		got := only[*conf.Opaque](f)
		if len(got) != 1 || got[0].Text != text || got[0].Trailing != "# after" || len(f.Statements) != 3 {
			t.Errorf("%q is read as %d statements, opaque %+v", text, len(f.Statements), got)
		}
	}
}

func TestAddressesAndRanges(t *testing.T) {
	f := parse(t, `subnet 10.0.0.0 netmask 255.255.254.0 { range 10.0.0.9 10.0.0.1; range dynamic-bootp 010.0.0.20; }
		subnet 10.0.0.1 netmask 255.255.255.0 {} subnet 10.0.0.0 netmask 255.0.255.0 {} subnet 0.0.0.0 netmask 0.0.0.0 {}`)
	r := only[*conf.Range](f)
	if r[0].Low != netip.MustParseAddr("10.0.0.9") || r[0].High != netip.MustParseAddr("10.0.0.1") || r[0].DynamicBOOTP {
		t.Errorf("reversed range reads as %+v", r[0])
	}
	if r[1].Low != netip.MustParseAddr("10.0.0.20") || r[1].High != r[1].Low || !r[1].DynamicBOOTP {
		t.Errorf("single address reads as %+v", r[1])
	}
	want := []struct {
		prefix string
		ok     bool
	}{{"10.0.0.0/23", true}, {"10.0.0.1/24", false}, {"invalid Prefix", false}, {"0.0.0.0/0", true}}
	for i, s := range only[*conf.Subnet](f) {
		if p, ok := s.Prefix(); p.String() != want[i].prefix || ok != want[i].ok {
			t.Errorf("subnet %d is %v, %v, want %v", i, p, ok, want[i])
		}
	}
}

func TestMAC(t *testing.T) {
	for text, want := range map[string]string{
		"00:11:22:AA:bb:cC": "00:11:22:aa:bb:cc", "0:1:2:a:b:c": "00:01:02:0a:0b:0c", "a": "0a",
		"": "", "0:1:": "", "0:123": "", "0:1g": "", ":1": "",
	} {
		h := conf.Hardware{Address: text}
		if got, ok := h.MAC(); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
}

func TestIncludesAreExpandedInPlace(t *testing.T) {
	files := fstest.MapFS{
		"etc/dhcp/dhcpd.conf": {Data: []byte("authoritative;\ninclude \"/etc/dhcp/a.conf\";\nallow booting;")},
		"etc/dhcp/a.conf":     {Data: []byte("\ndeny bootp;\ninclude \"/etc/dhcp/../dhcp/b.conf\"; # b")},
		"etc/dhcp/b.conf":     {Data: []byte("option x 1;\n# the end of b")},
	}
	f, err := conf.Load("/etc/dhcp/dhcpd.conf", conf.FromFS(files))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for s := range f.Direct() {
		got = append(got, s.Place().Pos.String())
	}
	want := "/etc/dhcp/dhcpd.conf:1 /etc/dhcp/a.conf:2 /etc/dhcp/../dhcp/b.conf:1 /etc/dhcp/dhcpd.conf:3"
	if strings.Join(got, " ") != want {
		t.Errorf("in effect: %v\nwant %v", got, want)
	}
	wantText := "authoritative;\ndeny bootp;\n# b\noption x 1;\n# the end of b\nallow booting;\n"
	if text := string(conf.PrintExpanded(f)); text != wantText {
		t.Errorf("expanded: %q, want %q", text, wantText)
	}
}

func TestIncludeLimits(t *testing.T) {
	files := fstest.MapFS{
		"top":      {Data: []byte("\ninclude \"/cycle1\";")},
		"cycle1":   {Data: []byte("include \"/./cycle2\";")},
		"cycle2":   {Data: []byte("\n\ninclude \"/cycle1\";")},
		"relative": {Data: []byte("include \"cycle1\";")},
		"missing":  {Data: []byte("\ninclude \"/nowhere\";")},
		"bad":      {Data: []byte("include \"/broken\";")},
		"broken":   {Data: []byte("authoritative;\n\noption x 1")},
		"open":     {Data: []byte("include \"/brace\";}")},
		"brace":    {Data: []byte("group {\n")},
	}
	for i := range conf.MaxIncludeDepth + 1 {
		files[fmt.Sprintf("deep%d", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "include \"/deep%d\";", i+1)}
	}
	for name, want := range map[string]string{
		"/top":      "/./cycle2:3: include cycle: /cycle1 includes /cycle2 includes /cycle1",
		"/relative": "/relative:1: the included file cycle1 is named by a relative path; write an absolute one",
		"/missing":  "/missing:2: the included file /nowhere does not exist",
		"/bad":      "/broken:3: ';' is missing before the end of the file",
		"/open":     "/brace:2: the file ends inside the block that begins on line 1",
		"/deep0":    fmt.Sprintf("/deep%d:1: includes are nested deeper than %d files", conf.MaxIncludeDepth-1, conf.MaxIncludeDepth),
		"/none":     "/none: the file cannot be read",
	} {
		_, err := conf.Load(name, conf.FromFS(files))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", name, err, want)
		}
	}
	if _, err := conf.Load("/missing", conf.FromFS(files)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the cause of %v is lost", err)
	}
}

// Files that include each other many times grow beyond the limit of the whole, not of the machine.
func TestIncludeBomb(t *testing.T) {
	padding := "#" + strings.Repeat(" padding", 1<<17)
	open := func(path string) ([]byte, error) {
		if len(path) > 6 {
			return []byte(padding), nil
		}
		return []byte(strings.Repeat("include \""+path+"x\";", 10)), nil
	}
	_, err := conf.Load("/x", open)
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestUnexpandedIncludeIsPrinted(t *testing.T) {
	f := parse(t, `include "/etc/a\"b";`)
	if got := string(conf.PrintExpanded(f)); got != "include \"/etc/a\\\"b\";\n" {
		t.Errorf("got %q", got)
	}
}

func TestUnquoteAndQuote(t *testing.T) {
	for text, want := range map[string]string{
		`plain é`: "plain é", `a\"b\\`: `a"b\`, `\t\r\n\b\q`: "\t\r\n\bq", `\101\1\0019`: "A\x01\x019", `\x41\x4\x4g`: "A\x04\x04g",
		"\\": "\\", "": "",
	} {
		if got := conf.Unquote(text); got != want {
			t.Errorf("Unquote(%q) is %q, want %q", text, got, want)
		}
		quoted := conf.Quote(want)
		if got := conf.Unquote(quoted[1 : len(quoted)-1]); got != want {
			t.Errorf("Quote(%q) is %s, which reads %q", want, quoted, got)
		}
	}
}

// Texts of users in a built tree stay comments.
func TestBuiltCommentsCannotLeaveTheirLine(t *testing.T) {
	f := &conf.File{}
	f.Statements = []conf.Statement{&conf.Parameter{
		Meta: conf.Meta{Comments: []string{"Lab\nauthoritative;"}, Trailing: "x\ny;"},
		Name: "default-lease-time", Value: "60",
	}}
	if got := string(conf.Print(f)); got != "# Lab authoritative;\ndefault-lease-time 60; # x y;\n" {
		t.Errorf("got %q", got)
	}
}

func TestEqual(t *testing.T) {
	a := parse(t, "option x 1;\n\n\nallow booting;")
	if !conf.Equal(a, parse(t, "option   x 1; allow booting;")) {
		t.Error("layout makes a difference")
	}
	for _, other := range []string{"allow booting; option x 1;", "option x 2; allow booting;", "option x 1; allow booting; # c"} {
		if conf.Equal(a, parse(t, other)) {
			t.Errorf("equal to %q", other)
		}
	}
	one := fstest.MapFS{"i": {Data: []byte("option x 1;")}}
	two := fstest.MapFS{"i": {Data: []byte("option x 2;")}}
	f1, err1 := conf.Parse("a", []byte(`include "/i";`), conf.FromFS(one))
	f2, err2 := conf.Parse("a", []byte(`include "/i";`), conf.FromFS(two))
	if err1 != nil || err2 != nil || conf.Equal(f1, f2) {
		t.Errorf("included files do not count: %v %v", err1, err2)
	}
}

func TestGoldenFilesAreFixedPoints(t *testing.T) {
	entries, err := os.ReadDir("testdata/printed")
	if err != nil || len(entries) == 0 {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile("testdata/printed/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if got := conf.Print(parse(t, string(text))); string(got) != string(text) {
			t.Errorf("%s is printed as\n%s", e.Name(), got)
		}
	}
}

func TestComment(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "[]",
		"one":                     `["# one"]`,
		"one\r\n\ntwo\x00\tx  \n": `["# one" "#" "# two  x"]`,
	} {
		if got := fmt.Sprintf("%q", conf.Comment(text)); got != want {
			t.Errorf("%q becomes %s, want %s", text, got, want)
		}
	}
}
