package conf_test

import (
	"errors"
	"strings"
	"testing"

	"halxml/internal/dhcpd/conf"
)

// Every message names the line where the mistake is.
func TestSyntaxErrors(t *testing.T) {
	const peer = "failover peer \"p\" {\n  primary;\n"
	for _, c := range []struct{ name, text, want string }{
		{"no semicolon", "authoritative\nallow booting;", "1: ';' is missing before 'allow'"},
		{"no semicolon after a number", "\ndefault-lease-time 600\nmax-lease-time 7200;", "2: ';' is missing before 'max-lease-time'"},
		{"no semicolon at the end", "option x 1\n\n", "1: ';' is missing before the end of the file"},
		{"no semicolon before a brace", "group {\n  option x 1\n}", "2: ';' is missing before '}'"},
		{"no semicolon before a block", "option routers 10.0.0.1\nsubnet 10.0.0.0 netmask 255.0.0.0 { }", "2: ';' is missing before '{'"},
		{"no semicolon in a subclass", "class \"c\" { }\nsubclass \"c\" 1:2\n", "2: ';' is missing before the end of the file"},
		{"semicolon twice", "authoritative;;", "1: ';' stands alone: there is no statement before it"},
		{"semicolon after a block", "group {\n};", "2: ';' stands alone: there is no statement before it"},
		{"semicolon after a zone", "zone a. { primary 1.2.3.4; };", "1: ';' stands alone: there is no statement before it"},
		{"brace too many", "group { }\n}", "2: '}' closes nothing: no block is open here"},
		{"brace missing", "group {\n  group {\n  }\n", "4: the file ends inside the block that begins on line 1"},
		{"brace missing in opaque", "\non commit {\n  set x = 1;\n", "4: the file ends inside the block that begins on line 2"},
		{"brace missing in peer", peer, "3: the file ends inside the block that begins on line 1"},
		{"string without end", "option x 1;\noption y \"abc;\n\n", "2: a quoted string that begins here never ends"},
		{"string ends in backslash", `option y "abc\`, "1: a quoted string that begins here never ends"},
		{"slash comment", "\n// note", "2: comments begin with '#' here, not with '//'"},
		{"star comment", "\n\n/* note */", "3: comments begin with '#' here, not with '/*'"},
		{"hyphen U+2010", "\ndefault\u2010lease-time 600;", "2: character U+2010 is not allowed outside strings and comments; it looks like a '-' pasted from a document"},
		{"quotes", "option domain-name \u201cx\u201d;", "1: character U+201C is not allowed outside strings and comments; it looks like a '\"' pasted from a document"},
		{"no-break space", "option\u00a0x 1;", "1: character U+00A0 is not allowed outside strings and comments; it looks like a space pasted from a document"},
		{"byte order mark", "\ufeffauthoritative;", "1: character U+FEFF is not allowed outside strings and comments; it is a byte order mark, which dhcpd refuses"},
		{"letter", "option é 1;", "1: character U+00E9 is not allowed outside strings and comments"},
		{"bad UTF-8", "option \xff 1;", "1: byte 0xFF is not allowed outside strings and comments"},
		{"NUL", "option \x00 1;", "1: character U+0000 is not allowed outside strings and comments"},
		{"statement from a string", "\"x\" 1;", "1: a statement is expected, found a quoted string"},
		{"statement from a number", "12 1;", "1: a statement is expected, found '12'"},
		{"else alone", "if 1 = 1 { }\nauthoritative;\nelse { }", "3: 'else' has no 'if' before it"},
		{"include without quotes", "include /etc/x;", "1: the quoted path of the included file is expected, found '/'"},
		{"CIDR", "subnet 10.0.0.0/24 { }", "1: 'netmask' is expected, found '/'"},
		{"short address", "subnet 10.0.0 netmask 255.0.0.0 { }", "1: the subnet's IPv4 address is expected: four numbers with dots between"},
		{"byte too large", "subnet 10.0.0.0 netmask\n255.256.0.0 { }", "2: the IPv4 netmask is expected: '256' is not a number from 0 to 255"},
		{"address with a name", "range a.b.c.d;", "1: the first IPv4 address of the range is expected: 'a' is not a number from 0 to 255"},
		{"range with a dash", "range 10.0.0.1-10.0.0.9;", "1: the first IPv4 address of the range is expected: '1-10' is not a number from 0 to 255"},
		{"range with a comma", "range 10.0.0.1, 10.0.0.9;", "1: ';' is missing before ','"},
		{"subnet6 without length", "subnet6 2001:db8:: { }", "1: an IPv6 prefix such as 2001:db8::/64 is expected"},
		{"range6 of IPv4", "range6 10.0.0.1;", "1: the first IPv6 address of the range is expected"},
		{"range6 half", "range6 2001:db8::1 x;", "1: the last IPv6 address of the range is expected"},
		{"host quoted", "\nhost \"x\" { }", "2: a host name without quotes is expected, found a quoted string"},
		{"class unquoted", "class c { }", "1: the class name in quotes is expected, found 'c'"},
		{"shared network unnamed", "shared-network { }", "1: the name of the shared network is expected, found '{'"},
		{"hardware without type", "host x { hardware ; }", "1: a hardware type such as 'ethernet' is expected, found ';'"},
		{"MAC with dashes", "host x { hardware ethernet 00.11; }", "1: ';' is missing before '.'"},
		{"parameter without value", "max-lease-time;", "1: a value is expected, found ';'"},
		{"option definition", "option x code 5 text;", "1: '=' is expected, found 'text'"},
		{"option without name", "option ;", "1: an option name is expected, found ';'"},
		{"permit spelling", "pool { allow dynamic-bootp clients; }", "1: clients that a pool can allow are expected, found 'dynamic-bootp'"},
		{"permit half", "pool {\n allow known;\n}", "2: 'clients' is expected, found ';'"},
		{"permit class", "pool { allow members of c; }", "1: the class name in quotes is expected, found 'c'"},
		{"permit date", "pool { allow after ; }", "1: a date is expected, found ';'"},
		{"failover without peer", "failover x;", "1: 'peer' is expected, found 'x'"},
		{"reference without quotes", "pool {\n  failover peer p;\n}", "2: the peer's name in quotes is expected, found 'p'"},
		{"peer inside a pool", "pool { failover peer \"p\" { } }", "1: ';' is missing before '{'"},
		{"peer state", "failover peer \"p\" state { my state normal; }", "1: a failover state belongs in the lease file"},
		{"no failover with semicolon", "pool {\n no failover peer;\n}", "2: dhcpd does not read a ';' after 'no failover peer'; leave the statement out"},
		{"peer setting", peer + "  retries 5;\n}", "3: 'retries' is not a setting of a failover peer"},
		{"load balance secs", peer + "  load balance max secs 3;\n}", "3: 'seconds' is expected, found 'secs'"},
		{"load balance max", peer + "\n  load balance max 3;\n}", "4: 'seconds' is expected, found '3'"},
		{"time unit", peer + "  max-response-delay 1m;\n}", "3: a number is expected, found '1m'"},
		{"peer setting without semicolon", peer + "  port 647\n  mclt 20;\n}", "3: ';' is missing before 'mclt'"},
		{"peer name dotted", "failover peer a.b { }", "1: '{' is expected, found '.'"},
		{"too deep", strings.Repeat("group {\n", conf.MaxBlockDepth+1), "65: blocks are nested deeper than 64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := conf.Parse("f", []byte(c.text), nil)
			var syntax *conf.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if got := strings.TrimPrefix(err.Error(), "f:"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
