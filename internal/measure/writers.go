package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"
)

// writeMode is the argument that makes this program one that changes scopes over
// HTTP, in a process of its own: beside readers in one process it would be their
// turn after that of many writers, and they would seem to wait for the service.
const writeMode = "write"

// writing is what such a process is to do.
type writing struct {
	addr, session string
	scopes        int
	connections   int
	each          time.Duration
	work          time.Duration // of a fixed server for each, which then nothing is written to
}

func (w *writing) args() []string {
	return []string{writeMode, w.addr, w.session, strconv.Itoa(w.scopes), strconv.Itoa(w.connections), w.each.String(), w.work.String()}
}

func parseWriting(args []string) (w writing, err error) {
	if len(args) != 6 {
		return w, fmt.Errorf("%s", usage)
	}
	w.addr, w.session = args[0], args[1]
	var failed [4]error
	w.scopes, failed[0] = strconv.Atoi(args[2])
	w.connections, failed[1] = strconv.Atoi(args[3])
	w.each, failed[2] = time.ParseDuration(args[4])
	w.work, failed[3] = time.ParseDuration(args[5])
	return w, errors.Join(failed[:]...)
}

// write changes scopes for a while. It says on out when it begins, and at the
// end what came of it.
func write(ctx context.Context, out io.Writer, w writing) error {
	if _, err := io.WriteString(out, "\n"); err != nil {
		return err
	}
	var number atomic.Int64
	request := func() []byte {
		n := int(number.Add(1))
		return jsonRequest("SetProperties", fmt.Sprintf(`"session":"%s","ref":"{#7-#%d}","properties":{"description":"written %d"}`, w.session, n%w.scopes+1, n))
	}
	if w.work > 0 {
		request = always(fixedRequest(w.work))
	}
	b, err := strike(ctx, &remote{addr: w.addr, silent: true}, w.connections, w.each, request)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(written{b.all, b.per})
}

type written struct {
	All sample
	Per time.Duration
}

// writers is a process that writes.
type writers struct {
	out  io.ReadCloser
	wait func() error
}

// startWriters starts one and waits until it begins.
func startWriters(ctx context.Context, w writing) (*writers, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, w.args()...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		return nil, errors.Join(err, cmd.Wait())
	}
	return &writers{out, cmd.Wait}, nil
}

// end waits for the end of the writing.
func (w *writers) end() (burst, error) {
	var got written
	err := json.NewDecoder(w.out).Decode(&got)
	return burst{all: got.All, per: got.Per}, errors.Join(err, w.wait())
}
