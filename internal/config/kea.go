package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// keaTable is the table of the file that has one table for each Kea server:
// [kea."kea1.example.com"].
const keaTable = "kea"

// PlaceDaemon stands for dhcp4 or dhcp6 in a Kea server's trial command.
const PlaceDaemon = "{daemon}"

// Kea says how a Kea server gets its configuration: through the control channels
// of its daemons.
type Kea struct {
	DHCPv4, DHCPv6 string   // where a daemon takes commands: the path of a socket, or a URL; "" = there is no such daemon
	Credentials    string   // a file with user:password for URLs; "" = none
	Hooks          string   // the folder of Kea's libraries; "" = that of the libraries in the preamble
	Leases6        string   // the lease file of DHCPv6
	Trial          []string // starts a daemon to see whether it can; empty = no trial
}

// Socket tells whether a channel is a socket and not a URL.
func Socket(channel string) bool { return filepath.IsAbs(channel) }

// KeaKeys is the table of a Kea server's keys, in the order of the default file.
func KeaKeys() []ServerKey {
	return []ServerKey{
		serverKey("deliver", DeliverAuto, "auto delivers changes as they come; manual waits for `halxml deploy`.",
			func(s *Server) *string { return &s.Deliver }, oneOf(DeliverAuto, DeliverManual)),
		serverKey("dhcp4", "", "Where the daemon for DHCPv4 takes commands: the path of its control socket, or the URL of the control agent or of the daemon itself, such as http://192.0.2.1:8000/. Empty is a server without that daemon.",
			func(s *Server) *string { return &s.Kea.DHCPv4 }, channel),
		serverKey("dhcp6", "", "The same for DHCPv6.",
			func(s *Server) *string { return &s.Kea.DHCPv6 }, channel),
		serverKey("credentials", "", "A file with user:password for a URL.",
			func(s *Server) *string { return &s.Kea.Credentials }, pathOrNone),
		serverKey("preamble", "", "The operator's configuration, as in Kea's files: an object with Dhcp4, Dhcp6 or both. Its keys, such as interfaces-config, loggers and lifetimes, take the place of imported ones; subnets and high availability are the service's.",
			func(s *Server) *string { return &s.Preamble }, anyText),
		serverKey("hooks", "", "The folder of Kea's libraries. Empty is that of the first library in the preamble or in the imported file, else /usr/local/lib/kea/hooks.",
			func(s *Server) *string { return &s.Kea.Hooks }, pathOrNone),
		serverKey("trial", join("kea-"+PlaceDaemon, "-c", PlaceFile), "The command that starts a daemon of this machine to see whether it can run with a configuration, without a shell; {daemon} stands for dhcp4 or dhcp6, {file} for the file. It serves nobody and is ended at once. An empty list leaves the trial away; then only Kea's own check judges, which looks at no library.",
			func(s *Server) *[]string { return &s.Kea.Trial }, trialKind),
		serverKey("start", "", "The command that starts the server, for SetServiceStatus.",
			func(s *Server) *[]string { return &s.Start }, commandKind),
		serverKey("stop", "", "The command that stops the server.",
			func(s *Server) *[]string { return &s.Stop }, commandKind),
		serverKey("leases", "", "The lease file for DHCPv4, if it is on this machine, such as /var/lib/kea/kea-leases4.csv.",
			func(s *Server) *string { return &s.Leases }, pathOrNone),
		serverKey("leases6", "", "The lease file for DHCPv6.",
			func(s *Server) *string { return &s.Kea.Leases6 }, pathOrNone),
	}
}

var pathOrNone = textKind(func(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	return absolutePath.parse(s)
})

var channel = textKind(func(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if filepath.IsAbs(s) {
		return filepath.Clean(s), nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is neither an absolute path nor a URL such as http://192.0.2.1:8000/", s)
	}
	if u.User != nil {
		return "", fmt.Errorf("%q must not hold a user; that is what credentials is for", u.Redacted())
	}
	return s, nil
})

var trialKind = kind[[]string]{formCommand,
	func(s string) ([]string, error) {
		words, err := commandKind.parse(s)
		if err == nil && len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, PlaceFile) }) {
			return nil, fmt.Errorf("names no %s to start with", PlaceFile)
		}
		return words, err
	},
	commandKind.print,
}
