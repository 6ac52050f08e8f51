package gate

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"halxml/internal/agent"
	"halxml/internal/errs"
	"halxml/internal/host"
)

// Remote is the machine of one server, as its agent lets it be seen.
type Remote struct {
	gate   *Gate
	server string
	token  agent.TokenHash
	spool  *spool

	mu     sync.Mutex
	agent  string   // the word of the agent that is listened to
	former []string // words of agents before it, which are refused while it is there
	heard  time.Time
	broken time.Time // when it was cut off while it waited for a task
	here   bool
	seen   agent.Seen
	peers  map[string]host.Peer // as told last, with counts of this service
	report func(host.State)     // nil while nobody watches
	calls  []*call              // the first one is, or will be, the agent's
	count  uint64               // of calls
	turn   uint64               // of requests for a task
	wake   chan struct{}        // closed and replaced when a call comes or another asks for a task
	known  []byte               // a text that the live configuration may be
}

// call is a task and who waits for it.
type call struct {
	task   agent.Task
	handed string // the word of the agent that may have it
	done   chan struct{}
	result *agent.Result
	err    error
}

// patience is how long an agent that is there may take for one task: longer
// than any step of package host.
const patience = 3 * time.Minute

// cutOff is how soon an agent whose connection has ended must come again.
const cutOff = 3 * time.Second

func newRemote(g *Gate, server string, token agent.TokenHash) *Remote {
	return &Remote{gate: g, server: server, token: token, spool: newSpool(g.o.Dir, server), wake: make(chan struct{})}
}

// LeaseFile is where the server's lease file is kept here.
func (r *Remote) LeaseFile() string { return r.spool.live }

// Watch tells report the server's state until ctx ends: as soon as its agent
// has come, or has not come for a while, and then at each report of the agent.
func (r *Remote) Watch(ctx context.Context, report func(host.State)) {
	r.mu.Lock()
	if r.heard.IsZero() {
		r.heard = r.gate.o.Now()
	}
	told := r.here
	r.report = report
	if r.here {
		report(r.stateLocked())
	}
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		r.report = nil
		r.mu.Unlock()
	}()
	tick := time.NewTicker(min(r.gate.o.Silence/4, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		r.mu.Lock()
		switch {
		case r.here:
			told = true
			if r.lostLocked() {
				r.leftLocked("was not heard of any more")
			}
		case !told && r.lostLocked():
			told = true
			report(r.stateLocked())
		}
		r.mu.Unlock()
	}
}

// lostLocked reports whether the agent has been silent for too long.
func (r *Remote) lostLocked() bool {
	now := r.gate.o.Now()
	return now.Sub(r.heard) > r.gate.o.Silence || r.heard.Before(r.broken) && now.Sub(r.broken) > cutOff
}

// leftLocked takes an agent for gone.
func (r *Remote) leftLocked(why string) {
	r.here, r.former, r.agent = false, nil, ""
	r.gate.o.Log.Warn().Str("server", r.server).Msg("the agent " + why)
	r.failLocked(func(*call) bool { return true }, "the agent of "+r.server+" went out of reach")
	if r.report != nil {
		r.report(r.stateLocked())
	}
}

// failLocked ends calls that will not be answered. A task that an agent may
// have begun may also have been done.
func (r *Remote) failLocked(which func(*call) bool, text string) {
	r.calls = slices.DeleteFunc(r.calls, func(c *call) bool {
		if !which(c) {
			return false
		}
		c.err = &host.Fault{Text: text, Unsure: c.handed != ""}
		close(c.done)
		return true
	})
}

// stateLocked is what is known of the server.
func (r *Remote) stateLocked() host.State {
	s := r.seen.State
	s.Reachable, s.Peers = r.here, r.peers
	return s
}

// seeLocked takes what an agent has seen, unless newer things are known.
func (r *Remote) seeLocked(seen agent.Seen) {
	if seen.Number < r.seen.Number {
		return
	}
	// What has changed is counted on over agents that are started again.
	peers := map[string]host.Peer{}
	for name, now := range seen.State.Peers {
		was := r.peers[name]
		before := r.seen.State.Peers[name]
		if before.Changes <= now.Changes && r.seen.Number > 0 {
			now.Changes = was.Changes + now.Changes - before.Changes
		} else if now.Changes = was.Changes; now != was {
			now.Changes++
		}
		peers[name] = now
	}
	r.seen, r.peers, r.here = seen, peers, true
	if r.report != nil {
		r.report(r.stateLocked())
	}
}

// admitLocked lets an agent in. The newer of two with one token takes the
// other's place, which is refused as long as the newer is there.
func (r *Remote) admitLocked(word string) *refusal {
	if word != r.agent {
		if slices.Contains(r.former, word) {
			return &refusal{http.StatusConflict, errs.Conflict, "Another agent of this server has come since"}
		}
		if r.agent != "" {
			former := r.agent
			r.former = append(r.former, former)
			r.former = r.former[max(0, len(r.former)-16):]
			r.failLocked(func(c *call) bool { return c.handed == former }, "the agent of "+r.server+" was started again in the middle of a step")
		}
		r.gate.o.Log.Info().Str("server", r.server).Bool("instead", r.agent != "").Msg("an agent has come")
		r.agent = word
		r.seen.Number = 0
		if r.here { // until the new one has told what it sees
			r.here = false
			if r.report != nil {
				r.report(r.stateLocked())
			}
		}
	}
	r.heard = r.gate.o.Now()
	return nil
}

// call lets the agent do a task and waits for what becomes of it.
func (r *Remote) call(ctx context.Context, task agent.Task) (*agent.Result, error) {
	r.mu.Lock()
	if !r.here || r.gate.ended() {
		r.mu.Unlock()
		return nil, &host.Fault{Text: "the agent of " + r.server + " cannot be reached"}
	}
	r.count++
	task.ID = r.gate.word + "-" + strconv.FormatUint(r.count, 10)
	c := &call{task: task, done: make(chan struct{})}
	r.calls = append(r.calls, c)
	r.wakeLocked()
	r.mu.Unlock()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	var err error
	select {
	case <-c.done:
	case <-limit.C:
		err = &host.Fault{Text: "the agent of " + r.server + " does not come to an end with a step", Unsure: true}
	case <-ctx.Done():
		err = ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = slices.DeleteFunc(r.calls, func(x *call) bool { return x == c })
	switch {
	case c.err != nil:
		return nil, c.err
	case c.result == nil:
		return nil, err
	case c.result.Fault != nil:
		return c.result, c.result.Fault
	}
	return c.result, nil
}

func (r *Remote) wakeLocked() {
	close(r.wake)
	r.wake = make(chan struct{})
}

// Live is the live configuration; ok is false when there is none.
func (r *Remote) Live(ctx context.Context) (text []byte, ok bool, err error) {
	r.mu.Lock()
	known := r.known
	r.mu.Unlock()
	task := agent.Task{Do: agent.Live}
	if known != nil {
		task.From = host.HashOf(known)
	}
	result, err := r.call(ctx, task)
	switch {
	case err != nil:
		return nil, false, err
	case result.Same && known != nil:
		return known, true, nil
	case result.Found:
		r.know(result.Text)
	}
	return result.Text, result.Found, nil
}

// know keeps a text that need not be sent again when it is the live one.
func (r *Remote) know(text []byte) {
	r.mu.Lock()
	r.known = text
	r.mu.Unlock()
}

// Stage lets the server's own check judge a configuration beside the live one.
func (r *Remote) Stage(ctx context.Context, text []byte) (host.Verdict, error) {
	if len(text) > agent.MaxMessage/2 { // a message has it in base64
		return host.Verdict{}, &host.Fault{Text: "the configuration is too large for an agent"}
	}
	result, err := r.call(ctx, agent.Task{Do: agent.Stage, Text: text})
	if err != nil {
		return host.Verdict{}, err
	}
	if result.Verdict == nil {
		return host.Verdict{}, &host.Fault{Text: "the agent of " + r.server + " gave no verdict"}
	}
	r.know(text)
	return *result.Verdict, nil
}

// Unstage takes away what Stage left.
func (r *Remote) Unstage(ctx context.Context) error {
	_, err := r.call(ctx, agent.Task{Do: agent.Unstage})
	return err
}

// Swap puts the staged configuration in the place of the live one.
func (r *Remote) Swap(ctx context.Context, from, to host.Hash) error {
	_, err := r.call(ctx, agent.Task{Do: agent.Swap, From: from, To: to})
	return err
}

// Restore puts back what Swap found.
func (r *Remote) Restore(ctx context.Context, to host.Hash) error {
	_, err := r.call(ctx, agent.Task{Do: agent.Restore, To: to})
	return err
}

// Start starts the server.
func (r *Remote) Start(ctx context.Context) (host.State, error) {
	_, err := r.call(ctx, agent.Task{Do: agent.Start})
	return r.now(), err
}

// Stop stops the server.
func (r *Remote) Stop(ctx context.Context) (host.State, error) {
	_, err := r.call(ctx, agent.Task{Do: agent.Stop})
	return r.now(), err
}

func (r *Remote) now() host.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stateLocked()
}
