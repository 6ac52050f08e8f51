package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"halxml/internal/app"
	"halxml/internal/config"
)

// agentCommand serves one DHCP server of a service elsewhere.
type agentCommand struct {
	Config  string   `help:"Configuration file (TOML) of the agent." placeholder:"FILE" env:"HALXML_CONFIG"`
	Set     []string `help:"Set a key of the configuration, as in --set log.level=debug; repeatable." placeholder:"KEY=VALUE" sep:"none"`
	Default bool     `help:"Print a configuration file with every key of an agent, what it means and its default."`
}

// Help says what does not fit a line.
func (agentCommand) Help() string {
	return "Runs on the DHCP server's machine, calls the service and does there what a delivery needs, with the commands " +
		"of its own configuration file and no others. `halxml agent-token` makes its token."
}

// Run implements the command. The step that has begun is ended before it ends.
func (c *agentCommand) Run(p *program) error {
	if c.Default {
		return config.WriteDefaultAgent(p.stdout)
	}
	flags, err := setFlags(c.Set)
	if err != nil {
		return err
	}
	settings, warnings, err := config.LoadAgent(config.Sources{File: c.Config, Environ: p.environ, Flags: flags})
	for _, w := range warnings {
		fmt.Fprintln(p.stderr, "halxml: warning: "+w)
	}
	if err != nil {
		return err
	}
	ctx, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, release)
	defer release()
	stderr, isFile := p.stderr.(*os.File)
	return app.RunAgent(ctx, settings, app.AgentOptions{Stderr: p.stderr, Terminal: isFile && term.IsTerminal(int(stderr.Fd()))})
}

// agentTokenCommand makes a token for an agent.
type agentTokenCommand struct {
	Server string `arg:"" help:"The server, as it is called in the interface."`
}

// Help says what does not fit a line.
func (agentTokenCommand) Help() string {
	return "Prints a new token, which goes into a file on the server's machine, and the lines for the service's configuration, " +
		"which hold its hash only. The token that the server's agent had before is worth nothing then."
}

// Run implements the command.
func (c *agentTokenCommand) Run(p *program) error {
	token, hash, err := app.NewAgentToken(rand.Reader)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "# On the machine of %s, in the agent's service.token_file, readable for the agent only:\n%s\n"+
		"# In the configuration file of the service, which must be started again:\n[server.%q]\nagent = %q\n", c.Server, token, c.Server, hash)
	return err
}
