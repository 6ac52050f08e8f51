package app

import (
	"fmt"
	"os"
	"strings"

	"halxml/internal/config"
	"halxml/internal/deliver"
	"halxml/internal/host/channel"
	"halxml/internal/kea/control"
)

// keaHost reaches a Kea server through the channels that its table names.
func keaHost(s config.Server) (*channel.Host, error) {
	user, password, err := credentials(s)
	if err != nil {
		return nil, err
	}
	target := func(at string) *control.Target {
		switch {
		case at == "":
			return nil
		case config.Socket(at):
			return &control.Target{Socket: at}
		}
		return &control.Target{URL: at, User: user, Password: password}
	}
	h, err := channel.New(channel.Config{
		DHCPv4: target(s.Kea.DHCPv4), DHCPv6: target(s.Kea.DHCPv6), Trial: s.Kea.Trial, Start: s.Start, Stop: s.Stop,
	})
	if err != nil {
		return nil, fmt.Errorf("kea server %s: %w", s.Name, public(err))
	}
	return h, nil
}

// credentials are the user and password for a server's URLs, if it has any.
func credentials(s config.Server) (user, password string, err error) {
	if s.Kea.Credentials == "" {
		return "", "", nil
	}
	text, err := os.ReadFile(s.Kea.Credentials)
	if err != nil {
		return "", "", fmt.Errorf("credentials of the Kea server %s: %w", s.Name, reason(err))
	}
	user, password, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok || user == "" {
		return "", "", fmt.Errorf("credentials of the Kea server %s: the file does not hold user:password", s.Name)
	}
	return user, password, nil
}

// keas are what the configuration says of Kea servers, by the server's name.
func keas(c *config.Config) map[string]deliver.Kea {
	all := map[string]deliver.Kea{}
	for _, s := range c.Servers {
		if s.Kea == nil {
			continue
		}
		k := deliver.Kea{DHCPv4: s.Kea.DHCPv4 != "", DHCPv6: s.Kea.DHCPv6 != "", Hooks: s.Kea.Hooks}
		if config.Socket(s.Kea.DHCPv4) {
			k.Socket4 = s.Kea.DHCPv4
		}
		if config.Socket(s.Kea.DHCPv6) {
			k.Socket6 = s.Kea.DHCPv6
		}
		all[s.Name] = k
	}
	return all
}
