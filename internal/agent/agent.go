package agent

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/host"
)

// Host is the machine that an agent works at: package host's.
type Host interface {
	Watch(ctx context.Context, report func(host.State))
	Live(ctx context.Context) (text []byte, ok bool, err error)
	Stage(ctx context.Context, text []byte) (host.Verdict, error)
	Unstage(ctx context.Context) error
	Swap(ctx context.Context, from, to host.Hash) error
	Restore(ctx context.Context, to host.Hash) error
	Start(ctx context.Context) (host.State, error)
	Stop(ctx context.Context) (host.State, error)
}

// Options are what an Agent needs. Times and Log may be left out.
type Options struct {
	Server  string // as it is called in the interface
	Service Service
	Host    Host
	Leases  string // the server's lease file
	// Execute lets configurations make the server run programs.
	Execute bool
	Log     zerolog.Logger

	Beat   time.Duration // between two reports when nothing changes; 5 s when 0
	Retry  time.Duration // before the first new attempt to reach the service; 1 s when 0
	Gather time.Duration // between two looks at the lease file; 1 s when 0
}

// Agent serves one DHCP server.
type Agent struct {
	o    Options
	link *link
	me   Hello

	mu      sync.Mutex
	seen    Seen
	changed chan struct{} // something was seen
	service string        // the word of the service that was reached last
}

// New prepares an agent; nothing is opened before Run.
func New(o Options) (*Agent, error) {
	for _, t := range []struct {
		have *time.Duration
		def  time.Duration
	}{{&o.Beat, 5 * time.Second}, {&o.Retry, time.Second}, {&o.Gather, time.Second}} {
		if *t.have <= 0 {
			*t.have = t.def
		}
	}
	l, err := newLink(o.Service)
	if err != nil {
		return nil, err
	}
	return &Agent{o: o, link: l, me: Hello{Version, o.Server, rand.Text()}, changed: make(chan struct{}, 1)}, nil
}

// Run works for the service until ctx ends. A task that has begun is ended, and
// the service told.
func (a *Agent) Run(ctx context.Context) {
	defer a.link.close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { a.o.Host.Watch(ctx, a.observe) })
	select {
	case <-a.changed: // the first look
	case <-ctx.Done():
		return
	}
	all.Go(func() { a.report(ctx) })
	all.Go(func() { a.ship(ctx) })
	a.work(ctx)
}

// observe takes a state that the host tells.
func (a *Agent) observe(s host.State) {
	a.mu.Lock()
	a.seen.Number++
	a.seen.State = s
	a.mu.Unlock()
	a.poke()
}

// poke lets the state be told now.
func (a *Agent) poke() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

func (a *Agent) latest() Seen {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen
}

// report tells the state, whenever it changes and at every beat.
func (a *Agent) report(ctx context.Context) {
	tries := a.tries("state")
	for ctx.Err() == nil {
		var heard Heard
		err := a.link.post(ctx, StatePath, reportTime, Report{a.me, a.latest()}, &heard)
		if tries.ended(ctx, err) {
			a.mu.Lock()
			a.service = heard.Service
			a.mu.Unlock()
			select {
			case <-a.changed:
			case <-time.After(a.o.Beat):
			case <-ctx.Done():
			}
		}
	}
}

// work does tasks, one after the other.
func (a *Agent) work(ctx context.Context) {
	tries := a.tries("tasks")
	next := Next{Hello: a.me}
	for ctx.Err() == nil {
		var work Work
		err := a.link.post(ctx, NextPath, nextTime, next, &work)
		if !tries.ended(ctx, err) {
			continue
		}
		a.mu.Lock()
		anew := a.service != work.Service
		a.mu.Unlock()
		if anew {
			a.poke() // it does not know the state yet
		}
		next.Done = nil
		if work.Task != nil {
			next.Done = a.perform(context.WithoutCancel(ctx), work.Task)
		}
	}
	next.Leaving = true
	if err := a.link.post(context.WithoutCancel(ctx), NextPath, leaveTime, next, new(Work)); err != nil {
		a.o.Log.Debug().Err(err).Msg("taking leave")
	}
}

// perform does one task.
func (a *Agent) perform(ctx context.Context, t *Task) *Result {
	r := &Result{ID: t.ID}
	began := time.Now()
	var err error
	switch t.Do {
	case Live:
		r.Text, r.Found, err = a.o.Host.Live(ctx)
		if r.Found && host.HashOf(r.Text) == t.From {
			r.Same, r.Text = true, nil
		}
		if len(r.Text) > MaxMessage/2 { // a message has it in base64
			r.Text, err = nil, &host.Fault{Text: "the configuration file is too large for an agent"}
		}
	case Stage:
		v := host.Verdict{Lines: []string{"the agent does not let the server run programs (execute); service.execute in its configuration would"}}
		if a.o.Execute || !runsPrograms(t.Text) {
			v, err = a.o.Host.Stage(ctx, t.Text)
		}
		r.Verdict = &v
	case Unstage:
		err = a.o.Host.Unstage(ctx)
	case Swap:
		err = a.o.Host.Swap(ctx, t.From, t.To)
	case Restore:
		err = a.o.Host.Restore(ctx, t.To)
	case Start:
		_, err = a.o.Host.Start(ctx)
	case Stop:
		_, err = a.o.Host.Stop(ctx)
	default:
		err = &host.Fault{Text: "the agent does not know the step " + t.Do}
	}
	if err != nil {
		if !errors.As(err, &r.Fault) {
			r.Fault = &host.Fault{Text: "the agent met an error, which its log tells"}
		}
		a.o.Log.Warn().Err(err).Str("step", t.Do).Msg("a step failed")
	} else if t.Do != Live {
		a.o.Log.Info().Str("step", t.Do).Str("to", string(t.To)).Dur("ms", time.Since(began)).Msg("done")
	}
	r.Seen = a.latest()
	return r
}
