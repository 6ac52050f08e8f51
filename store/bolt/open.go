// Package bolt keeps the store in one BoltDB file. Readers work on a snapshot
// and never wait for the writer. Updates that come together share one
// transaction of the file: they run one after another, each
// undone by itself when it fails, and share the disk writes. Nothing here knows
// what is stored.
package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrLocked is returned when another process has the data file open.
var ErrLocked = errors.New("another process has the data file open")

// ErrDamaged is returned for a file that is no data file of this program, or
// no longer a whole one.
var ErrDamaged = errors.New("not a whole data file of this program")

// ErrEmpty is returned for a file without contents. Open never leaves one, so
// that something else has taken what was in it.
var ErrEmpty = errors.New("it is empty")

// Options change how a file is opened; the zero value is right for service.
type Options struct {
	// Timeout is how long to wait for another process that has the file open;
	// 0 means 2 s.
	Timeout time.Duration
	// NoSync answers updates before they are on disk. For tests only: a power
	// cut then destroys the file.
	NoSync bool
	// OnPanic is told of a closure that panicked, of its own fault or over a page
	// that cannot be used, for the log.
	OnPanic func(value any, stack []byte)
	// OnFailure is told of disk writes that failed, or do not end, for the log.
	// Calls may come at once.
	OnFailure func(error)

	readOnly bool
	patience time.Duration // with a disk write, before it is told that it does not end; 0 = 10 s
	mapSize  int           // bytes of address space for the file; 0 = by platform
	maxSize  int           // bytes the file may have; 0 = any
}

// defaultPatience is how long a disk write may take before somebody is told.
const defaultPatience = 10 * time.Second

// defaultTimeout is how long Open waits for the lock.
const defaultTimeout = 2 * time.Second

// mapSize is the address space that is set aside for the file. While the file
// fits, growing it never waits for readers (a backup that is read slowly, say).
// It costs no memory; beyond it the map is enlarged between readers. Where
// addresses have 32 bits nothing is set aside.
const mapSize = 4 << 30 & math.MaxInt

// Open opens the data file, or creates it with its directories, readable for
// its owner only.
func Open(path string, opt Options) (*Store, error) {
	if err := makeDir(filepath.Dir(path), opt); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, opt); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	db, file, err := open(path, opt)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	s := &Store{db: db, place: file, patience: cmp.Or(opt.patience, defaultPatience), onPanic: opt.OnPanic, onFailure: opt.OnFailure, lead: make(chan struct{}, 1), queue: make(chan *update, queueSize),
		stopped: make(chan struct{}), given: map[string]uint64{}, orders: map[string]*runs{}, changed: map[string]*journal{}}
	return s, nil
}

// open opens a file and makes sure that it is whole and ours. It is first looked
// at without change: bbolt would read pages that may not be there.
func open(path string, opt Options) (*bbolt.DB, *place, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, nil, errors.New("it is not a regular file")
	}
	if err == nil && info.Size() == 0 { // bbolt would begin anew
		return nil, nil, ErrEmpty
	}
	if err == nil && !opt.readOnly {
		look := opt
		look.readOnly = true
		db, _, err := open(path, look)
		if err != nil {
			return nil, nil, err
		}
		if err := db.Close(); err != nil {
			return nil, nil, err
		}
	}
	var db *bbolt.DB
	var file *os.File
	err = guard(func() (err error) { db, file, err = openDB(path, opt); return err })
	if err != nil {
		return nil, nil, explain(err)
	}
	at := &place{path: path}
	err = guard(func() error {
		if err := inspect(db, path, opt.readOnly); err != nil || opt.readOnly {
			return err
		}
		if err := settle(db, file, opt); err != nil {
			return err
		}
		return at.take(db, file)
	})
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, at, nil
}

func openDB(path string, opt Options) (db *bbolt.DB, file *os.File, err error) {
	timeout := opt.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	size := opt.mapSize
	if size == 0 && runtime.GOOS != "windows" {
		size = mapSize
	}
	settings := bbolt.Options{
		Timeout: timeout, NoSync: opt.NoSync, NoGrowSync: opt.NoSync, ReadOnly: opt.readOnly,
		FreelistType: bbolt.FreelistMapType, InitialMmapSize: size, MaxSize: opt.maxSize, NoStatistics: true,
		OpenFile: func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
			file, err = os.OpenFile(name, flag, mode)
			return file, err
		},
	}
	db, err = bbolt.Open(path, 0o600, &settings)
	if errors.Is(err, syscall.ENOMEM) { // address space is limited here
		settings.InitialMmapSize = 0
		db, err = bbolt.Open(path, 0o600, &settings)
	}
	return db, file, err
}

// explain says what bbolt's errors mean to who started the program.
func explain(err error) error {
	var ofPath *fs.PathError
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrLocked
	case errors.As(err, &ofPath), errors.Is(err, ErrDamaged):
		return err
	case errors.Is(err, berrors.ErrMaxSizeReached), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EIO):
		return err
	default:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
}

// metaBucket is in every file that Migrate has seen.
const metaBucket = "meta"

// inspect refuses a file that is cut short or of another program, and closes
// a file of ours to other users.
func inspect(db *bbolt.DB, path string, readOnly bool) error {
	err := db.View(func(tx *bbolt.Tx) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Size() < tx.Size() {
			return fmt.Errorf("%w: it is cut short, %d bytes of %d are there", ErrDamaged, info.Size(), tx.Size())
		}
		if name, _ := tx.Cursor().First(); name != nil && tx.Bucket([]byte(metaBucket)) == nil {
			return fmt.Errorf("%w: it is another program's BoltDB file", ErrDamaged)
		}
		return nil
	})
	if err != nil || readOnly {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, 0o600)
	}
	return nil
}
