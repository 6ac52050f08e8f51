//go:build unix

package program

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// script makes a program of a shell script.
func script(t *testing.T, text string) Program {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return Program{Path: file, Limit: time.Minute, Output: 1000}
}

func TestRun(t *testing.T) {
	t.Setenv("HALXML_ADMIN_PASSWORD", "secret")
	p := script(t, `for a; do echo "<$a>"; done; echo "$HALXML_ADMIN_PASSWORD|$HOME|$PWD"; echo complaint >&2; cat; exit 3`)
	p.Arguments = []string{"fixed one"}
	got, err := NewRunner().Run(t.Context(), p, "two; echo hacked", "$(id)", "")
	if want := "<fixed one>\n<two; echo hacked>\n<$(id)>\n<>\n||/\n"; err != nil || string(got.Output) != want || !got.Whole || got.Exit != 3 || got.TimedOut {
		t.Errorf("%+v, %v: %q", got, err, got.Output)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name, text string
		change     func(*Program)
		want       Outcome
	}{
		{"output", "echo 123456789; echo done >&2", func(p *Program) { p.Output = 5 }, Outcome{Output: []byte("12345")}},
		{"output that just fits", "printf 12345", func(p *Program) { p.Output = 5 }, Outcome{Output: []byte("12345"), Whole: true}},
		{"time", "sleep 600 & echo $!; wait", func(p *Program) { p.Limit = 300 * time.Millisecond }, Outcome{Exit: -1, TimedOut: true, Whole: true}},
		{"one that it leaves behind", "sleep 3 & echo on", func(*Program) {}, Outcome{Output: []byte("on\n"), Whole: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := script(t, c.text)
			c.change(&p)
			got, err := NewRunner().Run(t.Context(), p)
			if c.want.Output == nil {
				got.Output = nil
			}
			if err != nil || string(got.Output) != string(c.want.Output) || got.Whole != c.want.Whole || got.Exit != c.want.Exit || got.TimedOut != c.want.TimedOut {
				t.Errorf("%+v, %v: %q", got, err, got.Output)
			}
		})
	}
}

func TestWhatDoesNotRun(t *testing.T) {
	r := NewRunner()
	for _, p := range []Program{{Path: "true"}, {Path: "./true"}, {Path: "/nonexistent/program"}, {Path: t.TempDir()}} {
		p.Limit, p.Output = time.Minute, 10
		if got, err := r.Run(t.Context(), p); err == nil {
			t.Errorf("%s ran: %+v", p.Path, got)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range Parallel {
		r.slots <- struct{}{}
	}
	if _, err := r.Run(gone, script(t, "echo")); !errors.Is(err, context.Canceled) {
		t.Errorf("while others run: %v", err)
	}
	if _, err := NewRunner().Run(gone, script(t, "echo")); !errors.Is(err, context.Canceled) {
		t.Errorf("after its caller: %v", err)
	}
}
