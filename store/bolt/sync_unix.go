//go:build unix

package bolt

import (
	"errors"
	"fmt"
	"os"
)

// syncDir makes a new name in a directory last.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("store: %s: %w", path, err)
	}
	return nil
}
