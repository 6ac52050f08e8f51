package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// copying is how much of the lease file the service has.
type copying struct {
	count   int         // of copies begun
	service string      // that has it
	file    os.FileInfo // as it was when the copy began
	sent    int64
	tail    []byte // the last of what was sent, to see that the file only grew
	whole   bool   // all that there was is sent
}

// tailSize is enough to tell one end of a lease file from another.
const tailSize = 256

// ship sends the lease file: all of it once, then what is added to it, and all
// again when the server has written it anew or the service has lost it.
func (a *Agent) ship(ctx context.Context) {
	tries := a.tries("leases")
	c := &copying{}
	for ctx.Err() == nil {
		again, err := a.sendLeases(ctx, c)
		if !tries.ended(ctx, err) || again {
			continue
		}
		select {
		case <-time.After(a.o.Gather):
		case <-ctx.Done():
		}
	}
}

// sendLeases sends the next part of the lease file; again is true when there
// is more.
func (a *Agent) sendLeases(ctx context.Context, c *copying) (again bool, err error) {
	a.mu.Lock()
	service := a.service
	a.mu.Unlock()
	if service == "" {
		return false, nil // it has not answered yet
	}
	f, err := os.Open(a.o.Leases)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // the server has not run yet
	}
	if err != nil {
		return false, localError{err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, localError{err}
	}
	if c.file == nil || c.service != service || !os.SameFile(c.file, info) || info.Size() < c.sent || !c.continues(f) {
		*c = copying{count: c.count + 1, service: service, file: info}
	}
	if c.whole && info.Size() == c.sent {
		return false, nil
	}
	part := Part{Hello: a.me, Copy: strconv.Itoa(c.count), At: c.sent, Data: make([]byte, min(MaxPart, info.Size()-c.sent))}
	if _, err := f.ReadAt(part.Data, c.sent); err != nil && err != io.EOF {
		return false, localError{err}
	}
	next := c.sent + int64(len(part.Data))
	part.End = next == info.Size()
	var kept Kept
	if err := a.link.post(ctx, LeasesPath, partTime, part, &kept); err != nil {
		return false, err
	}
	if kept.Copy != part.Copy || kept.Size != next {
		if part.At == 0 {
			return false, fmt.Errorf("the service did not keep the lease file")
		}
		c.file = nil
		return true, nil
	}
	c.sent, c.whole = next, part.End
	c.tail = bytes.Clone(part.Data[max(0, len(part.Data)-tailSize):])
	return !part.End, nil
}

// continues reports whether what was sent is still in the file.
func (c *copying) continues(f *os.File) bool {
	have := make([]byte, len(c.tail))
	_, err := f.ReadAt(have, c.sent-int64(len(c.tail)))
	return (err == nil || err == io.EOF) && bytes.Equal(have, c.tail)
}

// localError is a lease file that cannot be read.
type localError struct{ err error }

func (e localError) Error() string { return "the lease file cannot be read: " + e.err.Error() }
