package host

import (
	"context"
	"os"
	"time"
)

// How long a server may take to come and go, and how long it must have run to
// be believed.
const (
	comes  = 15 * time.Second
	goes   = 15 * time.Second
	steady = 500 * time.Millisecond
	glance = 20 * time.Millisecond
)

// Start starts the server and returns when it has run for a moment. A server
// that runs already is left to the command.
func (h *Host) Start(ctx context.Context) (State, error) {
	h.busy.Lock()
	defer h.busy.Unlock()
	if h.running(ctx) == 0 {
		h.forgetOthers()
	}
	output, err := run(ctx, h.config.Start)
	switch {
	case err == errExit:
		return h.State(ctx), &Fault{Text: "the server does not start", Lines: complaints(output)}
	case err != nil:
		return h.State(ctx), err
	}
	deadline := time.Now().Add(comes)
	var since time.Time
	for {
		now := time.Now()
		if h.running(ctx) == 0 {
			if !since.IsZero() {
				return h.State(ctx), &Fault{Text: "the server ended as soon as it had started", Lines: complaints(output)}
			}
			if now.After(deadline) {
				return h.State(ctx), &Fault{Text: "the server was started and does not run: " + h.absence(), Lines: complaints(output)}
			}
		} else if since.IsZero() {
			since = now
		} else if now.Sub(since) >= steady {
			return h.State(ctx), nil
		}
		if err := pause(ctx, glance); err != nil {
			return h.State(ctx), err
		}
	}
}

// absence is how it is known that the server does not run.
func (h *Host) absence() string {
	switch {
	case len(h.config.Status) > 0:
		return "the command " + program(h.config.Status) + " says so"
	case h.pid() == 0:
		return "there is no pid file at the configured place"
	}
	return "the pid file has the number of no such process"
}

// Stop stops the server and returns when its process is gone.
func (h *Host) Stop(ctx context.Context) (State, error) {
	h.busy.Lock()
	defer h.busy.Unlock()
	process := h.running(ctx)
	if process == 0 {
		h.forgetOthers()
	}
	output, err := run(ctx, h.config.Stop)
	switch {
	case err == errExit && h.running(ctx) != 0:
		return h.State(ctx), &Fault{Text: "the server cannot be stopped", Lines: complaints(output)}
	case err != nil && err != errExit:
		return h.State(ctx), err
	}
	for deadline := time.Now().Add(goes); ; {
		gone := h.running(ctx) == 0
		// As at the start, a process whose parent has not noticed its end yet
		// must not be in the file.
		if gone && (process <= 0 || !exists(process) || h.pid() == process && os.Remove(h.config.PID) == nil) {
			return h.State(ctx), nil
		}
		if time.Now().After(deadline) {
			if gone {
				return h.State(ctx), nil
			}
			return h.State(ctx), &Fault{Text: "the server was stopped and still runs", Lines: complaints(output)}
		}
		if err := pause(ctx, glance); err != nil {
			return h.State(ctx), err
		}
	}
}

// forgetOthers removes the file with the server's process number when there is
// a process of that number which is not the server: the dead one of a crash
// that its parent has not noticed, or another program. dhcpd would not start
// beside it, and a command that stops the server would end the other program.
func (h *Host) forgetOthers() {
	if n := h.pid(); n > 0 && exists(n) && !alive(n) {
		_ = os.Remove(h.config.PID)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
