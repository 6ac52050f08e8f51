package exchange

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"halxml/internal/errs"
)

// TestBodiesThatStallShareABudget reads bodies of callers that never send the
// end of theirs: what they hold together is bounded, small ones aside.
func TestBodiesThatStallShareABudget(t *testing.T) {
	const limit = 4 << 20
	x := New(Options{MaxTogether: limit})
	var held []*intake
	read := func(buffer []byte, size int) error {
		in := &intake{budget: &x.budget}
		held = append(held, in)
		r := &http.Request{Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(strings.Repeat(" ", size)))}
		_, err := x.readBody(in, buffer, r)
		return err
	}
	refused := 0
	for range 2 * limit / (500 << 10) {
		if err := read(nil, 500<<10); errs.CodeOf(err) == errs.Unavailable {
			refused++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if refused < 4 {
		t.Errorf("%d bodies are refused", refused)
	}
	if x.budget.used.Load() > limit {
		t.Errorf("%d bytes are held", x.budget.used.Load())
	}
	for range 100 {
		if err := read(make([]byte, 0, 1<<20), 60<<10); err != nil {
			t.Fatalf("a small body: %v", err)
		}
	}
	for _, in := range held {
		in.release()
	}
	if x.budget.used.Load() != 0 {
		t.Errorf("%d bytes are not given back", x.budget.used.Load())
	}
	if err := read(make([]byte, 0, 1<<20), 900<<10); err != nil || x.budget.used.Load() < 1<<20 {
		t.Errorf("a buffer of a body before: %v, %d bytes are held", err, x.budget.used.Load())
	}
}
