package bolt_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
)

// fill opens a new data file with some servers in it.
func fill(t *testing.T, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := store.Migrate(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	err = s.Update(context.Background(), func(tx store.Tx) error {
		for _, name := range []string{"one", "two", "three"} {
			if err := store.NewSchema().Servers.Insert(tx, &model.Server{Name: name}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func servers(t *testing.T, s *bolt.Store) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(tx store.Tx) (err error) {
		n, err = store.NewSchema().Servers.Count(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBackupIsADataFileOfThatMoment(t *testing.T) {
	dir := t.TempDir()
	s := fill(t, filepath.Join(dir, "a.db"))
	var copied bytes.Buffer
	n, err := s.Backup(context.Background(), &copied)
	if err != nil || n != int64(copied.Len()) || n == 0 {
		t.Fatalf("%d bytes of %d told, error %v", copied.Len(), n, err)
	}
	err = s.Update(context.Background(), func(tx store.Tx) error {
		return store.NewSchema().Servers.Insert(tx, &model.Server{Name: "later"})
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "b.db")
	if err := os.WriteFile(path, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got := servers(t, b); got != 3 {
		t.Errorf("the backup has %d servers, want 3", got)
	}
	if faults, err := b.CheckPages(context.Background()); err != nil || len(faults) > 0 {
		t.Errorf("faults %q, error %v", faults, err)
	}
}

func TestCheckPagesFindsATornPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := fill(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// Pages 0 and 1 say where the rest begins; the others lose their headers.
	for page := 2 * os.Getpagesize(); page < len(file); page += os.Getpagesize() {
		if at := bytes.Index(file[page:min(page+os.Getpagesize(), len(file))], []byte("three")); at >= 0 {
			clear(file[page : page+16])
		}
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = bolt.Open(path, bolt.Options{})
	if err != nil {
		return // that is a finding too
	}
	defer s.Close()
	if faults, err := s.CheckPages(context.Background()); err == nil && len(faults) == 0 {
		t.Error("nothing was found")
	}
}
