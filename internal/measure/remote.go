package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// remote is a service in a process of its own.
type remote struct {
	addr   string
	took   time.Duration // from the start of the process until it accepted connections
	orders io.WriteCloser
	out    *bufio.Reader
	wait   func() error
	silent bool // takes no orders, since another goroutine gives some
}

// startRemote starts a service on the data in a directory; settings are
// key=value.
func startRemote(ctx context.Context, data string, settings ...string) (*remote, error) {
	return startServer(ctx, append([]string{serveMode, data}, settings...)...)
}

// startServer starts this program in a mode that takes orders.
func startServer(ctx context.Context, args ...string) (*remote, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	from := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := &remote{orders: in, out: bufio.NewReader(out), wait: cmd.Wait}
	first, err := r.read()
	if err != nil {
		return nil, errors.Join(err, r.stop())
	}
	r.addr, r.took = first.Addr, time.Since(from)
	return r, nil
}

func (r *remote) read() (report, error) {
	var got report
	line, err := r.out.ReadBytes('\n')
	if err != nil {
		return got, err
	}
	if err := json.Unmarshal(line, &got); err != nil {
		return got, err
	}
	if got.Error != "" {
		return got, errors.New(got.Error)
	}
	return got, nil
}

// tell gives an order and waits for the report.
func (r *remote) tell(o order) (report, error) {
	if r.silent {
		return report{}, nil
	}
	line, err := json.Marshal(o)
	if err != nil {
		return report{}, err
	}
	if _, err := r.orders.Write(append(line, '\n')); err != nil {
		return report{}, err
	}
	return r.read()
}

func (r *remote) stop() error { return errors.Join(r.orders.Close(), r.wait()) }
