package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// progress tells on standard error what goes on: a line that is written over
// on a terminal, and one for each new stage elsewhere.
type progress struct {
	terminal bool
	stage    string
	last     time.Time
	started  time.Time
}

func newProgress() *progress {
	return &progress{terminal: term.IsTerminal(int(os.Stderr.Fd())), started: time.Now()}
}

// step tells of a stage, and how much of it is done: of all, or 0 and 0.
func (p *progress) step(stage string, done, all int) {
	if stage == p.stage && (!p.terminal || time.Since(p.last) < 100*time.Millisecond) {
		return
	}
	p.stage, p.last = stage, time.Now()
	text := fmt.Sprintf("%4.0f s  %s", time.Since(p.started).Seconds(), stage)
	if all > 0 && p.terminal {
		text += fmt.Sprintf(" %d%%", 100*done/all)
	}
	if p.terminal {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s", text)
		return
	}
	fmt.Fprintln(os.Stderr, text)
}

// end makes room for what is printed.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
