package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"halxml/internal/app"
)

// backupCommand copies the data.
type backupCommand struct {
	settings
	URL     string        `help:"URL of a running service, which goes on meanwhile; without it the service must be stopped." placeholder:"URL"`
	Timeout time.Duration `help:"How long a running service may take." default:"1h"`
	File    string        `arg:"" help:"The file to write; it must not be there yet."`
}

// Help says what does not fit a line.
func (backupCommand) Help() string {
	return `Copies the data file as --config and --data say, or with --url that of a running service,
as administrator: HALXML_USER and HALXML_PASSWORD, or the session in HALXML_SESSION.`
}

// Run implements the command. A signal ends it without leaving anything.
func (c *backupCommand) Run(p *program) error {
	ctx, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, release)
	defer release()
	size, err := c.copy(ctx, p)
	if errors.Is(err, app.ErrInUse) {
		return fmt.Errorf("%w; of a running service the data are copied with --url", err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%d bytes written to %s\n", size, c.File)
	return err
}

func (c *backupCommand) copy(ctx context.Context, p *program) (size int64, err error) {
	if c.URL == "" {
		config, err := c.load(p)
		if err != nil {
			return 0, err
		}
		return app.Backup(ctx, config, c.File)
	}
	from := remote{URL: c.URL}
	err = from.ask(ctx, p, c.Timeout, http.MethodGet, "/backup", nil, func(body io.Reader) (err error) {
		size, err = app.ReceiveBackup(ctx, body, c.File)
		return err
	})
	return size, err
}

// checkCommand tests the data file of a stopped service.
type checkCommand struct{ settings }

// Run implements the command.
func (c *checkCommand) Run(p *program) error {
	config, err := c.load(p)
	if err != nil {
		return err
	}
	faults, err := app.Check(context.Background(), config)
	for _, fault := range faults {
		fmt.Fprintln(p.stdout, fault)
	}
	switch {
	case err != nil:
		return err
	case len(faults) > 0:
		return fmt.Errorf("the data have %d fault(s)", len(faults))
	}
	_, err = fmt.Fprintln(p.stdout, "the data are sound")
	return err
}
