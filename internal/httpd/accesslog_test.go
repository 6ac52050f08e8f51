package httpd

import (
	"io"
	"strings"
	"sync"
	"testing"
)

// stuck is a writer that waits until it is let go, like a full disk or pipe.
type stuck struct {
	lockedBuffer
	entered chan struct{}
	release chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	select {
	case s.entered <- struct{}{}:
	default:
	}
	<-s.release
	return s.lockedBuffer.Write(p)
}

func TestAccessLogDropsRatherThanWaits(t *testing.T) {
	out := &stuck{entered: make(chan struct{}, 1), release: make(chan struct{})}
	l := NewAccessLog(out, 20)
	_, _ = l.Write([]byte("first 10b\n"))
	<-out.entered // the goroutine holds the first line and cannot get rid of it
	for range 5 {
		_, _ = l.Write([]byte("other 10b\n"))
	}
	if n := l.Dropped(); n != 3 {
		t.Errorf("%d lines dropped, want 3", n)
	}
	close(out.release)
	_ = l.Close()
	_ = l.Close()
	_, _ = l.Write([]byte("late 9 b\n"))
	got := out.String()
	if strings.Count(got, "10b\n") != 3 || !strings.Contains(got, `"dropped":3`) || strings.Contains(got, "late") {
		t.Errorf("written: %q", got)
	}
	if n := l.Dropped(); n != 4 {
		t.Errorf("%d lines dropped in the end, want 4", n)
	}
}

func TestRedact(t *testing.T) {
	for query, want := range map[string]string{
		"Soap":                                "Soap",
		"wsdl?server=central.test":            "wsdl&server=central.test",
		"WSDL?server=x?ns=mm":                 "WSDL&server=x&ns=mm",
		"session=bsvh5S2kLC5Q9gnPbfYM":        "session=***",
		"SESSION=a&op=Login":                  "SESSION=***&op=Login",
		"bsvh5S2kLC5Q9gnPbfYM":                "***",
		"soap&bsvh5S2kLC5Q9gnPbfYM":           "soap&***",
		"password=x?session=y&loginName=z&q=": "password=***&session=***&loginName=***&q=",
		"s=1":                                 "s=***",
	} {
		if got := redact(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestAccessLogTakesLinesWhileItCloses is what requests do that a shutdown has
// cut off.
func TestAccessLogTakesLinesWhileItCloses(t *testing.T) {
	for range 50 {
		l := NewAccessLog(io.Discard, 0)
		var writers sync.WaitGroup
		for range 4 {
			writers.Go(func() {
				for range 200 {
					_, _ = l.Write([]byte("line\n"))
				}
			})
		}
		_ = l.Close()
		writers.Wait()
	}
}
