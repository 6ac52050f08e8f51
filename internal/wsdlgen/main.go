// Command wsdlgen writes the Go types, codecs and tables of wsdl/hal from the
// WSDL. It runs at development time only (go generate ./wsdl) and is the one
// place that knows gowsdl, which reads the WSDL for it. Its output depends on
// nothing but the WSDL, so that a test can compare it with what is committed.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	in := flag.String("wsdl", "halxmlcommand.wsdl", "the WSDL to read")
	out := flag.String("out", "hal", "the directory to write to")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "wsdlgen:", err)
		os.Exit(1)
	}
}

// run replaces every generated file in dir.
func run(wsdl, dir string) error {
	data, err := os.ReadFile(wsdl)
	if err != nil {
		return err
	}
	files, err := generate(data)
	if err != nil {
		return err
	}
	stale, err := filepath.Glob(filepath.Join(dir, "*_gen.go"))
	if err != nil {
		return err
	}
	for _, f := range stale {
		if _, ok := files[filepath.Base(f)]; !ok {
			if err := os.Remove(f); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the generated files by name.
func generate(wsdl []byte) (map[string][]byte, error) {
	m, err := readModel(wsdl)
	if err != nil {
		return nil, err
	}
	return emit(m)
}

// acronyms are the words that Go names spell in capitals where they begin a
// name of the WSDL.
var acronyms = []string{
	"ad", "bgp", "cidr", "ddns", "dhcp", "dns", "dnssec", "ds", "guid", "https", "id", "ip", "ipam",
	"ksk", "mac", "mclt", "ms", "ospf", "ptr", "smtp", "snmp", "ssh", "tcp", "ttl", "udp", "zsk",
}

// goName is the exported Go name of a name in the WSDL: dhcpScopeRefs becomes
// DHCPScopeRefs.
func goName(name string) string {
	n := strings.IndexFunc(name, func(r rune) bool { return r < 'a' || 'z' < r })
	if n < 0 {
		n = len(name)
	}
	if word := name[:n]; slices.Contains(acronyms, word) {
		return strings.ToUpper(word) + name[n:]
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// constName is the Go name of an enumeration's value: blanks and dashes go, and
// the letter behind a blank is a capital one.
func constName(enum, value string) string {
	var b strings.Builder
	b.WriteString(enum)
	for word := range strings.FieldsSeq(value) {
		word = strings.Map(func(r rune) rune {
			if r == '-' || r == '.' || r == '/' {
				return -1
			}
			return r
		}, word)
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
