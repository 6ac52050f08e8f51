package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"halxml/internal/agent/gate"
	"halxml/internal/config"
	"halxml/internal/errs"
	"halxml/internal/lease"
	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
)

// leasesEvery is how often lease files are looked at.
const leasesEvery = time.Second

// keepLeases keeps the leases in the data as the configured servers tell them.
func (a *App) keepLeases(data store.Store, schema *store.Schema, agents *gate.Gate) {
	k := &lease.Keeper{Table: &lease.Table{Store: data, Schema: schema, Now: a.Now}, Every: leasesEvery, Log: a.log}
	for _, s := range a.config.Servers {
		files := []string{s.Leases}
		if remote := agents.Remote(s.Name); remote != nil {
			files = []string{remote.LeaseFile()}
		}
		if s.Kea != nil {
			files = append(files, s.Kea.Leases6)
		}
		for _, file := range files {
			if file != "" {
				k.Targets = append(k.Targets, lease.Target{Server: s.Name, File: file})
			}
		}
	}
	k.Start()
	a.closers = append(a.closers, func(context.Context) error { return k.Close() })
}

// ImportLeases makes the leases of a server of a stopped service what a lease
// file says: dhcpd.leases, or a CSV file of Kea, which is of one protocol.
func ImportLeases(ctx context.Context, c *config.Config, server, file string) (result lease.Result, err error) {
	err = withData(ctx, c, func(s *bolt.Store) error {
		table := &lease.Table{Store: s, Schema: store.NewSchema(), Now: time.Now}
		var found *model.Server
		err := s.View(ctx, func(tx store.Tx) (err error) {
			found, err = table.Schema.ServersByName.First(tx, store.NameKey(server))
			if errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("there is no server %q", server)
			}
			return err
		})
		if err != nil {
			return err
		}
		leases, err := lease.Load(found.Kind, file, table.Now())
		var path *fs.PathError
		switch {
		case errs.CodeOf(err) == errs.NotSupported:
			return public(err)
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s: it is not there", file)
		case errors.As(err, &path):
			return fmt.Errorf("%s: %w", file, reason(err))
		case err != nil:
			return fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "leases: "))
		}
		result, err = table.Ingest(ctx, found.ID, leases, model.SourceImport)
		return err
	})
	return result, err
}
