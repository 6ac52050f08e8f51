package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// serverTable is the table of the file that has one table for each server:
// [server."dhcp1.example.com"].
const serverTable = "server"

// Values of a server's deliver.
const (
	DeliverAuto   = "auto"   // changes are delivered as they come
	DeliverManual = "manual" // they wait for `halxml deploy`
)

// Placeholders in a server's validate command.
const (
	PlaceFile   = "{file}"   // the file to judge
	PlaceLeases = "{leases}" // the lease file
)

// Server says how one DHCP server gets its configuration. Servers without such
// a table are kept and rendered, and nothing is delivered to them.
type Server struct {
	Name     string // as the server is called in the interface
	Deliver  string // DeliverAuto or DeliverManual
	Preamble string // the operator's statements, in the server's own language
	Config   string // the file that is delivered
	Leases   string // the server's lease file
	PID      string // the file with the number of its process
	Validate []string
	Start    []string
	Stop     []string
	Status   []string // tells by its exit code whether the server runs; empty means by PID
	// Agent is the hash of the token of an agent on the server's machine; then
	// files and commands are in the agent's configuration. "" is this machine.
	Agent string
	Kea   *Kea // what only a Kea server has; nil for one of ISC

	given []string // names of the keys that were set
}

// TableKey is a row of the table of what can be configured, only in the file,
// for one of several things of a kind.
type TableKey[S any] struct {
	Name    string
	Default string
	Doc     string

	place place
	form  form
	set   func(*S, string) error
	get   func(*S) string
}

// ServerKey is a row of the table of what can be configured for one server.
type ServerKey = TableKey[Server]

// place says in whose configuration a server's key stands.
type place int

const (
	inBoth    place = iota // the service's and an agent's, on the server's machine
	inService              // the service's alone
)

func tableKey[S, T any](name, def, doc string, field func(*S) *T, k kind[T]) TableKey[S] {
	return TableKey[S]{
		Name: name, Default: def, Doc: doc, form: k.form,
		set: func(s *S, text string) error {
			v, err := k.parse(text)
			if err == nil {
				*field(s) = v
			}
			return err
		},
		get: func(s *S) string { return k.print(*field(s)) },
	}
}

func serverKey[T any](name, def, doc string, field func(*Server) *T, k kind[T]) ServerKey {
	return tableKey(name, def, doc, field, k)
}

// ServerKeys is the table of a server's keys, in the order of the default file.
func ServerKeys() []ServerKey {
	return append(serverKeys{
		serverKey("deliver", DeliverAuto, "auto delivers changes as they come; manual waits for `halxml deploy`.",
			func(s *Server) *string { return &s.Deliver }, oneOf(DeliverAuto, DeliverManual)),
		serverKey("preamble", "", "Statements that come first in the delivered file, such as authoritative, lease times, keys, omapi-port and the empty subnets of listening interfaces.",
			func(s *Server) *string { return &s.Preamble }, anyText),
		serverKey("agent", "", "What `halxml agent-token` has printed, for a server on another machine, where `halxml agent` runs. The keys below stand in the agent's own file then.",
			func(s *Server) *string { return &s.Agent }, tokenHash),
	}.in(inService), agentServerKeys()...)
}

// agentServerKeys are the keys of the machine that a server runs on.
func agentServerKeys() []ServerKey {
	return []ServerKey{
		serverKey("config", "/etc/dhcp/dhcpd.conf", "The file that is delivered. halxml must be able to write to its directory.",
			func(s *Server) *string { return &s.Config }, absolutePath),
		serverKey("leases", "/var/lib/dhcp/dhcpd.leases", "The server's lease file, which also tells the state of failover.",
			func(s *Server) *string { return &s.Leases }, absolutePath),
		serverKey("pid", "/run/dhcpd.pid", "The file with the number of the server's process.",
			func(s *Server) *string { return &s.PID }, absolutePath),
		serverKey("validate", join("dhcpd", "-4", "-t", "-cf", PlaceFile, "-lf", PlaceLeases), "The command that judges a configuration, without a shell; {file} and {leases} stand for the files.",
			func(s *Server) *[]string { return &s.Validate }, commandKind),
		serverKey("start", join("systemctl", "start", "isc-dhcp-server"), "The command that starts the server.",
			func(s *Server) *[]string { return &s.Start }, commandKind),
		serverKey("stop", join("systemctl", "stop", "isc-dhcp-server"), "The command that stops the server.",
			func(s *Server) *[]string { return &s.Stop }, commandKind),
		serverKey("status", "", "A command that succeeds while the server runs. Without one the pid file tells.",
			func(s *Server) *[]string { return &s.Status }, commandKind),
	}
}

type serverKeys []ServerKey

// in gives all the keys their place.
func (all serverKeys) in(p place) []ServerKey {
	for i := range all {
		all[i].place = p
	}
	return all
}

// wordEnd separates the words of a command in the text form of its value.
const wordEnd = "\x00"

func join(words ...string) string { return strings.Join(words, wordEnd) }

var commandKind = kind[[]string]{formCommand,
	func(s string) ([]string, error) {
		if s == "" {
			return nil, nil
		}
		words := strings.Split(s, wordEnd)
		if words[0] == "" {
			return nil, errors.New("begins with an empty word; the first one is the program")
		}
		return words, nil
	},
	func(words []string) string { return join(words...) },
}

// tokenHash is how the service keeps an agent's token: "" or sha256: and
// hexadecimal digits.
var tokenHash = textKind(func(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	digits, ok := strings.CutPrefix(s, "sha256:")
	if sum, err := hex.DecodeString(digits); !ok || err != nil || len(sum) != sha256.Size {
		return "", errors.New("is not what `halxml agent-token` prints: sha256: and 64 hexadecimal digits")
	}
	return strings.ToLower(s), nil
})

var absolutePath = textKind(func(s string) (string, error) {
	if !filepath.IsAbs(s) {
		return "", fmt.Errorf("%q is not an absolute path", s)
	}
	return filepath.Clean(s), nil
})

// foldServer is the form in which servers' names are compared.
func foldServer(name string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
}

// serverKey takes a key below the table of servers.
func (l *loader) serverKey(parts toml.Key, value any) error {
	if _, ok := value.(map[string]any); !ok && len(parts) < 3 {
		return errors.New("must be a table of keys")
	}
	if len(parts) > 3 {
		return fmt.Errorf(`unknown key; a server's name with dots in it is written in quotes, as in [%s."dhcp1.example.com"]`, parts[0])
	}
	if len(parts) == 1 {
		return nil
	}
	i := slices.IndexFunc(l.config.Servers, func(s Server) bool { return s.Name == parts[1] && s.table() == parts[0] })
	if i < 0 {
		if err := l.newServer(parts[0], parts[1]); err != nil {
			return err
		}
		i = len(l.config.Servers) - 1
	}
	if len(parts) == 2 {
		return nil
	}
	keys := l.tables[parts[0]]
	k := slices.IndexFunc(keys, func(k ServerKey) bool { return k.Name == parts[2] })
	if k < 0 {
		return errors.New("unknown key; `halxml config --default` lists all")
	}
	text, ok := asText(keys[k].form, value)
	if !ok {
		return fmt.Errorf("must be %s", keys[k].form.want())
	}
	s := &l.config.Servers[i]
	s.given = append(s.given, keys[k].Name)
	return keys[k].set(s, text)
}

// table is the table of the file that a server has its own in.
func (s *Server) table() string {
	if s.Kea != nil {
		return keaTable
	}
	return serverTable
}

// keysOf are the keys of a table's servers.
func keysOf(table string) []ServerKey {
	if table == keaTable {
		return KeaKeys()
	}
	return ServerKeys()
}

// newServer adds a server with all defaults.
func (l *loader) newServer(table, name string) error {
	if foldServer(name) == "" {
		return errors.New("has no name")
	}
	for _, s := range l.config.Servers {
		if foldServer(s.Name) == foldServer(name) {
			return fmt.Errorf("is the server %s too", s.Name)
		}
	}
	s := Server{Name: name}
	if table == keaTable {
		s.Kea = &Kea{}
	}
	for _, k := range keysOf(table) {
		if err := k.set(&s, k.Default); err != nil {
			return fmt.Errorf("default of %s: %w", k.Name, err) // a programmer's error; the tests would see it
		}
	}
	l.config.Servers = append(l.config.Servers, s)
	return nil
}

// checkServers holds the servers' keys against each other.
func (c *Config) checkServers() error {
	files, agents := map[string]string{}, map[string]string{}
	for _, s := range c.Servers {
		where := s.table() + "." + quote(s.Name) + "."
		if s.Kea != nil {
			if s.Kea.DHCPv4 == "" && s.Kea.DHCPv6 == "" {
				return fmt.Errorf("%sdhcp4, %sdhcp6: one of them must say where the server takes commands", where, where)
			}
			for key, file := range map[string]string{"dhcp4": s.Kea.DHCPv4, "dhcp6": s.Kea.DHCPv6, "leases": s.Leases} {
				if filepath.IsAbs(file) {
					if other := files[file]; other != "" {
						return fmt.Errorf("%s%s: %s is a file of another key too: %s", where, key, file, other)
					}
					files[file] = where + key
				}
			}
			continue
		}
		if s.Agent != "" {
			if err := s.checkAgent(where); err != nil {
				return err
			}
			if other := agents[s.Agent]; other != "" {
				return fmt.Errorf("%sagent: is the token of another server too: %s; each has one of its own", where, other)
			}
			agents[s.Agent] = serverTable + "." + quote(s.Name)
			continue
		}
		if !slices.ContainsFunc(s.Validate, func(w string) bool { return strings.Contains(w, PlaceFile) }) {
			return fmt.Errorf("%svalidate: names no %s to judge", where, PlaceFile)
		}
		if len(s.Start) == 0 || len(s.Stop) == 0 {
			return fmt.Errorf("%sstart, %sstop: both must be commands", where, where)
		}
		for key, file := range map[string]string{"config": s.Config, "leases": s.Leases, "pid": s.PID} {
			if other := files[file]; other != "" {
				return fmt.Errorf("%s%s: %s is a file of another key too: %s", where, key, file, other)
			}
			files[file] = where + key
		}
	}
	return nil
}

// checkAgent refuses keys that mean nothing here.
func (s *Server) checkAgent(where string) error {
	for _, k := range agentServerKeys() {
		if slices.Contains(s.given, k.Name) {
			return fmt.Errorf("%s%s: stands in the configuration of the server's agent, not here", where, k.Name)
		}
	}
	return nil
}

// writeDefaultServer writes annotated examples of servers' tables.
func writeDefaultServer(b *strings.Builder) {
	b.WriteString("\n# How one server gets its configuration, under its name in the interface; a table for each server,\n" +
		"# only in this file. Nothing is delivered to a server without one.\n")
	writeDefaultKeys(b, serverExample, ServerKeys())
	b.WriteString("\n# A Kea server has a table of another kind.\n")
	writeDefaultKeys(b, "["+keaTable+".\"kea1.example.com\"]", KeaKeys())
}

const serverExample = "[" + serverTable + ".\"dhcp1.example.com\"]"

func writeDefaultKeys[S any](b *strings.Builder, table string, keys []TableKey[S]) {
	b.WriteString("# " + table + "\n")
	for _, k := range keys {
		b.WriteString("#\n")
		for _, line := range wrap(k.Doc, docWidth) {
			fmt.Fprintf(b, "# %s\n", line)
		}
		fmt.Fprintf(b, "# %s = %s\n", k.Name, literal(k.form, k.Default))
	}
}

// writeServers writes the tables of all servers.
func (c *Config) writeServers(b *strings.Builder) {
	for i := range c.Servers {
		table := c.Servers[i].table()
		fmt.Fprintf(b, "\n[%s.%s]\n", table, quote(c.Servers[i].Name))
		for _, k := range keysOf(table) {
			if c.Servers[i].Agent != "" && k.place == inBoth {
				continue
			}
			fmt.Fprintf(b, "%s = %s\n", k.Name, literal(k.form, k.get(&c.Servers[i])))
		}
	}
}
