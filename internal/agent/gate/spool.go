package gate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"halxml/internal/dhcpd/leases"
	"halxml/internal/host"
)

// maxSpool bounds a lease file that is kept here, bytes.
const maxSpool = 2 << 30

var (
	errTooLarge = errors.New("gate: lease file too large")
	errUnknown  = errors.New("gate: not the copy that is kept")
)

// spool keeps one server's lease file. It is added to on disk; a copy that
// begins anew takes the place of the one before when it is whole, so that who
// reads never takes a half for all.
type spool struct {
	live string

	mu    sync.Mutex
	copy  string // "" while nothing can be added
	size  int64
	whole bool // copy is in live, not beside it
}

func newSpool(dir, server string) *spool {
	sum := sha256.Sum256([]byte(fold(server))) // a name may be no name of a file
	return &spool{live: filepath.Join(dir, hex.EncodeToString(sum[:8])+".leases")}
}

// add adds to a copy at an offset, and returns its size. It must be the copy
// that was added to last, or begin.
func (s *spool) add(copy string, at int64, data []byte, end bool) (size int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at+int64(len(data)) > maxSpool {
		return 0, errTooLarge
	}
	begin := at == 0 && (copy != s.copy || s.size > 0 && !s.whole || s.copy == "")
	if !begin && (copy != s.copy || at > s.size) {
		return 0, errUnknown
	}
	if begin {
		s.copy, s.size, s.whole = copy, 0, false
		if err := os.MkdirAll(filepath.Dir(s.live), 0o700); err != nil {
			return 0, err
		}
		if err := os.Remove(s.beside()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, err
		}
	}
	name := s.live
	if !s.whole {
		name = s.beside()
	}
	if err := write(name, at, data); err != nil {
		s.copy = "" // what is there now is not known
		return 0, err
	}
	s.size = max(s.size, at+int64(len(data)))
	if end && !s.whole {
		if err := os.Rename(s.beside(), s.live); err != nil {
			s.copy = ""
			return 0, err
		}
		s.whole = true
	}
	return s.size, nil
}

func (s *spool) beside() string { return s.live + ".new" }

func write(name string, at int64, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, at)
	return errors.Join(err, f.Close())
}

// Leases is what the server's lease file said when it was last sent.
func (r *Remote) Leases(context.Context) (*leases.File, error) {
	f, err := os.Open(r.spool.live)
	if errors.Is(err, fs.ErrNotExist) {
		return &leases.File{}, nil
	}
	if err != nil {
		return nil, &host.Fault{Text: "the lease file cannot be read"}
	}
	defer f.Close()
	return leases.Read(f)
}
