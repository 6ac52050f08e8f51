package check_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/dhcpd/check"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/realtool"
)

const (
	primary = `failover peer "p" { primary; address 10.0.0.2; port 647; peer address 10.0.0.3; peer port 647;
  max-response-delay 60; max-unacked-updates 10; mclt 60; split 128; load balance max seconds 3; }
`
	openSubnet = "subnet 10.0.0.0 netmask 255.255.255.0 {\n"
	goodPool   = "  pool { failover peer \"p\"; range 10.0.0.10 10.0.0.19; }\n"
)

// with replaces a part of the good peer declaration.
func with(old, new string) string { return strings.Replace(primary, old, new, 1) }

// pooled is a peer's text with a subnet whose pool refers to it.
func pooled(peer string) string { return peer + openSubnet + goodPool + "}\n" }

// A case is a text with what dhcpd -t says about it and what this package says. dhcpd "" means that it accepts the text;
// ours "" means that there is nothing to find.
type testCase struct {
	name, text, dhcpd, ours string
}

// What dhcpd refuses: its message, and our error with the same meaning. Syntax errors come from package conf.
var refused = []testCase{
	{"split on secondary", pooled(with("primary", "secondary")), "secondary may not define load balance settings.",
		"2: error: 'split' belongs to the primary; this side of \"p\" is secondary"},
	{"hba on secondary", pooled(with("split 128", "hba ff"+strings.Repeat(":ff", 31)+"; secondary")), "secondary may not define load balance settings.",
		"2: error: 'hba' belongs to the primary; this side of \"p\" is secondary"},
	{"no split", pooled(with("split 128;", "")), "primary failover server must have hba or split.",
		"1: error: The primary of \"p\" needs 'split' or 'hba'"},
	{"no mclt", pooled(with("mclt 60;", "")), "primary failover server must have mclt.", "1: error: The primary of \"p\" needs 'mclt'"},
	{"mclt 0", pooled(with("mclt 60", "mclt 0")), "primary failover server must have mclt.",
		"2: error: 'mclt' is 0, but must be from 1 to 4294967295"},
	{"mclt wraps to 0", pooled(with("mclt 60", "mclt 4294967296")), "primary failover server must have mclt.",
		"2: error: 'mclt' is 4294967296, but must be from 1 to 4294967295"},
	{"split 257", pooled(with("split 128", "split 257")), "split must be between 0 and 256, inclusive",
		"2: error: 'split' is 257, but must be from 0 to 256"},
	{"split -1", pooled(with("split 128", "split -1")), "split must be between 0 and 256, inclusive",
		"2: error: 'split' is -1, but must be from 0 to 256"},
	{"hba short", pooled(with("split 128", "hba ff"+strings.Repeat(":ff", 30))), "too few numbers.",
		"2: error: 'hba' must be 32 hexadecimal bytes with colons between, but there are 31"},
	{"hba long", pooled(with("split 128", "hba ff"+strings.Repeat(":ff", 32))), "semicolon expected.",
		"2: error: 'hba' must be 32 hexadecimal bytes with colons between, but there are 33"},
	{"hba not hex", pooled(with("split 128", "hba zz"+strings.Repeat(":ff", 31))), "expecting",
		"2: error: 'hba' must be 32 hexadecimal bytes with colons between, but 'zz' is none"},
	{"no peer address", pooled(with("peer address 10.0.0.3;", "")), "peer address may not be omitted",
		"1: error: Failover peer \"p\" needs 'peer address'"},
	{"peer not declared", openSubnet + goodPool + "}", "failover peer p: not found",
		"2: error: Failover peer \"p\" is not declared before this line"},
	{"peer declared later", openSubnet + goodPool + "}\n" + primary, "failover peer p: not found",
		"2: error: Failover peer \"p\" is not declared before this line"},
	{"peer in another case", primary + openSubnet + "pool { failover peer \"P\"; range 10.0.0.9; }}", "failover peer P: not found",
		"4: error: Failover peer \"P\" is not declared before this line"},
	{"peer twice", primary + pooled(primary), "redeclaration of failover peer p",
		"3: error: Failover peer \"p\" is already declared at f:1"},
	{"peer without a pool", primary + openSubnet + "pool { range 10.0.0.9; }}", "Failover peer, p, has no referring pools",
		"1: error: No pool refers to failover peer \"p\"; dhcpd does not start with such a peer"},
	{"reference in a subnet", pooled(primary) + "subnet 10.0.1.0 netmask 255.255.255.0 {\nfailover peer \"p\"; }",
		"failover peers may only be defined in shared-network", "7: error: A reference to a failover peer cannot stand in a subnet"},
	{"reference at the outer level", pooled(primary) + "failover peer \"p\";", "failover peer reference not in shared-network declaration",
		"6: error: A reference to a failover peer cannot stand at the outer level"},
	{"peer in a group", "group {\n" + primary + "}", "failover peers may only be defined in shared-network",
		"2: error: A failover peer cannot stand in a group"},
	{"peer in a subnet", openSubnet + primary + "}", "failover peers may only be defined in shared-network",
		"2: error: A failover peer cannot stand in a subnet"},
	{"reference only in the shared network", primary + "shared-network n { failover peer \"p\";\n" + openSubnet + "} pool { range 10.0.0.9; } }",
		"Failover peer, p, has no referring pools", "1: error: No pool refers to failover peer \"p\"; dhcpd does not start with such a peer"},
	{"dynamic-bootp with failover", primary + openSubnet + "pool { failover peer \"p\";\nrange dynamic-bootp 10.0.0.9; }}",
		"dynamic-bootp flag is not permitted", "5: error: 'dynamic-bootp' is not possible in a pool with a failover peer"},
	{"no failover peer", pooled(primary) + "subnet 10.0.1.0 netmask 255.255.255.0 { pool { no failover peer; range 10.0.1.1; }}",
		"expecting a parameter or declaration", "6: dhcpd does not read a ';' after 'no failover peer'; leave the statement out"},
	{"pool without range", openSubnet + "pool {\nallow all clients; }}", "Pool declaration with no address range.", "2: error: The pool has no range"},
	{"range outside", openSubnet + "range 10.0.1.1; }", "bad range, address 10.0.1.1 not in subnet 10.0.0.0",
		"2: error: 10.0.1.1 is not in subnet 10.0.0.0/24"},
	{"range half outside", openSubnet + "pool { range 10.0.0.250 10.0.1.1; } }", "bad range, address 10.0.1.1 not in subnet 10.0.0.0",
		"2: error: 10.0.1.1 is not in subnet 10.0.0.0/24"},
	{"range of a shared network", "shared-network n { " + openSubnet + "}\npool { range 10.0.1.1; } }", "address range not on network n",
		"3: error: The range lies in no subnet that the shared network declares before it"},
	{"pool before its subnet", "shared-network n { pool { range 10.0.0.1; }\n" + openSubnet + "} }", "address range not on network n",
		"1: error: The range lies in no subnet that the shared network declares before it"},
	{"ranges overlap", openSubnet + "range 10.0.0.1 10.0.0.9;\nrange 10.0.0.9 10.0.0.10; }", "is declared twice!",
		"3: error: 10.0.0.9 is already in the range at f:2"},
	{"ranges of two pools overlap", openSubnet + "pool { range 10.0.0.5 10.0.0.7; }\npool { range 10.0.0.1 10.0.0.9; } }", "is declared twice!",
		"3: error: 10.0.0.5 is already in the range at f:2"},
	{"host bits", "subnet 10.0.0.1 netmask 255.255.255.0 { }", "bad subnet number/mask combination.",
		"1: error: 10.0.0.1 is not the first address of a subnet with mask 255.255.255.0"},
	{"CIDR", "subnet 10.0.0.0/24 { }", "Expecting netmask", "1: 'netmask' is expected, found '/'"},
	{"class not declared", openSubnet + "pool { allow members of \"c\"; range 10.0.0.9; } }", "no such class: c",
		"2: error: Class \"c\" is not declared before this line"},
	{"class in another case", "class \"C\" { match hardware; }\n" + openSubnet + "pool { allow members of \"c\"; range 10.0.0.9; } }",
		"no such class: c", "3: error: Class \"c\" is not declared before this line"},
	{"class unquoted", openSubnet + "pool { allow members of c; range 10.0.0.9; } }", "expecting class name.",
		"2: the class name in quotes is expected, found 'c'"},
	{"subclass of nothing", "subclass \"c\" 1:2:3:4:5:6:7;", "no class named c", "1: error: Class \"c\" is not declared before this line"},
	{"host twice", "host x { }\nhost x { }", "host x: already exists", "2: error: Host x is already declared at f:1"},
	{"host quoted", "host \"x\" { }", "expecting a name for host declaration", "1: a host name without quotes is expected, found a quoted string"},
	{"shared network empty", "shared-network n { }", "empty shared-network decl", "1: error: Shared network \"n\" has no subnet"},
	{"shared network with its subnet in a group", "shared-network n { group { " + openSubnet + "} } }", "empty shared-network decl",
		"1: error: Shared network \"n\" has no subnet"},
	{"shared network without a name", "shared-network \"\" { " + openSubnet + "} }", "zero-length shared network name",
		"1: error: The shared network has an empty name"},
	{"pool at the outer level", "pool { range 10.0.0.1; }", "pool declared outside of network", "1: error: A pool cannot stand at the outer level"},
	{"pool in a group", openSubnet + "group { pool { range 10.0.0.1; } } }", "pool declared outside of network",
		"2: error: A pool cannot stand in a group"},
	{"pool in a pool", openSubnet + "pool { range 10.0.0.1; pool { range 10.0.0.2; } } }", "pool declared within pool.",
		"2: error: A pool cannot stand in a pool"},
	{"range at the outer level", "range 10.0.0.1;", "range declaration not allowed here.", "1: error: A range cannot stand at the outer level"},
	{"range in a group", openSubnet + "group { range 10.0.0.1; } }", "range declaration not allowed here.", "2: error: A range cannot stand in a group"},
	{"include missing", "include \"/no/such/file\";", "Can't open /no/such/file", "1: the included file /no/such/file does not exist"},
	{"include relative", "include \"range.inc\";", "Can't open range.inc",
		"1: the included file range.inc is named by a relative path; write an absolute one"},
	{"include of a range in a pool", openSubnet + "pool { range 10.0.0.1; include \"@DIR@/range.inc\"; } }", "range declaration not allowed here.",
		"@DIR@/range.inc:1: error: A range cannot stand in a file that a pool includes"},
	{"include of a permit in a pool", openSubnet + "pool { range 10.0.0.1; include \"@DIR@/permit.inc\"; } }", "expecting allow/deny key",
		"@DIR@/permit.inc:1: error: A permit cannot stand in a file that a pool includes"},
	{"include of a reference in a pool", pooled(primary) + "subnet 10.0.1.0 netmask 255.255.255.0 { pool { range 10.0.1.1; include \"@DIR@/peer.inc\"; } }",
		"failover peers may only be defined in shared-network", "@DIR@/peer.inc:1: error: A reference to a failover peer cannot stand in a file that a pool includes"},
	{"slash comment", "// note\n", "expecting a parameter or declaration", "1: comments begin with '#' here, not with '//'"},
	{"star comment", "/* note */\n", "expecting a parameter or declaration", "1: comments begin with '#' here, not with '/*'"},
	{"byte order mark", "\ufeffauthoritative;", "expecting a parameter or declaration",
		"1: character U+FEFF is not allowed outside strings and comments; it is a byte order mark, which dhcpd refuses"},
	{"brace and semicolon", openSubnet + "};", "expecting a declaration", "2: ';' stands alone: there is no statement before it"},
	{"load balance max secs", pooled(with("max seconds", "max secs")), "expecting 'secs'", "2: 'seconds' is expected, found 'secs'"},
	{"delay with a unit", pooled(with("max-response-delay 60", "max-response-delay 1m")), "expecting number.", "2: a number is expected, found '1m'"},
	{"peer reference bare", primary + openSubnet + "pool { failover peer p; range 10.0.0.9; }}", "expecting string.",
		"4: the peer's name in quotes is expected, found 'p'"},
	{"hardware twice", "host x { hardware ethernet 1:2:3:4:5:6;\nhardware ethernet 1:2:3:4:5:7; }", "hardware address already configured",
		"2: error: Host x has a second hardware address"},
	{"fixed-address twice", "host x { fixed-address 10.0.0.1;\nfixed-address 10.0.0.2; }", "Only one fixed address declaration per host.",
		"2: error: Host x has a second fixed-address statement; list all addresses in one"},
	{"hardware outside a host", "group { hardware ethernet 1:2:3:4:5:6; }", "hardware address parameter not allowed here.",
		"1: error: A hardware address cannot stand in a group"},
	{"fixed-address outside a host", "group { fixed-address 10.0.0.1; }", "fixed-address parameter not allowed here.",
		"1: error: A fixed address cannot stand in a group"},
	{"host in a host", "host a { host b { } }", "host declarations not allowed here.", "1: error: A host cannot stand in a host"},
	{"subnet in a subnet", openSubnet + "subnet 10.0.1.0 netmask 255.255.255.0 { } }", "subnet declarations not allowed here.",
		"2: error: A subnet cannot stand in a subnet"},
	{"shared network in another", "shared-network a { " + openSubnet + "} shared-network b { subnet 10.0.1.0 netmask 255.255.255.0 { } } }",
		"shared-network parameters not allowed here.", "2: error: A shared network cannot stand in a shared network"},
	{"group in a class", "class \"c\" { group { } }", "group declarations not allowed here.", "1: error: A group cannot stand in a class"},
	{"class in a class", "class \"c\" { class \"d\" { } }", "class declarations not allowed here.", "1: error: A class cannot stand in a class"},
	{"option definition in a group", "group { option foo code 150 = text; }", "option definitions may not be scoped.",
		"1: error: The definition of an option cannot stand in a group"},
	{"option space in a group", "group { option space foo; }", "option space definitions may not be scoped.",
		"1: error: The definition of an option space cannot stand in a group"},
	{"authority of a host", "host x { authoritative; }", "authority makes no sense here.", "1: error: 'authoritative' cannot stand in a host"},
}

// What dhcpd -t lets pass, with a warning at most.
var unnoticed = []testCase{
	{"good pair", pooled(primary), "", ""},
	{"range reversed", openSubnet + "range 10.0.0.9 10.0.0.1; }", "",
		"2: warning: The range ends before it begins; dhcpd swaps 10.0.0.9 and 10.0.0.1"},
	{"network address", openSubnet + "range 10.0.0.0 10.0.0.1; }", "", "2: warning: The range holds 10.0.0.0, the address of the network itself"},
	{"broadcast address", openSubnet + "pool { range 10.0.0.9 10.0.0.255; } }", "", "2: warning: The range holds 10.0.0.255, the broadcast address of the network"},
	{"point-to-point network", "subnet 10.0.0.0 netmask 255.255.255.254 { range 10.0.0.0 10.0.0.1; }", "", ""},
	{"subnet twice", openSubnet + "}\n" + openSubnet + "}", "", "3: warning: Subnet 10.0.0.0/24 overlaps subnet 10.0.0.0/24 at f:1"},
	{"subnets overlap", openSubnet + "}\nsubnet 10.0.0.0 netmask 255.255.0.0 { }", "", "3: warning: Subnet 10.0.0.0/16 overlaps subnet 10.0.0.0/24 at f:1"},
	{"netmask with holes", "subnet 10.0.0.0 netmask 255.0.255.0 { range 10.9.0.5; }", "", "1: warning: Netmask 255.0.255.0 has holes"},
	{"fixed address inside a range", openSubnet + "range 10.0.0.5 10.0.0.9; host x {\nfixed-address a.example, 10.0.0.4, 10.0.0.9; } }", "",
		"3: warning: Fixed address 10.0.0.9 of host x is inside the range at f:2, so others may get it"},
	{"hardware address twice", "host x { hardware ethernet 0:1:2:a:b:c; }\nhost y { hardware ethernet 00:01:02:0A:0B:0C; }", "",
		"2: warning: Host y has the hardware address of host x at f:1"},
	{"same bytes, other hardware", "host x { hardware ethernet 0:1:2:a:b:c; }\nhost y { hardware token-ring 0:1:2:a:b:c; }", "", ""},
	{"shared network twice", "shared-network n { " + openSubnet + "} }\nshared-network \"n\" { subnet 10.0.1.0 netmask 255.255.255.0 { } }", "",
		"3: warning: Shared network \"n\" is already declared at f:1"},
	{"same end twice", pooled(with("10.0.0.3", "10.0.0.2")), "", "1: error: Failover peer \"p\" has one address and port for both partners"},
	{"same end twice by default port", pooled(with("address 10.0.0.2; port 647; peer address 10.0.0.3;", "address a; peer address A;")), "",
		"1: error: Failover peer \"p\" has one address and port for both partners"},
	{"two ports of one address", pooled(with("port 647; peer address 10.0.0.3", "port 648; peer address 10.0.0.2")), "", ""},
	{"port too large", pooled(with("port 647", "port 99999")), "", "1: error: 'port' is 99999, but must be from 1 to 65535"},
	{"port 0", pooled(with("peer port 647", "peer port 0")), "", "1: error: 'peer port' is 0, but must be from 1 to 65535"},
	{"mclt negative", pooled(with("mclt 60", "mclt -1")), "", "2: error: 'mclt' is -1, but must be from 1 to 4294967295"},
	{"mclt of two days", pooled(with("mclt 60", "mclt 172800")), "",
		"2: warning: 'mclt' is 172800 seconds, more than a day: a server that returns is silent for so long"},
	{"mclt on the secondary", pooled(strings.Replace(with("primary", "secondary"), "split 128;", "", 1)), "", "2: warning: 'mclt' has no effect on a secondary, which takes the primary's value"},
	{"no role", pooled(with("primary;", "")), "", "1: warning: Failover peer \"p\" has no role; dhcpd takes it for the primary"},
	{"split and hba", pooled(with("split 128", "split 128; hba ff"+strings.Repeat(":ff", 31))), "",
		"1: warning: Failover peer \"p\" has both 'split' and 'hba'; the last one counts"},
	{"split 256", pooled(with("split 128", "split 256")), "", ""},
	{"no load balance", pooled(with("load balance max seconds 3;", "")), "",
		"1: warning: Failover peer \"p\" has no 'load balance max seconds'; dhcpd turns load balancing off"},
	{"load balance 0", pooled(with("seconds 3", "seconds 0")), "", "2: warning: 'load balance max seconds' is 0; dhcpd turns load balancing off"},
	{"delay negative", pooled(with("max-response-delay 60", "max-response-delay -5")), "",
		"2: error: 'max-response-delay' is -5, but must be from 0 to 2147483647"},
	{"updates overflow", pooled(with("max-unacked-updates 10", "max-unacked-updates 4294967297")), "",
		"2: error: 'max-unacked-updates' is 4294967297, but must be from 0 to 2147483647"},
	{"two references", pooled(primary) + strings.ReplaceAll(primary, `"p"`, `"q"`) +
		"subnet 10.0.1.0 netmask 255.255.255.0 { pool { failover peer \"p\"; range 10.0.1.9;\nfailover peer \"q\"; } }", "",
		"9: warning: The pool refers to a failover peer already; the last reference counts"},
	{"strange name", strings.ReplaceAll(pooled(primary), `"p"`, `"p é"`), "",
		"1: warning: Failover peer \"p é\" has a name beyond 63 letters, digits, dots, dashes and underscores"},
	{"include in a pool", openSubnet + "pool { range 10.0.0.1; include \"@DIR@/option.inc\"; } }", "", ""},
	{"include in a subnet", openSubnet + "include \"@DIR@/range.inc\"; }", "", ""},
	{"pool with and pool without", primary + openSubnet + goodPool + "pool { range 10.0.0.30; } range 10.0.0.40; }", "", ""},
	{"class before and after", "class \"c\" { match hardware; }\n" + openSubnet + "class \"d\" { match hardware; } subclass \"d\" 1:2;\n" +
		"pool { allow members of \"c\"; deny members of \"d\"; range 10.0.0.9; } }", "", ""},
}

var fragments = map[string]string{
	"range.inc":  "range 10.0.0.77;\n",
	"permit.inc": "allow known-clients;\n",
	"peer.inc":   "failover peer \"p\";\n",
	"option.inc": "option routers 10.0.0.1;\n",
}

// fragmentFolder writes the files that the cases include.
func fragmentFolder(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range fragments {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// judge parses and checks a text and returns what is wrong with it, one finding a line.
func judge(text string) string {
	f, err := conf.Parse("f", []byte(text), func(path string) ([]byte, error) {
		if !filepath.IsAbs(path) {
			return conf.FromFS(nil)(path)
		}
		return os.ReadFile(path)
	})
	if err != nil {
		return strings.TrimPrefix(err.Error(), "f:")
	}
	var lines []string
	for _, finding := range check.File(f) {
		lines = append(lines, strings.TrimPrefix(finding.String(), "f:"))
	}
	return strings.Join(lines, "\n")
}

func TestFile(t *testing.T) {
	dir := fragmentFolder(t)
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			got := judge(strings.ReplaceAll(c.text, "@DIR@", dir))
			// A fault may have further consequences, which are of no interest here.
			if want := strings.ReplaceAll(c.ours, "@DIR@", dir); !containsLine(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	for _, c := range unnoticed {
		t.Run(c.name, func(t *testing.T) {
			if got := judge(strings.ReplaceAll(c.text, "@DIR@", dir)); got != c.ours {
				t.Errorf("got\n%s\nwant\n%s", got, c.ours)
			}
		})
	}
}

func containsLine(text, line string) bool {
	for l := range strings.SplitSeq(text, "\n") {
		if l == line {
			return true
		}
	}
	return false
}

// The tables above say truly what dhcpd does.
func TestFileAgreesWithDhcpd(t *testing.T) {
	dhcpd := realtool.Path(t, "dhcpd")
	dir := fragmentFolder(t)
	file := filepath.Join(dir, "dhcpd.conf")
	for _, list := range [][]testCase{refused, unnoticed} {
		for _, c := range list {
			t.Run(c.name, func(t *testing.T) {
				if err := os.WriteFile(file, []byte(strings.ReplaceAll(c.text, "@DIR@", dir)), 0o644); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(dhcpd, "-4", "-t", "-cf", file, "-lf", filepath.Join(dir, "leases"))
				cmd.Dir = t.TempDir()
				out, err := cmd.CombinedOutput()
				if c.dhcpd == "" {
					if err != nil {
						t.Errorf("dhcpd refuses: %v\n%s", err, out)
					}
				} else if err == nil || !strings.Contains(string(out), c.dhcpd) {
					t.Errorf("dhcpd says (%v)\n%s\nnot %q", err, out, c.dhcpd)
				}
			})
		}
	}
}
