package errs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestUnknownErrorsReadAsInternal(t *testing.T) {
	for _, err := range []error{
		errors.New("open /etc/secret: permission denied"),
		fmt.Errorf("wrapped: %w", errors.New("boom")),
		Wrap(errors.New("disk on fire"), Internal, "store %s", "/var/lib"),
	} {
		if CodeOf(err) != Internal || MessageOf(err) != "Internal error" {
			t.Errorf("%v: code %v, message %q", err, CodeOf(err), MessageOf(err))
		}
	}
	if CodeOf(nil) != 0 || MessageOf(nil) != "" {
		t.Error("nil is not an error")
	}
}

func TestMessageNeverHoldsTheCause(t *testing.T) {
	err := fmt.Errorf("outer: %w", Wrap(errors.New("pq: secret"), Conflict, "name %q is taken", "a"))
	if CodeOf(err) != Conflict || MessageOf(err) != `name "a" is taken` {
		t.Errorf("got %v %q", CodeOf(err), MessageOf(err))
	}
	if !strings.Contains(err.Error(), "secret") {
		t.Error("the log lost the cause")
	}
}

func TestCancelledContext(t *testing.T) {
	if CodeOf(fmt.Errorf("x: %w", context.Canceled)) != Cancelled {
		t.Error("a cancelled context is not internal")
	}
}

func TestEveryCodeHasAName(t *testing.T) {
	seen := map[string]Code{}
	for _, c := range All() {
		n := c.String()
		if strings.HasPrefix(n, "code ") {
			t.Errorf("%d has no name", int(c))
		}
		if other, dup := seen[n]; dup {
			t.Errorf("%d and %d share the name %s", int(c), int(other), n)
		}
		seen[n] = c
	}
}
