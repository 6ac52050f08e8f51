package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// measureProfile writes CPU profiles of a service under each kind of load, and
// one of what it allocated, and prints what comes first in each.
func measureProfile(ctx context.Context, w io.Writer, scopes int, out string, each time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	tell := newProgress()
	defer tell.end()
	tell.step("start", 0, 0)
	r, session, err := openRemote(ctx, dir, scopes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.stop()) }()
	all := requests(session)
	var files []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		tell.step(name, 0, 0)
		file := filepath.Join(out, strings.ToLower(strings.ReplaceAll(name, ", ", "-"))+".pprof")
		if _, err := r.tell(order{Do: "start", File: file}); err != nil {
			return err
		}
		_, err := strike(ctx, r, connections, each, always(all[name]))
		_, stopped := r.tell(order{Do: "stop"})
		if err := errors.Join(err, stopped); err != nil {
			return err
		}
		files = append(files, file)
	}
	file := filepath.Join(out, "allocs.pprof")
	if _, err := r.tell(order{Do: "allocs", File: file}); err != nil {
		return err
	}
	tell.end()
	for _, file := range append(files, file) {
		fmt.Fprintf(w, "\n%s\n", file)
		cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-nodecount=25", file)
		cmd.Stdout, cmd.Stderr = w, io.Discard
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("go tool pprof: %w", err)
		}
	}
	return nil
}
