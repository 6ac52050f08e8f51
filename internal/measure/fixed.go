package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// fixedMode is the argument that makes this program a server of one answer, in a
// process of its own: what net/http and the processors alone make of a load.
const fixedMode = "fixed"

// workField says in the header of a request for how long its answer is computed.
const workField = "Work"

// serveFixed answers every request with the same bytes, after as much work as it
// asks for, until its input ends.
func serveFixed(ctx context.Context) (err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	body := []byte(strings.Repeat("x", 600)) // as long as GetDHCPServer's
	step := workStep()
	server := http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if each, err := time.ParseDuration(r.Header.Get(workField)); err == nil {
			for ; each > 0; each -= step {
				work()
			}
		}
		_, _ = w.Write(body)
	})}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	err = errors.Join(obey(l.Addr().String()), server.Close())
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// work is some microseconds of a processor.
func work() [32]byte { return sha256.Sum256(make([]byte, 2<<10)) }

// workStep is how long work takes where nothing else has the processor.
func workStep() time.Duration {
	var all sample
	for range 1000 {
		from := time.Now()
		work()
		all = append(all, time.Since(from))
	}
	return max(all.at(0.1), 1)
}

// fixedRequest asks for the answer, after so much work.
func fixedRequest(work time.Duration) []byte {
	field := ""
	if work > 0 {
		field = workField + ": " + work.String() + "\r\n"
	}
	return []byte("POST / HTTP/1.1\r\nHost: localhost\r\n" + field + "Content-Length: 0\r\n\r\n")
}
