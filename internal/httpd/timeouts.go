package httpd

import "time"

// Timeouts bound how long a connection may take; zero fields mean the default.
type Timeouts struct {
	Header time.Duration // for a request's header; 10 s
	Read   time.Duration // for each 64 KiB of its body; 30 s
	Write  time.Duration // for its answer, which when long gets 1 s more for each 8 KiB; 60 s
	Idle   time.Duration // between requests; 120 s

	now func() time.Time
}

func (t Timeouts) orDefault(now func() time.Time) Timeouts {
	for _, f := range []struct {
		have *time.Duration
		def  time.Duration
	}{
		{&t.Header, 10 * time.Second}, {&t.Read, 30 * time.Second},
		{&t.Write, 60 * time.Second}, {&t.Idle, 120 * time.Second},
	} {
		if *f.have <= 0 {
			*f.have = f.def
		}
	}
	t.now = now
	return t
}

// slowestAnswer is the rate, in bytes a second, at which a caller must take a
// long answer.
const slowestAnswer = 8 << 10

func (t *Timeouts) until(d time.Duration, size int) time.Time {
	return t.now().Add(d + time.Duration(size/slowestAnswer)*time.Second)
}

func (t *Timeouts) since(start time.Time) time.Duration { return t.now().Sub(start) }
