package bolt

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// guard makes an error of a panic, which is how bbolt says that it cannot use a
// page, and of a fault: a damaged page may point behind the end of the file.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return fn()
}

// panicked makes the error of a closure that ended without returning, of what
// was recovered: nil if only its goroutine ends.
func (s *Store) panicked(what string, p any) error {
	if p == nil {
		return errors.New("store: " + what + " did not return")
	}
	if s.onPanic != nil {
		s.onPanic(p, debug.Stack())
	}
	return fmt.Errorf("store: %s panicked: %v", what, p)
}
