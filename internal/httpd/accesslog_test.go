package httpd

import (
	"fmt"
	"io"
	"runtime"
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
	l := NewAccessLog(out, 2*(&accessLine{id: "first", asked: new(askedText)}).size())
	l.add(accessLine{id: "first", asked: new(askedText)})
	<-out.entered // the goroutine holds the first line and cannot get rid of it
	for range 5 {
		l.add(accessLine{id: "other", asked: new(askedText)})
	}
	if n := l.Dropped(); n != 3 {
		t.Errorf("%d lines dropped, want 3", n)
	}
	close(out.release)
	_ = l.Close()
	_ = l.Close()
	l.add(accessLine{id: "late", asked: new(askedText)})
	got := out.String()
	if strings.Count(got, "first")+strings.Count(got, "other") != 3 || !strings.Contains(got, `"dropped":3`) || strings.Contains(got, "late") {
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

// TestAccessLogLosesNothing has lines come from many goroutines, as many as fit,
// and looks for each of them when the log is closed.
func TestAccessLogLosesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	out := new(lockedBuffer)
	l := NewAccessLog(out, 4<<20) // 1 MiB for each processor, which may get all
	var writers sync.WaitGroup
	for i := range 16 {
		writers.Go(func() {
			for n := range 250 {
				l.add(accessLine{id: fmt.Sprintf("line %d of %d.", n, i), asked: new(askedText)})
			}
		})
	}
	writers.Wait()
	_ = l.Close()
	seen := map[string]bool{}
	for line := range strings.Lines(out.String()) {
		_, id, _ := strings.Cut(line, `"id":"`)
		id, _, _ = strings.Cut(id, ".")
		seen[id] = true
	}
	for i := range 16 {
		for n := range 250 {
			if line := fmt.Sprintf("line %d of %d", n, i); !seen[line] {
				t.Fatalf("%q is missing", line)
			}
		}
	}
	if len(seen) != 16*250 || strings.Count(out.String(), "\n") != len(seen) || l.Dropped() != 0 {
		t.Errorf("%d lines, %d bytes, %d dropped", len(seen), len(out.String()), l.Dropped())
	}
}

// TestAccessLogIsInOrder writes what gathered in three places.
func TestAccessLogIsInOrder(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	out := &stuck{entered: make(chan struct{}, 1), release: make(chan struct{})}
	l := NewAccessLog(out, 0)
	line := func(n int) accessLine {
		return accessLine{at: int64(n) * 777_777, asked: &askedText{text: []byte(strings.Repeat("x", n%300))}}
	}
	text := func(n int) string {
		l := line(n)
		return string(l.appendTo(nil, new(stampText)))
	}
	l.add(line(0))
	<-out.entered // what comes now waits
	var want strings.Builder
	want.WriteString(text(0))
	for n := 1; n <= 2000; n++ { // the third has none after some time
		h := l.heaps[n*n%7%len(l.heaps)]
		if n > 1000 {
			h = l.heaps[n/10%2]
		}
		h.mu.Lock()
		h.lines = append(h.lines, line(n))
		h.mu.Unlock()
		want.WriteString(text(n))
	}
	close(out.release)
	_ = l.Close()
	if len(l.heaps) != 3 || out.String() != want.String() {
		t.Errorf("from %d places: %.500q\nwant %.500q", len(l.heaps), out.String(), want.String())
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
					l.add(accessLine{asked: new(askedText)})
				}
			})
		}
		_ = l.Close()
		writers.Wait()
	}
}
