package bolt_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
	"halxml/store/storetest"
)

// quick waits briefly for locks.
var quick = bolt.Options{Timeout: 20 * time.Millisecond, NoSync: true}

func open(t *testing.T, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, quick)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Keep(t, s)
	return s
}

// fillPages writes so much that the file has some hundred pages.
func fillPages(t *testing.T, s store.Store) {
	t.Helper()
	schema := store.NewSchema()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		for range 2000 {
			event := &model.Event{Type: model.Creation, Text: strings.Repeat("text ", 100)}
			if err := schema.Events.Insert(tx, event); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mustClose(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreTheirOwners(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "a", "b", "data.db")
	mode := func(path string, want fs.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(path), info.Mode().Perm(), want)
		}
	}
	s := open(t, path)
	mode(path, 0o600)
	mode(filepath.Dir(path), 0o700)
	mode(filepath.Dir(filepath.Dir(path)), 0o700)
	mustClose(t, s)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	mode(path, 0o600)
}

func TestASecondProgramIsToldOfTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	open(t, path)
	_, err := bolt.Open(path, quick)
	if !errors.Is(err, bolt.ErrLocked) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("the second says: %v", err)
	}
}

func TestDataLast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s := open(t, path)
	fillPages(t, s)
	mustClose(t, s)
	s = open(t, path)
	schema := store.NewSchema()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		event := &model.Event{}
		if n, err := schema.Events.Count(tx); n != 2000 || err != nil {
			t.Errorf("%d events, %v", n, err)
		}
		err := schema.Events.Insert(tx, event)
		if event.ID != 2001 {
			t.Errorf("the next id is %d", event.ID)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestForeignAndDamagedFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.db")
	s := open(t, good)
	fillPages(t, s)
	mustClose(t, s)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	noMeta := bytes.Clone(whole)
	page := os.Getpagesize()
	copy(noMeta[16:], make([]byte, page)) // the magic number and what follows, of both
	copy(noMeta[page+16:], make([]byte, page-16))

	foreign := filepath.Join(dir, "foreign.db")
	db, err := bbolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("key")); return err })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}

	for name, content := range map[string][]byte{
		"a text":             []byte("ddns-update-style none;\n"),
		"a long text":        bytes.Repeat([]byte("ddns-update-style none;\n"), 4000),
		"zeros":              make([]byte, 1<<16),
		"no meta pages":      noMeta,
		"cut short":          whole[:len(whole)/64/page*page],
		"cut after the meta": whole[:2*page],
		"another program's":  other,
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(path, content, 0o640); err != nil {
			t.Fatal(err)
		}
		if s, err := bolt.Open(path, quick); !errors.Is(err, bolt.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
			if err == nil {
				mustClose(t, s)
			}
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, content) {
			t.Errorf("%s: the file was changed, %v", name, err)
		}
	}

	if _, err := bolt.Open(dir, quick); err == nil || errors.Is(err, bolt.ErrDamaged) {
		t.Errorf("a directory: %v", err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(empty, quick); !errors.Is(err, bolt.ErrEmpty) {
		t.Errorf("an empty file: %v", err)
	}
}

func TestANewFileIsMadeWholeBesideItsPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "data.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 || list[0].Name() != "data.db" {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := bolt.Open(path, quick); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("a second time: %v", err)
	}
}
