package bolt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// makeDir makes a directory and those above it, and makes their names last.
func makeDir(dir string, opt Options) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := makeDir(above, opt); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if opt.NoSync {
		return nil
	}
	return syncDir(above)
}

// create makes a new data file, whole or not at all: it is made beside its place
// and linked there when it is on disk, unless another process was first. A
// program that is killed meanwhile leaves no file that is half made. That its name
// lasts is the care of settle.
func create(path string, opt Options) error {
	dir := filepath.Dir(path)
	part, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	if err := part.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(part.Name(), 0o600, &bbolt.Options{
		NoSync: opt.NoSync, NoGrowSync: opt.NoSync, FreelistType: bbolt.FreelistMapType,
	})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	switch err := os.Link(part.Name(), path); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil: // a file system without links
		return os.Rename(part.Name(), path)
	}
	return nil
}
