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
	seen map[Target]seen
}

// share bounds what reading a file costs that is long and changes all the time:
// it is left alone for this many times as long as it took to read.
const share = 20

// settling is how long a file that is being written may change without its time
// of change.
const settling = 2 * time.Second

// seen is what a lease file was when it was read.
type seen struct {
	size    int64
	changed time.Time
	whole   bool   // nothing will be found by reading it again
	outside bool   // it has leases that no scope of the server held
	scopes  uint64 // the version of the scopes that it was held against
	fault   string

	read time.Time // when it was
	took time.Duration
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
// Where nothing has changed it costs next to nothing.
func (k *Keeper) Look(ctx context.Context) {
	if k.seen == nil {
		k.seen = map[Target]seen{}
	}
	for _, target := range k.Targets {
		last := k.seen[target]
		now, err := k.look(ctx, target, last)
		if err != nil && ctx.Err() == nil {
			if now.fault = err.Error(); now.fault != last.fault {
				k.Log.Warn().Str("server", target.Server).Err(err).Msg("the lease file cannot be read")
			}
		}
		k.seen[target] = now
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
	at := k.Table.Now()
	if since := at.Sub(last.read); since >= 0 && since < share*last.took {
		return last, nil
	}
	same := last.size == info.Size() && last.changed.Equal(info.ModTime())
	if same && last.whole && !last.outside {
		return last, nil
	}
	now = seen{size: info.Size(), changed: info.ModTime(), whole: at.Sub(info.ModTime()) > settling, read: at}
	var server *model.Server
	err = k.Table.Store.View(ctx, func(tx store.Tx) (err error) {
		schema := k.Table.Schema
		now.scopes, _ = tx.Version(schema.Scopes.Name, schema.Ranges.Name)
		server, err = schema.ServersByName.First(tx, store.NameKey(target.Server))
		if errors.Is(err, store.ErrNotFound) {
			server, err = nil, nil
		}
		return err
	})
	if err != nil || server == nil || !server.Enabled {
		return seen{}, err
	}
	if same && last.whole && now.scopes == last.scopes {
		return last, nil
	}
	reading, err := Load(server.Kind, target.File, at)
	if errors.Is(err, errEmpty) {
		return now, nil
	}
	if err == nil {
		var result Result
		result, err = k.Table.Ingest(ctx, server.ID, reading, model.SourceFile)
		now.outside = result.Outside > 0
	}
	now.took = k.Table.Now().Sub(at)
	now.whole = now.whole && err == nil
	return now, err
}
