package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"halxml/internal/agent"
	"halxml/internal/agent/gate"
	"halxml/internal/config"
	"halxml/internal/deliver"
	"halxml/internal/host"
)

// leaseDir is the directory, in that of the data, of the lease files that
// agents send.
const leaseDir = "leases"

// gate is where the agents of the servers that have one come to.
func (a *App) gate() (*gate.Gate, error) {
	tokens := map[string]agent.TokenHash{}
	for _, s := range a.config.Servers {
		if s.Agent == "" {
			continue
		}
		hash, err := agent.ParseTokenHash(s.Agent)
		if err != nil {
			return nil, fmt.Errorf("agent of server %s: %w", s.Name, err) // the configuration has checked it
		}
		tokens[s.Name] = hash
	}
	return gate.New(gate.Options{Servers: tokens, Dir: filepath.Join(a.config.Data, leaseDir), Log: a.log, Now: a.Now}), nil
}

// endDelivery lets the step that has begun at a server end, as long as ctx
// allows where that is an agent's, and sends the agents away.
func endDelivery(ctx context.Context, d *deliver.Deliverer, agents *gate.Gate) error {
	giveUp := context.AfterFunc(ctx, func() { _ = agents.Close() })
	defer giveUp()
	return errors.Join(d.Close(), agents.Close())
}

// AgentOptions are an agent's surroundings.
type AgentOptions struct {
	Stderr   io.Writer // gets the log
	Terminal bool      // Stderr is a terminal: log.format auto means console
}

// RunAgent serves one server for a service elsewhere until ctx ends. Its error
// is a sentence for the operator.
func RunAgent(ctx context.Context, c *config.Agent, o AgentOptions) error {
	service := agent.Service{URL: c.Service.URL, Fingerprint: c.Service.Fingerprint}
	text, where := c.Service.Token, config.EnvPrefix+"SERVICE_TOKEN"
	if text == "" {
		where = c.Service.TokenFile
		file, err := os.ReadFile(where)
		if err != nil {
			return fmt.Errorf("service.token_file: %s: %w", where, reason(err))
		}
		text = string(file)
	}
	var err error
	if service.Token, err = agent.ParseToken(text); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	if c.Service.CA != "" {
		if service.CA, err = os.ReadFile(c.Service.CA); err != nil {
			return fmt.Errorf("service.ca: %s: %w", c.Service.CA, reason(err))
		}
	}
	log, _ := newLogs(c.Log, o.Stderr, o.Terminal, time.Now)
	log = log.With().Str("server", c.Server.Name).Logger()
	a, err := agent.New(agent.Options{
		Server: c.Server.Name, Service: service, Host: host.New(hostConfig(c.Server)), Leases: c.Server.Leases,
		Execute: c.Service.Execute, Log: log,
	})
	if err != nil {
		return fmt.Errorf("service: %s %w", c.Service.URL, err)
	}
	if info, err := os.Stat(where); c.Service.Token == "" && err == nil && info.Mode().Perm()&0o077 != 0 {
		log.Warn().Str("file", where).Msg("the token's file can be read by other users of this machine: chmod 600")
	}
	log.Info().Str("url", c.Service.URL).Msg("an agent begins")
	a.Run(ctx)
	log.Info().Msg("the agent has ended")
	return nil
}

// NewAgentToken makes a token, and what the service keeps of it.
func NewAgentToken(random io.Reader) (token, hash string, err error) {
	token, err = agent.NewToken(random)
	return token, agent.HashToken(token).String(), err
}
