package main

import (
	"context"
	"fmt"

	"halxml/internal/app"
)

// backupCommand copies the data file of a stopped service.
type backupCommand struct {
	settings
	File string `arg:"" help:"The file to write; it must not be there yet."`
}

// Run implements the command.
func (c *backupCommand) Run(p *program) error {
	config, err := c.load(p)
	if err != nil {
		return err
	}
	size, err := app.Backup(context.Background(), config, c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%d bytes written to %s\n", size, c.File)
	return err
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
