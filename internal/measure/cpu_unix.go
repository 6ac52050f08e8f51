//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used so far, the system's work for it too.
func cpuTime() (time.Duration, error) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0, err
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), nil
}
