package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"halxml/internal/app"
	"halxml/internal/config"
)

// serveCommand runs the service until SIGTERM or SIGINT.
type serveCommand struct {
	settings
	Listen *string `help:"Address and port; port 0 takes any free one." placeholder:"HOST:PORT"`
}

// Run implements the command. The first signal ends the service gracefully; a
// second one ends the process at once.
func (c *serveCommand) Run(p *program) error {
	var flags []config.Flag
	if c.Listen != nil {
		flags = append(flags, config.Flag{Flag: "--listen", Key: "listen", Value: *c.Listen})
	}
	settings, err := c.load(p, flags...)
	if err != nil {
		return err
	}
	ctx, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, release)
	defer release()
	stderr, isFile := p.stderr.(*os.File)
	return app.New(settings, app.Options{
		Stdout:   p.stdout,
		Stderr:   p.stderr,
		Terminal: isFile && term.IsTerminal(int(stderr.Fd())),
	}).Run(ctx)
}
