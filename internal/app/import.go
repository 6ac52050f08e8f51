package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"halxml/internal/auth"
	"halxml/internal/command"
	"halxml/internal/config"
	"halxml/internal/dhcpd"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/host"
	"halxml/internal/intake"
	"halxml/internal/kea"
	keaconf "halxml/internal/kea/conf"
	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
)

// ImportFile is the configuration file of one server.
type ImportFile struct{ Server, Path string }

// ImportOptions say how to import.
type ImportOptions struct {
	// Root stands before the absolute paths of included files: the folder that
	// another machine's files were copied to. Empty is this machine.
	Root    string
	Comment string // for history
	Space   string // the address space to import into; "" = the default one
	DryRun  bool   // change nothing
}

// ImportFinding tells what became of one part of a file.
type ImportFinding struct{ Place, Kind, Text string }

// ImportDHCPD takes dhcpd.conf files of ISC servers into the data of a stopped
// service, those of failover partners together. It returns what became of their
// parts, with an error too.
func ImportDHCPD(ctx context.Context, c *config.Config, files []ImportFile, o ImportOptions) ([]ImportFinding, error) {
	var sources []dhcpd.Source
	for _, f := range files {
		open := func(name string) ([]byte, error) { return openConfiguration(f.Path, o.Root, name) }
		file, err := conf.Load(f.Path, open)
		if err != nil {
			if syntax := (*conf.SyntaxError)(nil); errors.As(err, &syntax) && syntax.Err != nil {
				return nil, fmt.Errorf("%w: %w", err, reason(syntax.Err))
			}
			return nil, err
		}
		sources = append(sources, dhcpd.Source{Server: f.Server, File: file})
	}
	return take(ctx, c, dhcpd.Read(sources), o, files...)
}

// ImportKea takes files of Kea's daemons into the data of a stopped service; a
// server may have one for each daemon. It returns what ImportDHCPD does.
func ImportKea(ctx context.Context, c *config.Config, files []ImportFile, o ImportOptions) ([]ImportFinding, error) {
	var sources []kea.Source
	for _, f := range files {
		open := func(name string) ([]byte, error) { return openConfiguration(f.Path, o.Root, name) }
		file, err := keaconf.Load(f.Path, open)
		if err != nil {
			if syntax := (*keaconf.SyntaxError)(nil); errors.As(err, &syntax) && syntax.Err != nil {
				return nil, fmt.Errorf("%w: %w", err, reason(syntax.Err))
			}
			return nil, err
		}
		if file.Dhcp4 == nil && file.Dhcp6 == nil {
			return nil, fmt.Errorf("%s: it holds neither Dhcp4 nor Dhcp6, so it is no configuration of a DHCP server", f.Path)
		}
		sources = append(sources, kea.Source{Server: f.Server, Name: f.Path, File: file})
	}
	return take(ctx, c, kea.Read(sources), o)
}

// openConfiguration reads a configuration file, or one that it includes.
func openConfiguration(first, root, name string) ([]byte, error) {
	if name == first {
		return os.ReadFile(name)
	}
	if !filepath.IsAbs(name) {
		return nil, errors.New("the path is not absolute")
	}
	text, err := os.ReadFile(filepath.Join(root, name))
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	}
	return text, err
}

// take stores an intake in the data of a stopped service. Those of the files
// that are live count as delivered.
func take(ctx context.Context, c *config.Config, in *intake.Intake, o ImportOptions, files ...ImportFile) (out []ImportFinding, err error) {
	err = withData(ctx, c, func(s *bolt.Store) error {
		commands := command.New(command.Options{Store: s, Schema: store.NewSchema(), Now: time.Now, Zone: time.UTC})
		found, err := commands.Import(ctx, in, command.Import{Username: auth.AdministratorName, Comment: o.Comment, Space: o.Space, DryRun: o.DryRun})
		for _, f := range found {
			out = append(out, ImportFinding{f.Place.String(), string(f.Kind), f.Text})
		}
		if err != nil || o.DryRun {
			return public(err)
		}
		return s.Update(ctx, func(tx store.Tx) error { return adoptLive(tx, c, files) })
	})
	return out, err
}

// adoptLive notes that the live files of servers on this machine count as
// delivered where they are what was imported: all of it is known.
func adoptLive(tx store.Tx, c *config.Config, files []ImportFile) error {
	schema := store.NewSchema()
	for _, f := range files {
		server, err := schema.ServersByName.First(tx, store.NameKey(f.Server))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(c.Servers, func(s config.Server) bool { return server.Is(s.Name) })
		if i < 0 || c.Servers[i].Config == "" {
			continue
		}
		live, err := os.ReadFile(c.Servers[i].Config)
		if err != nil {
			continue // it is to be made, or not to be read by whoever imports
		}
		if text, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(text, live) {
			continue
		}
		record := &model.Delivery{ID: server.ID, Delivered: string(host.HashOf(live)), At: time.Now()}
		if err = schema.Deliveries.InsertWithID(tx, record); errors.Is(err, store.ErrDuplicate) {
			err = schema.Deliveries.Update(tx, record)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
