package httpd

import (
	"sync/atomic"
	"time"
)

// secondText is the present time in a layout without fractions of seconds, in
// UTC, made once a second.
type secondText struct {
	layout string
	last   atomic.Pointer[second]
}

type second struct {
	unix int64
	text []byte
}

func (t *secondText) append(b []byte, now time.Time) []byte {
	s := t.last.Load()
	if unix := now.Unix(); s == nil || s.unix != unix {
		s = &second{unix: unix, text: now.UTC().AppendFormat(nil, t.layout)}
		t.last.Store(s)
	}
	return append(b, s.text...)
}
