package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// sample is how long many calls took.
type sample []time.Duration

// sampled times n calls.
func sampled(n int, call func(i int) error) (sample, error) {
	all := make(sample, 0, n)
	for i := range n {
		from := time.Now()
		if err := call(i); err != nil {
			return nil, err
		}
		all = append(all, time.Since(from))
	}
	return all, nil
}

// at is the time that a share of the calls did not exceed.
func (s sample) at(share float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(int(share*float64(len(s))), len(s)-1)]
}

func (s sample) p50() time.Duration { return s.at(0.5) }

// median is the middle of some values.
func median[T cmp.Ordered](values []T) T {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

// show writes a time with three digits that count.
func show(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%.2f µs", float64(d)/1e3)
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
