package bolt

import (
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
