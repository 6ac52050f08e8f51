package leases

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"strings"
)

// MaxLine bounds a row, bytes. A user context may be long.
const MaxLine = 1 << 20

// MaxSkipped is how many rows a Set remembers that it could not read.
const MaxSkipped = 100

// Set is what lease files say in the end.
type Set struct {
	// Leases holds the last row of each address that was not removed.
	Leases map[netip.Addr]Lease
	// IPv6 tells that they are DHCPv6's; Empty that no file had even a header, so
	// that nobody can tell.
	IPv6, Empty bool
	// Skipped are rows that could not be read, the first MaxSkipped of SkippedCount. Kea passes over them, too.
	Skipped      []RowError
	SkippedCount int
	// Truncated is set when a file ends inside a row, which was left out: Kea may be writing it.
	Truncated bool
}

// RowError says why a row cannot be read.
type RowError struct {
	Line    int // from 1, which is the header
	Message string
}

// Error gives line and message.
func (e RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// Load reads the lease file called name with those that Kea's clean-up has put beside it. While a clean-up runs, older
// rows are in name.2 and name.1; when it has just ended, in name.completed. Files that are not there are passed over,
// but one must be. open's error for a missing file is fs.ErrNotExist. Files that a clean-up moves while they are read can
// be missed: who reads those of a running daemon must see whether that happened.
func Load(name string, open func(name string) (io.ReadCloser, error)) (*Set, error) {
	s := NewSet()
	found := 0
	add := func(suffix string) (bool, error) {
		f, err := open(name + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		defer f.Close()
		found++
		return true, s.Add(f)
	}
	completed, err := add(".completed")
	suffixes := []string{".2", ".1", ""}
	if completed {
		suffixes = []string{""}
	}
	for _, suffix := range suffixes {
		if err == nil {
			_, err = add(suffix)
		}
	}
	if err == nil && found == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// NewSet is an empty Set.
func NewSet() *Set { return &Set{Leases: map[netip.Addr]Lease{}, Empty: true} }

// Add reads a further file, which is newer than those before. The error is r's, or a RowError for a file that is not one
// of leases. An empty file says nothing.
func (s *Set) Add(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), MaxLine)
	lines.Split(scanRows)
	var h header
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line[len(line)-1] != '\n' {
			s.Truncated = true
			return nil
		}
		line = strings.TrimRight(line, "\r\n")
		if n == 1 {
			var err error
			if h, err = readHeader(line); err != nil {
				return RowError{n, err.Error()}
			}
			if !s.Empty && h.v6 != s.IPv6 {
				return RowError{n, "this is a file of the other protocol than those before"}
			}
			s.IPv6, s.Empty = h.v6, false
			continue
		}
		if line == "" {
			continue
		}
		l, err := h.lease(line)
		switch {
		case err != nil:
			if s.SkippedCount++; len(s.Skipped) < MaxSkipped {
				s.Skipped = append(s.Skipped, RowError{n, err.Error()})
			}
		case l.Valid == 0: // how a lease is removed
			delete(s.Leases, l.Addr)
		default:
			s.Leases[l.Addr] = l
		}
	}
	return lines.Err()
}

// scanRows is bufio.ScanLines that keeps the line feed, which tells a whole row from one that is being written.
func scanRows(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
