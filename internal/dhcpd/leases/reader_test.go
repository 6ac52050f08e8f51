package leases_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"halxml/internal/dhcpd/leases"
	"halxml/internal/realtool"
)

func at(day, hour, minute, second int) leases.Moment {
	return leases.Moment{Time: time.Date(2026, 11, day, hour, minute, second, 0, time.UTC)}
}

var wantLeases = map[string]leases.Lease{
	"10.77.0.100": {
		Starts: at(22, 15, 21, 10), Ends: at(22, 15, 51, 10), TSTP: at(22, 16, 21, 10), TSFP: at(22, 15, 56, 10),
		ATSFP: at(22, 15, 56, 10), CLTT: at(22, 15, 21, 10), State: leases.Active, Next: leases.Expired,
		HardwareType: "ethernet", Hardware: "02:00:00:00:00:01", UID: []byte{1, 2, 0, 0, 0, 0, 1}, Hostname: "one",
	},
	"10.77.0.101": {Starts: at(22, 15, 21, 12), TSFP: at(22, 15, 21, 12), ATSFP: at(22, 15, 21, 12), State: leases.Backup},
	"10.77.0.102": {
		Starts: at(22, 15, 21, 12), Ends: leases.Moment{Never: true}, CLTT: at(22, 15, 21, 12), State: leases.Active, Next: leases.Free,
		Rewind: leases.Free, HardwareType: "ethernet", Hardware: "02:00:00:00:00:03", Hostname: `three "3"`, Reserved: true,
	},
	"10.77.0.103": {
		Starts: at(20, 5, 6, 7), Ends: at(20, 5, 16, 7), State: leases.Abandoned, Next: leases.Free, Hostname: "abandoned; by { nobody }",
	},
}

// The last record about an address or a peer is the one in force.
func TestRead(t *testing.T) {
	text, err := os.ReadFile("testdata/pair.leases")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []io.Reader{bytes.NewReader(text), iotest.OneByteReader(bytes.NewReader(text))} {
		f, err := leases.Read(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Truncated || len(f.Leases) != len(wantLeases) || len(f.Peers) != 1 {
			t.Errorf("truncated %v, %d leases, %d peers", f.Truncated, len(f.Leases), len(f.Peers))
		}
		for text, want := range wantLeases {
			want.Addr = netip.MustParseAddr(text)
			if got := f.Leases[want.Addr]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s\ngot  %+v\nwant %+v", text, got, want)
			}
		}
		want := leases.Peer{
			Name: "pair1", State: "normal", Since: at(22, 15, 21, 12),
			PartnerState: "communications-interrupted", PartnerSince: at(22, 15, 21, 13), MCLT: time.Hour,
		}
		if got := f.Peers["pair1"]; got != want {
			t.Errorf("peer\ngot  %+v\nwant %+v", got, want)
		}
	}
}

// The sample is a lease file indeed.
func TestDhcpdReadsTheSample(t *testing.T) {
	dhcpd := realtool.Path(t, "dhcpd")
	dir := t.TempDir()
	text, err := os.ReadFile("testdata/pair.leases")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "dhcpd.leases")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "dhcpd.conf")
	if err := os.WriteFile(conf, []byte(`failover peer "pair1" { secondary; address 10.77.0.3; peer address 10.77.0.2; load balance max seconds 3; }
		subnet 10.77.0.0 netmask 255.255.255.0 { pool { failover peer "pair1"; range 10.77.0.100 10.77.0.110; } }`), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(dhcpd, "-4", "-T", "-cf", conf, "-lf", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, " line ") || strings.Contains(line, "orrupt") {
			t.Errorf("dhcpd says: %s", line)
		}
	}
}

func TestEntriesComeInOrder(t *testing.T) {
	text, err := os.ReadFile("testdata/pair.leases")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for entry, err := range leases.Entries(bytes.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		if entry.Peer != nil {
			got = append(got, fmt.Sprintf("%d %s", entry.Line, entry.Peer.State))
		} else {
			got = append(got, fmt.Sprintf("%d %s", entry.Line, entry.Lease.Addr))
		}
		if len(got) == 5 {
			break
		}
	}
	if want := "7 recover|13 10.77.0.100|26 normal|32 10.77.0.101|38 10.77.0.102"; strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// A file may end anywhere: what is complete counts.
func TestTruncatedAnywhere(t *testing.T) {
	text, err := os.ReadFile("testdata/pair.leases")
	if err != nil {
		t.Fatal(err)
	}
	for n := range text {
		f, err := leases.Read(bytes.NewReader(text[:n]))
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		complete := strings.Count(string(text[:n]), "\n}\n") + strings.Count(string(text[:n]), ";\n\n")
		if len(f.Leases) > complete {
			t.Errorf("%d bytes: %d leases", n, len(f.Leases))
		}
	}
	half := text[:bytes.LastIndex(text, []byte("tstp"))]
	f, err := leases.Read(bytes.NewReader(half))
	if err != nil {
		t.Fatal(err)
	}
	if !f.Truncated {
		t.Error("half a record goes unnoticed")
	}
	if got := f.Leases[netip.MustParseAddr("10.77.0.100")].Ends; got != at(22, 15, 21, 20) {
		t.Errorf("the record before the half one is lost: ends %v", got)
	}
	for _, tail := range []string{"\x00\x00\x00", "", "\n# comment"} {
		f, err := leases.Read(strings.NewReader(string(text) + tail))
		if err != nil || f.Truncated {
			t.Errorf("tail %q: %v, truncated %v", tail, err, f.Truncated)
		}
	}
}

func TestOlderSpellings(t *testing.T) {
	f, err := leases.Read(strings.NewReader(`lease 10.0.0.1 { starts 2 2004/1/6 1:2:3; abandoned; dynamic-bootp; uid 01:0a:ff; hardware token-ring 1:2:3; }
		failover peer old state { my state partner-down; partner state paused; }
		lease 10.0.0.2 { binding state bootp; bootp; }`))
	if err != nil {
		t.Fatal(err)
	}
	want := leases.Lease{
		Addr: netip.MustParseAddr("10.0.0.1"), Starts: leases.Moment{Time: time.Date(2004, 1, 6, 1, 2, 3, 0, time.UTC)},
		State: leases.Abandoned, BOOTP: true, UID: []byte{1, 10, 255}, HardwareType: "token-ring", Hardware: "1:2:3",
	}
	if got := f.Leases[want.Addr]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := f.Peers["old"]; got != (leases.Peer{Name: "old", State: "partner-down", PartnerState: "paused"}) {
		t.Errorf("got %+v", got)
	}
	if !f.Leases[netip.MustParseAddr("10.0.0.2")].BOOTP {
		t.Error("bootp is lost")
	}
}

func TestMoment(t *testing.T) {
	now := at(22, 12, 0, 0).Time
	for _, c := range []struct {
		m           leases.Moment
		zero, after bool
	}{
		{leases.Moment{}, true, false},
		{leases.Moment{Never: true}, false, true},
		{at(22, 12, 0, 0), false, false},
		{at(22, 12, 0, 1), false, true},
	} {
		if c.m.IsZero() != c.zero || c.m.After(now) != c.after {
			t.Errorf("%+v: zero %v, after %v", c.m, c.m.IsZero(), c.m.After(now))
		}
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"\n}":                            "line 2: a record is expected, found '}'",
		"# x\ndefault-lease-time 600;":   "line 2: a record is expected, found 'default-lease-time'",
		"hello world\n":                  "line 1: a record is expected, found 'hello'",
		"lease x {\n}":                   "line 1: an IPv4 address is expected, found 'x'",
		"lease 2001:db8::1 { }":          "line 1: an IPv4 address is expected, found '2001:db8::1'",
		"lease 10.0.0.1\n;":              "line 2: '{' is expected, found ';'",
		"lease 10.0.0.1 {\nstarts 3;\n}": "line 2: '3' is no time",
		"lease 10.0.0.1 { ends 1 2026/13/1 0:0:0; }":                   "line 1: '1 2026/13/1 0:0:0' is no time",
		"lease 10.0.0.1 { ends epoch x; }":                             "line 1: 'epoch x' is no time",
		"lease 10.0.0.1 { ends 1 2026/1/1 0:0:0 +3600; }":              "line 1: ';' is expected after a time, found '+3600'",
		"lease 10.0.0.1 {\n\nbinding free;\n}":                         "line 3: 'state' is expected, found 'free'",
		"lease 10.0.0.1 { binding state ; }":                           "line 1: a value is expected, found ';'",
		"lease 10.0.0.1 { uid ; }":                                     "line 1: a client identifier is expected, found ';'",
		"lease 10.0.0.1 { uid 1:x; }":                                  "line 1: '1:x' is no client identifier",
		"lease 10.0.0.1 { ; }":                                         "line 1: a statement of the lease is expected, found ';'",
		"lease 10.0.0.1 { client-hostname \"a\" \"b\"; }":              "line 1: ';' is expected, found 'b'",
		"lease 10.0.0.1 { set x = 1 } }":                               "line 1: '}' closes nothing here",
		"failover x;":                                                  "line 1: 'peer' is expected, found 'x'",
		"failover peer {":                                              "line 1: the name of a failover peer is expected, found '{'",
		"failover peer \"p\" state {\n my state \"normal\"; }":         "line 2: a failover state is expected, found 'normal'",
		"failover peer \"p\" state {\n my state normal since never; }": "line 2: 'at' is expected, found 'since'",
		"failover peer \"p\" state { mclt -1; }":                       "line 1: a number of seconds is expected, found '-1'",
		"failover peer \"p\" state { { } }":                            "line 1: a statement of the peer is expected, found '{'",
		strings.Repeat("x", 70_000) + ";":                              "line 1: a word is longer than 65536 bytes",
		"\n\"" + strings.Repeat("x", 70_000):                           "line 2: a quoted string is longer than 65536 bytes",
	} {
		_, err := leases.Read(strings.NewReader(text))
		var e *leases.Error
		if !errors.As(err, &e) || err.Error() != want {
			t.Errorf("%.60q: got %v\nwant %s", text, err, want)
		}
	}
	broken := errors.New("disk on fire")
	if _, err := leases.Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("read error becomes %v", err)
	}
}

// Any text ends in leases or in an error with a line, never in a panic.
func FuzzRead(f *testing.F) {
	text, err := os.ReadFile("testdata/pair.leases")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("lease 10.0.0.1 { starts never; uid \"\\0"))
	f.Add([]byte("failover peer a state { my state normal at epoch 1; }"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := leases.Read(bytes.NewReader(text))
		var e *leases.Error
		switch {
		case err == nil:
			for addr, l := range file.Leases {
				if l.Addr != addr || !addr.Is4() {
					t.Errorf("lease %v under %v", l.Addr, addr)
				}
			}
		case !errors.As(err, &e) || e.Line < 1:
			t.Errorf("error without a line: %v", err)
		}
	})
}

// A server with 100,000 leases.
func BenchmarkRead(b *testing.B) {
	var text bytes.Buffer
	for i := range 100_000 {
		fmt.Fprintf(&text, "lease 10.%d.%d.%d {\n  starts 0 2026/11/22 15:21:12;\n  ends 0 2026/11/22 16:21:12;\n  cltt 0 2026/11/22 15:21:12;\n"+
			"  binding state active;\n  next binding state free;\n  hardware ethernet 02:00:00:%02x:%02x:%02x;\n  client-hostname \"client-%d\";\n}\n",
			i>>16, i>>8&255, i&255, i>>16, i>>8&255, i&255, i)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if f, err := leases.Read(bytes.NewReader(text.Bytes())); err != nil || len(f.Leases) != 100_000 {
			b.Fatal(err)
		}
	}
}
