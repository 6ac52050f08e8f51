package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"time"

	"halxml/internal/app"
	"halxml/internal/config"
)

// serveMode is the argument that makes this program a service to be measured,
// in a process of its own: halxml itself as a library, which also does what its
// standard input asks.
const serveMode = "serve"

// order is a line of the service's standard input, and report of its output.
type order struct {
	// Do is heap, peak, cpu, start (a CPU profile to File), stop or allocs (a
	// profile to File).
	Do   string
	File string `json:",omitempty"`
}

type report struct {
	Addr  string        `json:",omitempty"` // once, when it serves
	Bytes uint64        `json:",omitempty"` // heap: what is in use after a collection; peak: the most since heap
	CPU   time.Duration `json:",omitempty"` // that the process has used so far
	Error string        `json:",omitempty"`
}

// serve runs the service until its input ends.
func serve(ctx context.Context, data string, settings []string) (err error) {
	log, err := os.OpenFile(filepath.Join(data, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	flags := []config.Flag{{Flag: serveMode, Key: "listen", Value: "127.0.0.1:0"}, {Flag: serveMode, Key: "data", Value: data}}
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		flags = append(flags, config.Flag{Flag: s, Key: key, Value: value})
	}
	c, _, err := config.Load(config.Sources{Environ: []string{"HALXML_ADMIN_PASSWORD=" + password}, Flags: flags})
	if err != nil {
		return err
	}
	a := app.New(c, app.Options{Stderr: log})
	if err := a.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Stop(context.WithoutCancel(ctx))) }()
	return obey(a.Addr().String())
}

// obey says on standard output where the process serves, and does what its
// standard input asks until that ends.
func obey(addr string) error {
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(report{Addr: addr}); err != nil {
		return err
	}
	var w watch
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var o order
		if err := json.Unmarshal(in.Bytes(), &o); err != nil {
			return err
		}
		answer, err := w.obey(o)
		if err != nil {
			answer.Error = err.Error()
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
	return in.Err()
}

// watch looks at its own process.
type watch struct {
	peak    atomic.Uint64
	sampled chan struct{} // nil until the heap is sampled
	profile io.Closer
}

func (w *watch) obey(o order) (report, error) {
	switch o.Do {
	case "heap":
		runtime.GC()
		runtime.GC() // what the first one made free to go
		w.sample()
		n := heap()
		w.peak.Store(n)
		return report{Bytes: n}, nil
	case "peak":
		return report{Bytes: w.peak.Load()}, nil
	case "cpu":
		used, err := cpuTime()
		return report{CPU: used}, err
	case "start":
		f, err := os.Create(o.File)
		if err != nil {
			return report{}, err
		}
		w.profile = f
		return report{}, pprof.StartCPUProfile(f)
	case "stop":
		pprof.StopCPUProfile()
		return report{}, w.profile.Close()
	case "allocs":
		f, err := os.Create(o.File)
		if err != nil {
			return report{}, err
		}
		return report{}, errors.Join(pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
	}
	return report{}, fmt.Errorf("no such order: %s", o.Do)
}

// sample begins to look at the heap again and again.
func (w *watch) sample() {
	if w.sampled != nil {
		return
	}
	w.sampled = make(chan struct{})
	go func() { // as long as the process
		for range time.Tick(5 * time.Millisecond) {
			if n := heap(); n > w.peak.Load() {
				w.peak.Store(n)
			}
		}
	}()
}

// heap is what objects take of the heap, the dead ones too that are not yet
// collected.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
