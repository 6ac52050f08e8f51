package main

import (
	"context"
	"fmt"

	"halxml/internal/app"
)

// leasesCommand is about the leases of a stopped service.
type leasesCommand struct {
	Import leasesImportCommand `cmd:"" help:"Take a server's leases from its lease file; the service must be stopped."`
}

// leasesImportCommand reads a lease file.
type leasesImportCommand struct {
	settings
	Server string `arg:"" help:"The server, as it is called in the interface."`
	File   string `arg:"" help:"Its lease file: dhcpd.leases, or kea-leases4.csv or kea-leases6.csv."`
}

// Help says what does not fit a line.
func (leasesImportCommand) Help() string {
	return "The file is taken for all leases that the server has over its protocol: those that it does not tell of are removed. " +
		"A running service reads the lease files of the servers in its configuration by itself."
}

// Run implements the command.
func (c *leasesImportCommand) Run(p *program) error {
	config, err := c.load(p)
	if err != nil {
		return err
	}
	r, err := app.ImportLeases(context.Background(), config, c.Server, c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%d added, %d changed, %d removed, %d unchanged, %d outside the server's scopes\n",
		r.Added, r.Changed, r.Removed, r.Same, r.Outside)
	return err
}
