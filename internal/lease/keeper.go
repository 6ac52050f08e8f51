package lease

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/model"
	"halxml/store"
)

// Target is a server whose lease file is read.
type Target struct {
	Server string // its name in the interface
	File   string
}

// Keeper keeps the leases in the store up to date: it reads lease files when
// they change, and ends leases whose time is over.
type Keeper struct {
	Table   *Table
	Targets []Target
	Every   time.Duration // between two looks
	Log     zerolog.Logger

	stop context.CancelFunc
	done sync.WaitGroup
	seen map[string]seen
}

// seen is what a lease file was when it was read.
type seen struct {
	size    int64
	changed time.Time
	whole   bool // nothing of it was left out
	fault   string
}

// Start begins to look, at once and then again and again.
func (k *Keeper) Start() {
	ctx, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.done.Go(func() {
		tick := time.NewTicker(k.Every)
		defer tick.Stop()
		for {
			k.Look(ctx)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Close ends what Start began.
func (k *Keeper) Close() error {
	k.stop()
	k.done.Wait()
	return nil
}

// Look reads the lease files that have changed and ends leases that are over.
func (k *Keeper) Look(ctx context.Context) {
	if k.seen == nil {
		k.seen = map[string]seen{}
	}
	for _, target := range k.Targets {
		last := k.seen[target.Server]
		now, err := k.look(ctx, target, last)
		if err != nil && ctx.Err() == nil {
			if now.fault = err.Error(); now.fault != last.fault {
				k.Log.Warn().Str("server", target.Server).Err(err).Msg("the lease file cannot be read")
			}
		}
		k.seen[target.Server] = now
	}
	if _, err := k.Table.Expire(ctx); err != nil && ctx.Err() == nil {
		k.Log.Error().Err(err).Msg("leases that are over could not be ended")
	}
}

func (k *Keeper) look(ctx context.Context, target Target, last seen) (now seen, err error) {
	info, err := os.Stat(target.File)
	if errors.Is(err, fs.ErrNotExist) {
		return now, nil // the server has not run yet
	}
	if err != nil {
		return now, err
	}
	if last.whole && last.size == info.Size() && last.changed.Equal(info.ModTime()) {
		return last, nil
	}
	var server *model.Server
	err = k.Table.Store.View(ctx, func(tx store.Tx) (err error) {
		server, err = k.Table.Schema.ServersByName.First(tx, store.NameKey(target.Server))
		if errors.Is(err, store.ErrNotFound) {
			server, err = nil, nil
		}
		return err
	})
	if err != nil || server == nil || !server.Enabled {
		return now, err
	}
	at := k.Table.Now()
	leases, err := Load(server.Kind, target.File, at)
	if err != nil {
		return now, err
	}
	result, err := k.Table.Ingest(ctx, server.ID, leases, model.SourceFile)
	if err != nil {
		return now, err
	}
	// A file that is still being written may change without its time.
	settled := at.Sub(info.ModTime()) > 2*time.Second
	return seen{size: info.Size(), changed: info.ModTime(), whole: settled && result.Outside == 0}, nil
}
