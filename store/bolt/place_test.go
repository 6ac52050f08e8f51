package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"halxml/internal/errs"
	"halxml/store"
	"halxml/store/bolt"
)

// TestNothingIsAnsweredThatARestartWouldNotFind moves, removes and replaces the
// file of an open store: updates fail, and work again once it is back.
func TestNothingIsAnsweredThatARestartWouldNotFind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files in use stay where they are")
	}
	for name, change := range map[string]func(dir, path string) error{
		"the directory is moved": func(dir, _ string) error { return os.Rename(dir, dir+".moved") },
		"the file is moved":      func(_, path string) error { return os.Rename(path, path+".moved") },
		"the file is removed":    func(_, path string) error { return os.Remove(path) },
		"the file is replaced": func(_, path string) error {
			return errors.Join(os.Rename(path, path+".moved"), os.WriteFile(path, []byte("a backup"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			path := filepath.Join(dir, "data.db")
			var told []string
			s, err := bolt.Open(path, bolt.Options{NoSync: true, OnFailure: func(err error) { told = append(told, err.Error()) }})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			put := func(key string) error {
				return s.Update(t.Context(), func(tx store.Tx) error { return tx.Put("b", []byte(key), nil) })
			}
			if err := put("before"); err != nil {
				t.Fatal(err)
			}
			if err := os.Link(path, filepath.Join(filepath.Dir(dir), "kept")); err != nil {
				t.Skip("no links here:", err)
			}
			if err := change(dir, path); err != nil {
				t.Fatal(err)
			}
			if err := put("lost"); errs.CodeOf(err) != errs.Unavailable || strings.Contains(errs.MessageOf(err), path) {
				t.Errorf("an update: %v", err)
			}
			if len(told) != 1 || !strings.Contains(told[0], path) {
				t.Errorf("the log is told %q", told)
			}
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(filepath.Dir(dir), "kept"), path); err != nil {
				t.Fatal(err)
			}
			if err := put("after"); err != nil {
				t.Errorf("once the file is back: %v", err)
			}
			err = s.View(t.Context(), func(tx store.Tx) error {
				lost, err := tx.Get("b", []byte("lost"))
				if lost != nil {
					t.Error("what failed is there")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestACopyOverAFileInUseStaysWhole copies an older file over that of an open
// store, as who restores a backup too early does.
func TestACopyOverAFileInUseStaysWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fillPages(t, s)
	backup := readFile(t, path)
	fillPages(t, s)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Write(backup)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Put("b", []byte("lost"), nil) }); err == nil {
			t.Error("an update of what is no longer there is answered")
		}
	}
	if got := readFile(t, path)[:len(backup)]; string(got) != string(backup) {
		t.Error("the copy is not what it was")
	}
}
