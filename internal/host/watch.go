package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"strconv"
	"strings"
	"time"

	"halxml/internal/dhcpd/leases"
)

// watch is what was last seen.
type watch struct {
	state   State
	seen    bool
	config  stamp
	leases  stamp
	offset  int64  // how far the lease file was read
	rest    []byte // what follows its last whole record
	checked time.Time
	process int // by the status command
}

// stamp tells whether a file may have changed.
type stamp struct {
	number uint64
	size   int64
	time   time.Time
}

func stampOf(info fs.FileInfo) stamp { return stamp{fileNumber(info), info.Size(), info.ModTime()} }

// Watch tells report the server's state, at once and whenever it changes, until
// ctx ends.
func (h *Host) Watch(ctx context.Context, report func(State)) {
	h.mu.Lock()
	h.report = report
	h.watch.seen = false
	h.mu.Unlock()
	tick := time.NewTicker(h.config.Interval)
	defer tick.Stop()
	for {
		h.State(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.look:
		}
	}
}

// poke lets Watch look at once.
func (h *Host) poke() {
	select {
	case h.look <- struct{}{}:
	default:
	}
}

// statusEvery is how often the status command is asked.
const statusEvery = 2 * time.Second

// State looks at the server, and tells whoever watches when something changed.
func (h *Host) State(ctx context.Context) State {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := &h.watch
	s := State{Reachable: true, Config: w.state.Config, Peers: w.state.Peers}
	s.Process = h.processLocked(ctx)
	s.Running = s.Process != 0
	s.Config, s.Fault = w.lookAtConfig(h)
	if changed, err := w.lookAtLeases(h.config.Leases, &s); err != nil {
		s.Fault = "the lease file cannot be read"
		var pe *fs.PathError
		if errors.As(err, &pe) {
			s.Fault += ": " + pe.Err.Error()
		}
	} else if !changed {
		s.Peers = w.state.Peers
	}
	if s.Fault == "" && s.Running && w.leases == (stamp{}) && h.config.Leases != "" {
		s.Fault = "there is no lease file at the configured place" // dhcpd does not run without one
	}
	differs := !w.seen || s.Running != w.state.Running || s.Process != w.state.Process || s.Config != w.state.Config ||
		s.Fault != w.state.Fault || !maps.Equal(s.Peers, w.state.Peers)
	w.state, w.seen = s, true
	if differs && h.report != nil {
		h.report(s)
	}
	return s
}

func (w *watch) lookAtConfig(h *Host) (Hash, string) {
	live, _, _ := h.files()
	info, err := os.Stat(live)
	if errors.Is(err, fs.ErrNotExist) {
		w.config = stamp{}
		return "", ""
	}
	if err == nil && w.config == stampOf(info) && w.state.Config != "" {
		return w.state.Config, ""
	}
	hash, err := hashFile(live)
	if err != nil {
		w.config = stamp{}
		return "", err.Error()
	}
	if info != nil {
		w.config = stampOf(info)
		// A file that is still being written may change without its time.
		if time.Since(info.ModTime()) < 2*time.Second {
			w.config = stamp{}
		}
	}
	return hash, ""
}

// lookAtLeases reads what was appended to the lease file, or all of it when it
// was written anew, for the states of failover.
func (w *watch) lookAtLeases(name string, s *State) (changed bool, err error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		changed = len(w.state.Peers) > 0
		w.leases, w.offset, w.rest = stamp{}, 0, nil
		s.Peers = nil
		return changed, nil
	}
	if err != nil {
		return false, err
	}
	now := stampOf(info)
	if now == w.leases && w.offset == now.size {
		return false, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	peers := maps.Clone(w.state.Peers)
	before := peers
	if now.number != w.leases.number || now.size < w.offset {
		w.offset, w.rest = 0, nil
		peers = nil
	}
	if peers == nil {
		peers = map[string]Peer{}
	}
	if _, err := f.Seek(w.offset, io.SeekStart); err != nil {
		return false, err
	}
	w.leases = now
	chunk := make([]byte, 1<<20)
	for {
		n, err := f.Read(chunk)
		w.offset += int64(n)
		w.rest = append(w.rest, chunk[:n]...)
		w.rest = note(peers, before, w.rest)
		if err == io.EOF || n == 0 {
			break
		}
		if err != nil {
			return false, err
		}
	}
	s.Peers = peers
	return true, nil
}

// maxRecord bounds one record of a lease file, bytes.
const maxRecord = 1 << 20

// note takes the whole records of a part of a lease file and returns what
// follows the last. A record ends with a brace at the begin of a line.
func note(peers, before map[string]Peer, part []byte) (rest []byte) {
	end := bytes.LastIndex(part, []byte("\n}\n"))
	if end < 0 {
		if len(part) > maxRecord {
			return nil
		}
		return part
	}
	end += len("\n}\n")
	if bytes.Contains(part[:end], []byte("failover peer")) {
		for e, err := range leases.Entries(bytes.NewReader(part[:end])) {
			if err != nil {
				break // a record that is no record; the next part is read all the same
			}
			if e.Peer != nil {
				peers[e.Peer.Name] = after(peers, before, e.Peer)
			}
		}
	}
	return bytes.Clone(part[end:])
}

// after is a relationship after one more record about it.
func after(peers, before map[string]Peer, r *leases.Peer) Peer {
	was, ok := peers[r.Name]
	if !ok {
		was = before[r.Name] // the file was written anew
	}
	now := Peer{State: r.State, PartnerState: r.PartnerState, Since: r.Since.Time, PartnerSince: r.PartnerSince.Time, Changes: was.Changes}
	if now != was {
		now.Changes++
	}
	return now
}

// unknownProcess stands for a process whose number is not known.
const unknownProcess = -1

// running is the number of the server's process, 0 when it does not run.
func (h *Host) running(ctx context.Context) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watch.checked = time.Time{}
	return h.processLocked(ctx)
}

func (h *Host) processLocked(ctx context.Context) int {
	if len(h.config.Status) > 0 {
		if time.Since(h.watch.checked) >= statusEvery {
			_, err := run(ctx, h.config.Status)
			if ctx.Err() != nil {
				return h.watch.process // it was cut off
			}
			h.watch.checked, h.watch.process = time.Now(), 0
			if err == nil {
				h.watch.process = unknownProcess
				if n := h.pid(); n > 0 && alive(n) {
					h.watch.process = n
				}
			}
		}
		return h.watch.process
	}
	if n := h.pid(); n > 0 && alive(n) {
		return n
	}
	return 0
}

// pid is the number in the pid file, 0 without one.
func (h *Host) pid() int {
	text, err := os.ReadFile(h.config.PID)
	if err != nil || len(text) > 32 {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || n <= 0 {
		return 0
	}
	return n
}

// Leases is the lease file as it is.
func (h *Host) Leases(context.Context) (*leases.File, error) {
	f, err := os.Open(h.config.Leases)
	if errors.Is(err, fs.ErrNotExist) {
		return &leases.File{}, nil
	}
	if err != nil {
		return nil, fault(err, "the lease file cannot be read")
	}
	defer f.Close()
	return leases.Read(f)
}
