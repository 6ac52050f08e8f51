package deliver

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/audit"
	"halxml/internal/dhcpd/leases"
	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/model"
	"halxml/store"
)

// Host is the machine of one server: package host's own, or one far away.
type Host interface {
	// Watch tells the server's state at once and at each change until ctx ends.
	Watch(ctx context.Context, report func(host.State))
	// Live is the live configuration; ok is false when there is none.
	Live(ctx context.Context) (text []byte, ok bool, err error)
	// Stage writes a configuration beside the live one and lets the server's
	// own check judge it; Unstage takes it away again.
	Stage(ctx context.Context, text []byte) (host.Verdict, error)
	Unstage(ctx context.Context) error
	// Swap puts the staged configuration in the live one's place, if these are
	// still to and from; Restore puts back what Swap found.
	Swap(ctx context.Context, from, to host.Hash) error
	Restore(ctx context.Context, to host.Hash) error
	// Start and Stop return when the server runs, or is gone, and when that was
	// told to who watches: what they return may be old when it arrives.
	Start(ctx context.Context) (host.State, error)
	Stop(ctx context.Context) (host.State, error)
	// Leases is what the server's lease file says.
	Leases(ctx context.Context) (*leases.File, error)
}

// Reloader is a Host whose server takes a configuration while it runs: what Swap
// and Restore put in place is in force, and reported, when they return, and no
// delivery restarts the server. State.Config is then a hash of what the server
// says that it runs with, and not of a text that was put there.
type Reloader interface {
	Host
	// Keep lets the server start with what it runs with, from now on.
	Keep(ctx context.Context) error
}

// Target is a server that configurations are brought to.
type Target struct {
	Server string // its name in the interface
	Host   Host
	Manual bool // changes wait for a Deploy
}

// Options are what a Deliverer needs. Store, Schema and Targets are required.
type Options struct {
	Store     store.Store
	Schema    *store.Schema
	Preambles map[string]string // the operator's statements by the server's name
	Kea       map[string]Kea    // what is known of Kea servers, by name
	Targets   []Target
	Adopt     Adopter // takes what others have changed into the store
	Log       zerolog.Logger
	Now       func() time.Time
	Gather    time.Duration // how long a change waits for more
	Settle    time.Duration // how long a restarted server may take to work; 30 s when 0
	Retry     time.Duration // before the first new attempt after a failure; 30 s when 0
}

// maxRetry bounds the time between attempts, which doubles with each.
const maxRetry = time.Hour

// Deliverer brings what is stored to servers, one group of partners at a time,
// and writes what they say of themselves into the store.
type Deliverer struct {
	o        Options
	renderer *Renderer
	history  *audit.Log
	targets  []*target
	asks     chan func(context.Context) // what callers wait for
	wake     chan struct{}
	stop     context.CancelFunc
	done     sync.WaitGroup
	ended    chan struct{} // closed when all is over

	mu    sync.Mutex
	dirty map[model.ID]bool // servers that a command changed
	since time.Time         // of the first of these changes
	moved chan struct{}     // closed and replaced when a host reports
}

// New prepares a Deliverer. Nothing happens before Start.
func New(o Options) *Deliverer {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Settle <= 0 {
		o.Settle = 30 * time.Second
	}
	if o.Retry <= 0 {
		o.Retry = 30 * time.Second
	}
	d := &Deliverer{
		o: o, renderer: &Renderer{Schema: o.Schema, Preambles: o.Preambles, Kea: o.Kea}, history: audit.New(o.Schema),
		asks: make(chan func(context.Context)), wake: make(chan struct{}, 1), stop: func() {},
		dirty: map[model.ID]bool{}, moved: make(chan struct{}), ended: make(chan struct{}),
	}
	for _, t := range o.Targets {
		d.targets = append(d.targets, &target{Target: t, stale: true})
	}
	return d
}

// Start begins to watch and to deliver. What differs from what was delivered
// is found then, so that nothing is lost with a crash.
func (d *Deliverer) Start() {
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	for _, t := range d.targets {
		d.done.Go(func() { t.Host.Watch(ctx, func(s host.State) { d.reported(t, s) }) })
	}
	d.done.Go(func() { d.run(ctx) })
}

// Close ends what Start began, once. A step that has begun at a server is ended first; a
// delivery that is not whole then is taken up again by the next Start.
func (d *Deliverer) Close() error {
	d.stop()
	d.done.Wait()
	close(d.ended)
	return nil
}

// Changed notes that the configuration of servers may have changed.
func (d *Deliverer) Changed(servers []model.ID) {
	d.mu.Lock()
	if len(d.dirty) == 0 {
		d.since = time.Now()
	}
	for _, id := range servers {
		d.dirty[id] = true
	}
	d.mu.Unlock()
	d.poke()
}

func (d *Deliverer) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// reported takes the state that a host tells.
func (d *Deliverer) reported(t *target, s host.State) {
	d.mu.Lock()
	if s.Fault != "" && s.Fault != t.state.Fault {
		d.o.Log.Warn().Str("server", t.Server).Str("fault", s.Fault).Msg("not all is known of a server")
	}
	t.back = t.back || t.seen && !t.state.Reachable && s.Reachable
	t.state, t.seen = s, true
	close(d.moved)
	d.moved = make(chan struct{})
	d.mu.Unlock()
	d.poke()
}

// started takes what became of a start.
func (d *Deliverer) started(t *target, err error) {
	d.mu.Lock()
	t.broken = err != nil
	d.mu.Unlock()
	d.poke()
}

// stateOf is what was last seen of a target.
func (d *Deliverer) stateOf(t *target) (s host.State, seen bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return t.state, t.seen
}

// await waits until cond is done, or fails, at most for as long as given; cond
// is asked again whenever a host reports.
func (d *Deliverer) await(ctx context.Context, limit time.Duration, cond func() (bool, error)) (bool, error) {
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		d.mu.Lock()
		moved := d.moved
		d.mu.Unlock()
		if ok, err := cond(); ok || err != nil {
			return ok, err
		}
		select {
		case <-moved:
			d.publish(ctx)
		case <-end.C:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// idle is the longest time between two looks at what waits.
const idle = time.Minute

// run is the one place where anything is delivered.
func (d *Deliverer) run(ctx context.Context) {
	if err := d.forget(ctx); err != nil && ctx.Err() == nil {
		d.o.Log.Error().Err(err).Msg("clearing states")
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case do := <-d.asks:
			do(ctx)
			continue
		case <-d.wake:
		case <-timer.C:
		}
		next := idle
		if wait := d.gathering(); wait > 0 {
			d.publish(ctx)
			next = min(next, wait)
		} else if err := d.pass(ctx, nil); err != nil && ctx.Err() == nil {
			d.o.Log.Error().Err(err).Msg("delivery")
		}
		for _, t := range d.targets {
			if wait := time.Until(t.next); wait > 0 {
				next = min(next, wait)
			}
		}
		timer.Reset(next)
	}
}

// gathering is how long the changes so far still wait for more.
func (d *Deliverer) gathering() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.dirty) == 0 {
		return 0
	}
	return time.Until(d.since.Add(d.o.Gather))
}

// between runs fn where deliveries run, between two of them, and tells its result.
// When the caller goes it goes on.
func between[T any](ctx context.Context, d *Deliverer, fn func(context.Context) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	var none T
	select {
	case d.asks <- func(ctx context.Context) {
		value, err := fn(ctx)
		done <- result{value, err}
	}:
	case <-ctx.Done():
		return none, ctx.Err()
	case <-d.ended:
		return none, errs.Errorf(errs.Unavailable, "The service is ending")
	}
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
