package app

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	if err := mustBeFree(file); err != nil {
		return 0, err
	}
	err = withData(ctx, c, func(s *bolt.Store) error {
		size, err = copyTo(ctx, s.Backup, file)
		return err
	})
	return size, err
}

// ReceiveBackup writes what a running service sends of its data, as Backup does,
// once its pages are found to be whole.
func ReceiveBackup(ctx context.Context, body io.Reader, file string) (size int64, err error) {
	if err := mustBeFree(file); err != nil {
		return 0, err
	}
	return copyTo(ctx, func(_ context.Context, w io.Writer) (int64, error) { return io.Copy(w, body) }, file)
}

func mustBeFree(file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup %s: there is such a file already", file)
	}
	return nil
}

// copyTo writes the copy beside file and renames it when it is on disk and
// found to be whole.
func copyTo(ctx context.Context, write func(context.Context, io.Writer) (int64, error), file string) (size int64, err error) {
	dir := filepath.Dir(file)
	part, err := os.CreateTemp(dir, "."+filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return 0, backupError(file, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name())
		}
	}()
	size, err = write(ctx, until{ctx, part})
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return 0, backupError(file, err)
	}
	if err := whole(ctx, part.Name()); err != nil {
		return 0, backupError(file, err)
	}
	if err := os.Rename(part.Name(), file); err != nil {
		return 0, backupError(file, err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return 0, backupError(file, err)
	}
	return size, errors.Join(d.Sync(), d.Close())
}

// until writes until ctx ends.
type until struct {
	ctx context.Context
	io.Writer
}

func (u until) Write(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, errors.New("interrupted")
	}
	return u.Writer.Write(p)
}

// whole reads a copy once, to find out now whether it can be read at all.
func whole(ctx context.Context, name string) error {
	s, err := bolt.Open(name, bolt.Options{})
	if err != nil {
		return errors.New("what was written is no data file")
	}
	faults, err := s.CheckPages(ctx)
	if err == nil && len(faults) > 0 {
		err = errors.New("what was written is damaged: " + faults[0])
	}
	return errors.Join(err, s.Close())
}

func backupError(file string, err error) error {
	return fmt.Errorf("backup %s: %w", file, reason(err))
}
