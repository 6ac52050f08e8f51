package leases_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"strings"
	"testing"
	"time"

	"halxml/internal/kea/leases"
)

const (
	head4 = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
	head6 = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context\n"
)

func read(t *testing.T, texts ...string) *leases.Set {
	t.Helper()
	s := leases.NewSet()
	for _, text := range texts {
		if err := s.Add(strings.NewReader(text)); err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
	return s
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestReadsDHCPv4(t *testing.T) {
	s := read(t, head4+
		"10.0.0.1,02:00:00:00:00:01,01:02:03,3600,1800003600,7,1,0,pc&#x2c1&#x26co&#xzz.example.,0,{ \"a\": \"x&#x2cy\" }\n"+
		"10.0.0.2,,,3600,1800003600,7,0,1,,1,\n"+
		"10.0.0.3,02:00:00:00:00:03,,4294967295,6094967295,7,0,0,,0,\r\n"+
		"\n"+
		"10.0.0.4,02:00:00:00:00:04,,4294967295,1800000000,7,0,0,,2,\n")
	if s.SkippedCount != 0 || s.Truncated || len(s.Leases) != 4 {
		t.Fatalf("%+v", s)
	}
	seen := time.Unix(1800000000, 0).UTC()
	want := leases.Lease{Addr: addr("10.0.0.1"), HWAddress: "02:00:00:00:00:01", ClientID: "01:02:03", Valid: 3600, Seen: seen, SubnetID: 7,
		FQDNForward: true, Hostname: "pc,1&co&#xzz.example.", UserContext: `{"a": "x,y"}`}
	if got := s.Leases[want.Addr]; got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for text, want := range map[string]string{"10.0.0.1": "true false assigned", "10.0.0.2": "false false declined", "10.0.0.3": "true true assigned", "10.0.0.4": "false false reclaimed"} {
		l := s.Leases[addr(text)]
		if got := fmt.Sprint(l.Active(seen.Add(time.Hour-1)), l.Active(seen.Add(time.Hour)), l.State); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if !l.Seen.Equal(seen) {
			t.Errorf("%s was seen %s", text, l.Seen)
		}
	}
	if l := s.Leases[addr("10.0.0.3")]; !l.Expires().IsZero() {
		t.Errorf("an endless lease ends %s", l.Expires())
	}
	if l := s.Leases[addr("10.0.0.1")]; !l.Expires().Equal(seen.Add(time.Hour)) {
		t.Errorf("the lease ends %s", l.Expires())
	}
}

func TestReadsDHCPv6(t *testing.T) {
	s := read(t, head6+
		"2001:db8::1,00:01:02,4000,1800004000,1,3000,0,77,128,0,0,,02:00:00:00:00:01,0,\n"+
		"2001:db8:1::,00:01:02,4000,1800004000,1,3000,2,78,56,0,0,,,0,\n")
	a, p := s.Leases[addr("2001:db8::1")], s.Leases[addr("2001:db8:1::")]
	if a.DUID != "00:01:02" || a.Preferred != 3000 || a.IAID != 77 || a.Type != leases.Address || a.HWAddress != "02:00:00:00:00:01" {
		t.Errorf("%+v", a)
	}
	if p.Type != leases.Prefix || p.PrefixLength != 56 || p.IAID != 78 {
		t.Errorf("%+v", p)
	}
}

// Files of older versions have fewer columns, those of later ones more, and in no order that matters.
func TestColumnsOfOtherVersions(t *testing.T) {
	for _, text := range []string{
		"address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname\n10.0.0.1,02:01,,10,20,7,0,0,h\n",
		"address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n10.0.0.1,02:01,,10,20,7,0,0,h,0,,3\n",
		"hostname,state,address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev\nh,,10.0.0.1,02:01,,10,20,7,0,0\n",
	} {
		want := leases.Lease{Addr: addr("10.0.0.1"), HWAddress: "02:01", Valid: 10, Seen: time.Unix(10, 0).UTC(), SubnetID: 7, Hostname: "h"}
		if s := read(t, text); s.Leases[want.Addr] != want || s.SkippedCount != 0 {
			t.Errorf("%+v from\n%s", s, text)
		}
	}
}

func TestLastRowHolds(t *testing.T) {
	s := read(t,
		head4+"10.0.0.1,02:01,,10,20,7,0,0,old,0,\n10.0.0.2,02:02,,10,20,7,0,0,,0,\n10.0.0.3,02:03,,10,20,7,0,0,,0,\n",
		"",
		head4+"10.0.0.1,02:01,,10,30,7,0,0,new,0,\n10.0.0.2,02:02,,0,20,7,0,0,,0,\n10.0.0.3,02:03,,0,20,7,0,0,,0,\n10.0.0.3,02:04,,10,40,7,0,0,,0,\n")
	if len(s.Leases) != 2 || s.Leases[addr("10.0.0.1")].Hostname != "new" || s.Leases[addr("10.0.0.3")].HWAddress != "02:04" {
		t.Errorf("%+v", s.Leases)
	}
}

func TestBadRowsAreSkipped(t *testing.T) {
	good := "10.0.0.1,02:01,,10,20,7,0,0,,0,\n"
	for row, want := range map[string]string{
		"10.0.0.9,02:01,,10,20,7,0,0,,0\n":                                     "10 fields under 11 columns",
		"10.0.0.9,02:01,,10,20,7,0,0,,0,,\n":                                   "12 fields",
		"10.0.0.300,02:01,,10,20,7,0,0,,0,\n":                                  `"10.0.0.300" is no address`,
		"2001:db8::1,02:01,,10,20,7,0,0,,0,\n":                                 "no address of the file's family",
		"10.0.0.9,02:01,,-1,20,7,0,0,,0,\n":                                    `valid_lifetime is "-1"`,
		"10.0.0.9,02:01,,4294967296,20,7,0,0,,0,\n":                            "no number of 32 bits",
		"10.0.0.9,02:01,,10,9,7,0,0,,0,\n":                                     "before the first second",
		"10.0.0.9,02:01,,10,9223372036854775807,7,0,0,,0,\n":                   "beyond all calendars",
		"10.0.0.9,02:01,,10,20,7,2,0,,0,\n":                                    "fqdn_fwd",
		"10.0.0.9,02:01,,10,20,7,0,0,,x,\n":                                    "state",
		"10.0.0.9,02:01,,10,20,7,0,0,,0,[1]\n":                                 "user_context",
		"10.0.0.9,02:01,,10,20,seven" + strings.Repeat("x", 99) + ",0,0,,0,\n": `subnet_id is "seven`,
	} {
		s := read(t, head4+row+good)
		if len(s.Leases) != 1 || s.SkippedCount != 1 || s.Skipped[0].Line != 2 || !strings.Contains(s.Skipped[0].Error(), want) {
			t.Errorf("%q: %+v, want %s", row, s.Skipped, want)
		}
	}
	s := read(t, head4+strings.Repeat("?\n", leases.MaxSkipped+5)+good)
	if len(s.Skipped) != leases.MaxSkipped || s.SkippedCount != leases.MaxSkipped+5 || len(s.Leases) != 1 {
		t.Errorf("%d remembered of %d", len(s.Skipped), s.SkippedCount)
	}
}

// A row that is being written is not taken for a whole one.
func TestCutRowIsLeftOut(t *testing.T) {
	whole := head4 + "10.0.0.1,02:01,,10,20,7,0,0,,0,\n10.0.0.2,02:02,,10,20,71,0,0,,0,\n"
	for cut := range len(whole) {
		s := leases.NewSet()
		if err := s.Add(strings.NewReader(whole[:cut])); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		atEnd := cut == 0 || whole[cut-1] == '\n'
		if s.Truncated == atEnd || s.SkippedCount != 0 || len(s.Leases) > strings.Count(whole[:cut], "\n") {
			t.Errorf("cut at %d: %+v", cut, s)
		}
	}
}

func TestWhatIsNoLeaseFile(t *testing.T) {
	for _, text := range []string{"\n", "address,hwaddr\n", "lease 10.0.0.1 {\n", strings.Replace(head4, "expire", "address", 1), strings.Replace(head6, "iaid,", "", 1)} {
		err := leases.NewSet().Add(strings.NewReader(text))
		var row leases.RowError
		if !errors.As(err, &row) || row.Line != 1 {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := leases.NewSet().Add(strings.NewReader(head4 + strings.Repeat("x", leases.MaxLine+1))); err == nil {
		t.Error("a row without end was read")
	}
}

// During and after a clean-up the leases lie in several files.
func TestFilesOfCleanUp(t *testing.T) {
	row := func(host string) string { return head4 + "10.0.0.1,02:01,,10,20,7,0,0," + host + ",0,\n" }
	other := head4 + "10.0.0.2,02:02,,10,20,7,0,0,,0,\n"
	removed := head4 + "10.0.0.2,02:02,,0,20,7,0,0,,0,\n"
	for _, tt := range []struct {
		files map[string]string
		want  string // the hosts
	}{
		{map[string]string{"": row("now")}, "now"},
		{map[string]string{".2": row("older"), ".1": row("old"), "": head4}, "old"},
		{map[string]string{".2": row("older"), ".1": head4, "": other}, "older "},
		{map[string]string{".2": row("older") + other[len(head4):], "": removed}, "older"},
		{map[string]string{".completed": row("clean"), ".2": row("older"), ".1": row("old"), "": other}, "clean "},
		{map[string]string{".1": row("old")}, "old"},
		{map[string]string{"": row("now"), ".output": row("half"), ".pid": "7"}, "now"},
	} {
		s, err := leases.Load("leases", func(name string) (io.ReadCloser, error) {
			text, ok := tt.files[strings.TrimPrefix(name, "leases")]
			if !ok {
				return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
			}
			return io.NopCloser(strings.NewReader(text)), nil
		})
		if err != nil {
			t.Errorf("%v: %v", tt.files, err)
			continue
		}
		var hosts []string
		for _, text := range []string{"10.0.0.1", "10.0.0.2"} {
			if l, ok := s.Leases[addr(text)]; ok {
				hosts = append(hosts, l.Hostname)
			}
		}
		if got := strings.Join(hosts, " "); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.files, got, tt.want)
		}
	}
	if _, err := leases.Load("leases", func(string) (io.ReadCloser, error) { return nil, fs.ErrNotExist }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := leases.Load("leases", func(string) (io.ReadCloser, error) { return nil, fs.ErrPermission }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a closed file: %v", err)
	}
}

func FuzzAdd(f *testing.F) {
	f.Add(head4 + "10.0.0.1,02:00:00:00:00:01,01:02:03,3600,1800003600,7,1,0,pc&#x2c1,0,{}\n10.0.0.2,,,0,1,7,0,0,,1,\n")
	f.Add(head6 + "2001:db8:1::,00:01:02,4000,1800004000,1,3000,2,78,56,0,0,,,0,{\"a\": 1}\n")
	f.Add("address,hwaddr")
	f.Fuzz(func(t *testing.T, text string) {
		s := leases.NewSet()
		if err := s.Add(strings.NewReader(text)); err != nil {
			return
		}
		if len(s.Leases)+s.SkippedCount > strings.Count(text, "\n") {
			t.Fatalf("%d leases and %d bad rows in %q", len(s.Leases), s.SkippedCount, text)
		}
		for a, l := range s.Leases {
			if l.Addr != a || l.Valid == 0 || l.Seen.Before(time.Unix(0, 0)) || l.Valid != leases.Infinite && l.Expires().Before(l.Seen) {
				t.Fatalf("%+v from %q", l, text)
			}
		}
	})
}
