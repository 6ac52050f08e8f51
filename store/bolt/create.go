package bolt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// create makes a new data file, whole or not at all: it is made beside its place
// and linked there when it is on disk, unless another process was first. A
// program that is killed meanwhile leaves no file that is half made.
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
		if err := os.Rename(part.Name(), path); err != nil {
			return err
		}
	}
	if opt.NoSync {
		return nil
	}
	return syncDir(dir)
}
