package main

import (
	"context"
	"fmt"
	"strings"

	"halxml/internal/app"
	"halxml/internal/config"
)

// importCommand takes configuration files into the data of a stopped service.
type importCommand struct {
	DHCPD importDHCPDCommand `cmd:"" name:"dhcpd.conf" help:"Take over ISC dhcpd servers; give the files of failover partners together."`
	Kea   importKeaCommand   `cmd:"" help:"Take over Kea servers; a server has a file for each of its daemons."`
}

// importing are the flags of every import.
type importing struct {
	settings
	DryRun  bool     `help:"Tell what would happen, and change nothing."`
	Comment string   `help:"A comment for the history."`
	Space   string   `help:"The address space to import into, instead of the default one."`
	Files   []string `arg:"" name:"server=file" help:"Name of a server and its configuration file."`
}

// Help says what does not fit a line.
func (importing) Help() string {
	return "Everything is taken, or nothing. Each part of the files is told with its place and what becomes of it: taken " +
		"(an object of the service), kept (in the server's own language, in its place), changed (said in another way) or refused."
}

// importDHCPDCommand takes dhcpd.conf files.
type importDHCPDCommand struct {
	importing
	IncludeRoot string `help:"The folder that stands for / in the paths of included files." type:"existingdir"`
}

// Run implements the command.
func (c *importDHCPDCommand) Run(p *program) error {
	return c.run(p, func(ctx context.Context, config *config.Config, files []app.ImportFile, o app.ImportOptions) ([]app.ImportFinding, error) {
		o.Root = c.IncludeRoot
		return app.ImportDHCPD(ctx, config, files, o)
	})
}

// importKeaCommand takes files of Kea's daemons.
type importKeaCommand struct {
	importing
	IncludeRoot string `help:"The folder that stands for / in the paths of included files." type:"existingdir"`
}

// Run implements the command.
func (c *importKeaCommand) Run(p *program) error {
	return c.run(p, func(ctx context.Context, config *config.Config, files []app.ImportFile, o app.ImportOptions) ([]app.ImportFinding, error) {
		o.Root = c.IncludeRoot
		return app.ImportKea(ctx, config, files, o)
	})
}

type importFunc func(context.Context, *config.Config, []app.ImportFile, app.ImportOptions) ([]app.ImportFinding, error)

// run does an import and reports it.
func (c *importing) run(p *program, do importFunc) error {
	var files []app.ImportFile
	for _, arg := range c.Files {
		server, path, ok := strings.Cut(arg, "=")
		if !ok || server == "" || path == "" {
			return usageError{fmt.Sprintf("%q is not SERVER=FILE", arg)}
		}
		files = append(files, app.ImportFile{Server: server, Path: path})
	}
	config, err := c.load(p)
	if err != nil {
		return err
	}
	found, err := do(context.Background(), config, files, app.ImportOptions{Comment: c.Comment, Space: c.Space, DryRun: c.DryRun})
	number := map[string]int{}
	for _, f := range found {
		fmt.Fprintf(p.stdout, "%s: %s: %s\n", f.Place, f.Kind, strings.ReplaceAll(f.Text, "\n", " "))
		number[f.Kind]++
	}
	if err != nil {
		return err
	}
	what := "imported"
	if c.DryRun {
		what = "nothing imported"
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d taken, %d kept, %d changed\n", what, number["taken"], number["kept"], number["changed"])
	return err
}
