package command

import (
	"time"

	"halxml/internal/errs"
)

const (
	// longestLook is how long a list may look for what matches. A filter may hold
	// a regular expression that takes milliseconds for one object.
	longestLook = 30 * time.Second
	// lookStep is how many objects are looked at between two looks at the clock.
	lookStep = 64
)

// look bounds the time that a list takes to find the next object that matches,
// or all of them.
type look struct {
	c     *call
	seen  int
	began time.Time
}

func (c *call) look() *look { return &look{c: c} }

// at counts one object. It fails when the caller has left or it took too long.
func (l *look) at() error {
	if l.seen++; l.seen%lookStep != 0 {
		return nil
	}
	if err := l.c.ctx.Err(); err != nil {
		return err
	}
	now := l.c.now()
	if l.began.IsZero() {
		l.began = now
	}
	if now.Sub(l.began) > longestLook {
		return errs.Errorf(errs.TooLarge, "filter: not done with so many objects after %s", longestLook)
	}
	return nil
}

// found begins anew, for lists whose callers take what was found meanwhile.
func (l *look) found() { l.began = time.Time{} }
