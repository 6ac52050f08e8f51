package app

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"halxml/store"
	"halxml/store/bolt"
)

func TestReasonIsWhatTheSystemSaid(t *testing.T) {
	_, noFile := os.Open(filepath.Join(t.TempDir(), "absent"))
	for _, tt := range []struct {
		err  error
		want string
	}{
		{noFile, "no such file or directory"},
		{&net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}, "address already in use"},
		{&net.OpError{Op: "listen", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x", Server: "10.0.0.1:53"}}, "no such host"},
		{errors.New("something else"), "something else"},
	} {
		if got := reason(tt.err).Error(); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestExplainTellsTheOperatorWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("store: x: %w", bolt.ErrLocked), "data file x: another process has the data open; is the service running?"},
		{fmt.Errorf("store: x: %w", bolt.ErrEmpty), "data file x: it is empty; restore a backup, or remove it to begin without data"},
		{fmt.Errorf("store: x: %w: broken", bolt.ErrDamaged), "data file x: it is damaged or of another program; restore a backup"},
		{fmt.Errorf("%w: 7 over 1", store.ErrNewer), "data file x: a newer version of halxml has written it; use that version or restore a backup"},
		{&os.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, "data file x: permission denied"},
	} {
		if got := explain("x", tt.err).Error(); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}
