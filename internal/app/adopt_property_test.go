package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"halxml/internal/command"
	"halxml/internal/config"
	"halxml/internal/deliver"
	"halxml/internal/dhcpd"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/host"
	"halxml/internal/intake"
	"halxml/store"
	"halxml/store/bolt"
)

// drawFile makes up a dhcpd.conf. Two of them have much in common, as a file and
// its edited form do.
func drawFile(t *rapid.T) string {
	var b strings.Builder
	line := func(depth int, format string, args ...any) {
		fmt.Fprintf(&b, strings.Repeat("  ", depth)+format+"\n", args...)
	}
	maybe := func(what string) bool { return rapid.Bool().Draw(t, what) }
	number := func(what string, low, high int) int { return rapid.IntRange(low, high).Draw(t, what) }
	settings := func(depth int) {
		if maybe("lease time") {
			line(depth, "default-lease-time %d;", 600*number("seconds", 1, 3))
		}
		if maybe("comment") {
			line(depth, "# said by hand %d", number("comment", 1, 2))
		}
		if maybe("statement") {
			line(depth, "%s", rapid.SampledFrom([]string{"ping-check true;", "one-lease-per-client true;", "if known { log(info, \"x\"); }"}).Draw(t, "statement"))
		}
		if maybe("domain") {
			line(depth, "option domain-name \"d%d.example\";", number("domain", 1, 3))
		}
		if maybe("time") {
			line(depth, "option ntp-servers 192.0.2.%d;", number("time", 1, 3))
		}
	}
	if maybe("definition") {
		line(0, "option boxes code 253 = %s;", rapid.SampledFrom([]string{"text", "string"}).Draw(t, "format"))
	}
	settings(0)
	place := map[int]string{} // hosts
	for h := range 6 {
		place[h] = rapid.SampledFrom([]string{"", "server", "group", "inner", "0", "1", "2"}).Draw(t, "place")
	}
	addresses := rapid.Permutation([]int{1, 2, 3, 4, 5, 6}).Draw(t, "addresses")
	hosts := func(depth int, in string, subnet int) {
		for h := range 6 {
			if place[h] != in {
				continue
			}
			line(depth, "host h%d {", h)
			line(depth+1, "hardware ethernet 00:11:22:33:44:%02d;", h+10*number("client", 0, 1))
			if subnet >= 0 {
				line(depth+1, "fixed-address 10.%d.0.%d;", subnet, addresses[h])
			}
			settings(depth + 1)
			line(depth, "}")
		}
	}
	subnet := func(depth, i int) {
		line(depth, "subnet 10.%d.0.0 netmask 255.255.255.0 {", i)
		settings(depth + 1)
		for low := 10; low < 200 && maybe("pool"); {
			from := number("from", low, 220)
			to := number("to", from, 230)
			line(depth+1, "pool {")
			settings(depth + 2)
			if maybe("permit") {
				line(depth+2, "%s;", rapid.SampledFrom([]string{"allow unknown-clients", "deny known-clients"}).Draw(t, "permit"))
			}
			line(depth+2, "range 10.%d.0.%d 10.%d.0.%d;", i, from, i, to)
			line(depth+1, "}")
			low = to + 2
		}
		hosts(depth+1, fmt.Sprint(i), i)
		line(depth, "}")
	}
	for i := range 3 {
		switch number("subnet", 0, 3) {
		case 0:
			for h := range place {
				if place[h] == fmt.Sprint(i) {
					delete(place, h)
				}
			}
		case 1:
			line(0, "shared-network wire%d {", number("wire", 1, 2)+10*i)
			settings(1)
			subnet(1, i)
			line(0, "}")
		default:
			subnet(0, i)
		}
	}
	inner := func(depth int) {
		line(depth, "group \"inner\" {")
		settings(depth + 1)
		hosts(depth+1, "inner", -1)
		line(depth, "}")
	}
	outside := maybe("inner outside")
	if maybe("group") {
		line(0, "group \"outer\" {")
		settings(1)
		hosts(1, "group", -1)
		if !outside && maybe("inner") {
			inner(1)
		}
		line(0, "}")
	}
	if outside {
		inner(0)
	}
	hosts(0, "server", -1)
	return b.String()
}

// A server's file may become any other: after it is adopted the service says
// what the file says, and when it is refused what it said before.
func TestAnyEditIsAdopted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		file := filepath.Join(dir, "dhcpd.conf")
		c := &config.Config{Data: filepath.Join(dir, fmt.Sprint(n))}
		was, now := drawFile(t), drawFile(t)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%v\nfrom\n%s\nto\n%s", err, was, now)
			}
		}
		must(os.MkdirAll(c.Data, 0o755))
		data, err := openData(context.Background(), c, bolt.Options{})
		must(err)
		must(data.Close())
		must(os.WriteFile(file, []byte(was), 0o644))
		_, err = ImportDHCPD(context.Background(), c, []ImportFile{{"a.example", file}}, ImportOptions{})
		must(err)
		must(os.WriteFile(file, []byte(now), 0o644))
		must(withData(context.Background(), c, func(s *bolt.Store) error {
			schema := store.NewSchema()
			commands := command.New(command.Options{Store: s, Schema: schema, Now: time.Now, Zone: time.UTC})
			d := deliver.New(deliver.Options{
				Store: s, Schema: schema, Targets: []deliver.Target{{Server: "a.example", Host: host.New(host.Config{File: file}), Manual: true}},
				Adopt: func(ctx context.Context, o deliver.Adoption) ([]intake.Finding, error) {
					return commands.Adopt(ctx, command.Adoption(o))
				},
			})
			d.Start()
			defer d.Close()
			report, err := d.Adopt(context.Background(), "administrator", deliver.AdoptOrder{Servers: []string{"a.example"}, Replace: true})
			if err != nil {
				return err
			}
			text, err := d.Configuration(context.Background(), "a.example", "")
			if err != nil {
				return err
			}
			if report.Refused != "" {
				return fmt.Errorf("refused: %s\n%s", report.Refused, told(*report))
			}
			if diff := differences(t, now, string(text)); diff != "" {
				return fmt.Errorf("%s\nit is\n%s", diff, text)
			}
			return nil
		}))
		faults, err := Check(context.Background(), c)
		if must(err); len(faults) > 0 {
			t.Fatalf("the data: %v", faults)
		}
		must(os.RemoveAll(c.Data))
	})
}

// differences are what only one of two texts says.
func differences(t *rapid.T, a, b string) string {
	facts := func(text string) []intake.Fact {
		f, err := conf.Parse("dhcpd.conf", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		in := dhcpd.Read([]dhcpd.Source{{Server: "a.example", File: f}})
		return in.Facts(in.Servers[0])
	}
	var lines []string
	for _, f := range intake.Without(facts(a), facts(b)) {
		lines = append(lines, "missing: "+f.Text)
	}
	for _, f := range intake.Without(facts(b), facts(a)) {
		lines = append(lines, "too much: "+f.Text)
	}
	return strings.Join(lines, "\n")
}
