package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Agent is the configuration of an agent.
type Agent struct {
	Service Service
	Log     Log
	Server  Server // the one that it serves: files and commands
}

// Service says how an agent reaches the service.
type Service struct {
	URL         string
	TokenFile   string
	Token       string // in place of the file; never from a file
	CA          string // file of the authorities that may have signed the service's certificate; "" = the system's
	Fingerprint string // the certificate's; "" = not looked at
	Execute     bool   // the service's configurations may make the server run programs
}

// agentKeys is the table of an agent's keys, without those of its server.
func agentKeys() []Key {
	token := keyOf("service.token", "", "The token itself, in place of token_file.",
		func(c *Config) *string { return &c.service.Token }, anyText)
	token.EnvOnly, token.Secret = true, true
	keys := []Key{
		keyOf("service.url", "", "URL of the service. It is https, or http on this same machine.",
			func(c *Config) *string { return &c.service.URL }, webURL),
		keyOf("service.token_file", "/etc/halxml/agent.token", "File with the token that `halxml agent-token` has made, readable for the agent only.",
			func(c *Config) *string { return &c.service.TokenFile }, absolutePath),
		token,
		keyOf("service.ca", "", "File with the certificates, PEM, one of which must have signed the service's. Empty takes those of the system.",
			func(c *Config) *string { return &c.service.CA }, anyText),
		keyOf("service.fingerprint", "", "SHA-256 of the service's certificate in hexadecimal. When it is set no other certificate is believed, and without service.ca it is all that is looked at.",
			func(c *Config) *string { return &c.service.Fingerprint }, fingerprint),
		keyOf("service.execute", "false", "Whether a configuration from the service may make dhcpd run programs (execute). Without it such a one is refused, so that who rules the service does not rule this machine.",
			func(c *Config) *bool { return &c.service.Execute }, boolean),
	}
	for _, k := range Keys() {
		if k.Name == "log.level" || k.Name == "log.format" {
			keys = append(keys, k)
		}
	}
	return keys
}

var fingerprint = textKind(func(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	digits := strings.ReplaceAll(s, ":", "")
	if _, err := hex.DecodeString(digits); err != nil || len(digits) != 64 {
		return "", errors.New("is not the SHA-256 of a certificate, 64 hexadecimal digits")
	}
	return strings.ToLower(digits), nil
})

// LoadAgent reads an agent's configuration, as Load does the service's.
func LoadAgent(s Sources) (a *Agent, warnings []string, err error) {
	l := &loader{config: &Config{origins: map[string]string{}}, keys: agentKeys(), tables: map[string][]ServerKey{serverTable: agentServerKeys()}}
	if warnings, err = l.load(s); err != nil {
		return nil, nil, err
	}
	c := l.config
	if len(c.Servers) != 1 {
		return nil, nil, fmt.Errorf("an agent serves one server: its configuration has one table such as [%s.\"dhcp1.example.com\"]", serverTable)
	}
	if c.service.URL == "" {
		return nil, nil, errors.New("service.url: is not set")
	}
	if err := c.checkServers(); err != nil {
		return nil, nil, err
	}
	return &Agent{Service: c.service, Log: c.Log, Server: c.Servers[0]}, warnings, nil
}

// WriteDefaultAgent writes an annotated configuration file of an agent, with
// every default commented out.
func WriteDefaultAgent(w io.Writer) error {
	return writeDefault(w, "# Configuration of an agent of halxml: `halxml agent --config FILE`, or HALXML_CONFIG=FILE.\n", agentKeys(), func(b *strings.Builder) {
		b.WriteString("\n# The server that the agent serves, under its name in the interface; one, only in this file.\n")
		writeDefaultKeys(b, serverExample, agentServerKeys())
	})
}
