//go:build !unix

package main

import (
	"errors"
	"time"
)

// cpuTime cannot be told here.
func cpuTime() (time.Duration, error) {
	return 0, errors.New("the CPU time of a process can be told on Unix only")
}
