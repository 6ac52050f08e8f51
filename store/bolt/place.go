package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"halxml/internal/errs"
)

// settle makes what is read in a file be on disk, and its name. The system may
// hold a meta page that no disk has: of a process that was killed between
// writing and syncing it, or for which the sync failed, after which the system
// calls the page written. The next commit would use pages again that are free by
// that meta page, but not by the one that a power cut brings back.
func settle(db *bbolt.DB, file *os.File, opt Options) error {
	if opt.NoSync {
		return nil
	}
	size := db.Info().PageSize
	var newest int
	if err := db.View(func(tx *bbolt.Tx) error { newest = tx.ID() % 2; return nil }); err != nil {
		return err
	}
	page, at := make([]byte, size), int64(newest*size)
	if _, err := file.ReadAt(page, at); err != nil {
		return err
	}
	if _, err := file.WriteAt(page, at); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(file.Name()))
}

// place is where the data file is. Others may move or remove a file in use, or
// copy a backup over it: what was written to it after that would be lost.
type place struct {
	path string
	file os.FileInfo // as it was last
	last int         // the last transaction that is in the file
}

func (p *place) take(db *bbolt.DB, file *os.File) (err error) {
	if p.file, err = file.Stat(); err != nil {
		return err
	}
	return db.View(func(tx *bbolt.Tx) error { p.last = tx.ID(); return nil })
}

// errOverwritten is the failure of a store whose file has other contents.
var errOverwritten = errors.New("it is not as it was left")

// check tells why a transaction that is to be committed would not last.
func (p *place) check(btx *bbolt.Tx) error {
	now, err := os.Stat(p.path)
	same := err == nil && os.SameFile(p.file, now)
	switch {
	case btx.ID() != p.last+1, same && now.Size() < p.file.Size():
		return errs.Wrap(errOverwritten, errs.Unavailable, "The change was not made: another program has written to the data file")
	case same:
		p.file = now
		return nil
	case err == nil:
		err = fmt.Errorf("%s is another file than the one that is open", p.path)
	}
	return errs.Wrap(err, errs.Unavailable, "The change was not made: the data file is no longer in its place")
}
