package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"halxml/internal/config"
	"halxml/store/bolt"
)

// Backup writes a copy of the data of a stopped service to a new file, whole or
// not at all, readable for its owner only. It returns the bytes written. To
// restore, put the copy in the data file's place.
func Backup(ctx context.Context, c *config.Config, file string) (size int64, err error) {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("backup %s: there is such a file already", file)
	}
	err = withData(ctx, c, func(s *bolt.Store) error {
		size, err = copyTo(ctx, s, file)
		if err != nil {
			return fmt.Errorf("backup %s: %w", file, reason(err))
		}
		return nil
	})
	return size, err
}

// copyTo writes the copy beside file and renames it when it is on disk.
func copyTo(ctx context.Context, s *bolt.Store, file string) (size int64, err error) {
	dir := filepath.Dir(file)
	part, err := os.CreateTemp(dir, "."+filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name())
		}
	}()
	size, err = s.Backup(ctx, part)
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return 0, err
	}
	if err := os.Rename(part.Name(), file); err != nil {
		return 0, err
	}
	d, err := os.Open(dir)
	if err != nil {
		return 0, err
	}
	return size, errors.Join(d.Sync(), d.Close())
}
