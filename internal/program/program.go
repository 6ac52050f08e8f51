// Package program runs programs that the operator has chosen, each within limits
// of its time and output. It knows no shell: arguments go to the program as they
// are. It does not know who asks for what.
package program

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"time"
)

// Parallel is how many programs run at once; others wait.
const Parallel = 4

// path is what programs find others by. Nothing else of the service's own
// surroundings is handed on: they hold secrets.
const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Program is a program with its first arguments.
type Program struct {
	Path      string // absolute
	Arguments []string
	Limit     time.Duration // until it is ended, with its children
	Output    int           // of its standard output, bytes
}

// Outcome is how a program ended.
type Outcome struct {
	Output   []byte // what it wrote, up to the limit
	Whole    bool   // it wrote no more
	Exit     int    // its exit code; -1 when it was ended
	TimedOut bool
}

// Runner runs programs. It is safe for concurrent use.
type Runner struct{ slots chan struct{} }

// NewRunner makes a Runner.
func NewRunner() *Runner { return &Runner{make(chan struct{}, Parallel)} }

// Run runs a program to its end, with more arguments. An error means that it did
// not run; ctx's own when ctx ended first.
func (r *Runner) Run(ctx context.Context, p Program, more ...string) (Outcome, error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, p.Limit)
	defer cancel()
	if !filepath.IsAbs(p.Path) {
		return Outcome{}, errors.New("program: " + p.Path + " is not an absolute path")
	}
	args := append(append([]string{}, p.Arguments...), more...)
	cmd := exec.CommandContext(limited, p.Path, args...)
	cmd.Dir, cmd.Env = "/", []string{path, "LANG=C.UTF-8"}
	out := &head{most: p.Output}
	cmd.Stdout = out
	cmd.WaitDelay = time.Second // for those that it leaves behind
	ownGroup(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Outcome{}, ctx.Err()
	case limited.Err() != nil:
		return Outcome{Output: out.text.Bytes(), Whole: !out.more, Exit: -1, TimedOut: true}, nil
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return Outcome{Output: out.text.Bytes(), Whole: !out.more}, nil
	case errors.As(err, &exit):
		return Outcome{Output: out.text.Bytes(), Whole: !out.more, Exit: exit.ExitCode()}, nil
	}
	return Outcome{}, err
}

// head keeps the start of what is written.
type head struct {
	most int
	text bytes.Buffer
	more bool
}

// Write takes everything, so that the program goes on.
func (h *head) Write(b []byte) (int, error) {
	room := h.most - h.text.Len()
	if room < len(b) {
		h.more = true
		h.text.Write(b[:room])
	} else {
		h.text.Write(b)
	}
	return len(b), nil
}
