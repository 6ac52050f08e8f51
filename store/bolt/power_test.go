package bolt_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"halxml/store"
	"halxml/store/bolt"
)

// TestAPowerCutLosesNothingThatWasAnswered cuts the power in the middle of
// commits: of what a commit writes before its first wait for the disk any part
// may be there, and then its meta page, whole or torn. Each file that this may
// leave must hold what was answered before, or, once all but the meta page is
// written, the commit that was under way.
func TestAPowerCutLosesNothingThatWasAnswered(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	path := filepath.Join(t.TempDir(), "data.db")
	cut := filepath.Join(t.TempDir(), "cut.db")
	s := open(t, path)
	content := map[string]int{} // the length of each value
	before := readFile(t, path)
	leave := func() {}
	for round := range 60 {
		next := maps.Clone(content)
		err := s.Update(t.Context(), func(tx store.Tx) error { return change(tx, random, next) })
		if err != nil {
			t.Fatal(err)
		}
		after := readFile(t, path)
		for n := range 4 {
			image := bytes.Clone(before)
			if n != 0 { // it may have grown
				image = append(image, make([]byte, len(after)-len(before))...)
			}
			metaToo := n >= 2
			if metaToo {
				copy(image[2*os.Getpagesize():], after[2*os.Getpagesize():])
				tear(random, image, after)
			} else {
				some(random, image, after, 512<<(3*n))
			}
			got := contents(t, cut, image)
			if !maps.Equal(got, content) && !(metaToo && maps.Equal(got, next)) {
				t.Fatalf("round %d, cut %d: %d keys are there; %d were answered, and %d with the last update", round, n, len(got), len(content), len(next))
			}
		}
		before, content = after, next
		if round%10 == 3 { // a reader that stays keeps pages from being used again
			leave()
			leave = stay(t, s)
		}
	}
	leave()
}

// change puts and deletes some keys, and does the same to content.
func change(tx store.Tx, random *rand.Rand, content map[string]int) error {
	for range 1 + random.IntN(40) {
		key := fmt.Sprintf("key %03d", random.IntN(400))
		if random.IntN(3) == 0 {
			delete(content, key)
			if err := tx.Delete("b", []byte(key)); err != nil {
				return err
			}
			continue
		}
		size := random.IntN(300)
		if random.IntN(20) == 0 {
			size *= 50 // several pages
		}
		content[key] = size
		if err := tx.Put("b", []byte(key), bytes.Repeat([]byte(key[6:]), size)); err != nil {
			return err
		}
	}
	return nil
}

// some writes some of what differs to an image, but for the meta pages.
func some(random *rand.Rand, image, after []byte, sector int) {
	share := random.IntN(4)
	for at := 2 * os.Getpagesize(); at+sector <= len(image); at += sector {
		if random.IntN(4) < share {
			copy(image[at:at+sector], after[at:])
		}
	}
}

// tear writes the beginning of what differs in a meta page, or the end.
func tear(random *rand.Rand, image, after []byte) {
	page := os.Getpagesize()
	for at := 0; at < 2*page; at += page {
		from, to := at, at+random.IntN(100)
		if random.IntN(2) == 0 {
			from, to = to, at+page
		}
		copy(image[from:to], after[from:])
	}
}

// contents is what a file holds, the length of each value, after it was found
// to be whole.
func contents(t *testing.T, path string, image []byte) map[string]int {
	t.Helper()
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, quick)
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, s)
	if faults, err := s.CheckPages(t.Context()); len(faults) > 0 || err != nil {
		t.Fatalf("faults %q, error %v", faults, err)
	}
	found := map[string]int{}
	err = s.View(t.Context(), func(tx store.Tx) error {
		return tx.Scan("b", nil, nil, false, func(k, v []byte) (bool, error) {
			if !bytes.Equal(v, bytes.Repeat(k[6:], len(v))) {
				t.Errorf("%s has another value", k)
			}
			found[string(k)] = len(v)
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// stay begins a View that ends with leave.
func stay(t *testing.T, s *bolt.Store) (leave func()) {
	began, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		err := s.View(t.Context(), func(store.Tx) error { close(began); <-end; return nil })
		if err != nil {
			t.Error(err)
		}
	}()
	<-began
	return func() { close(end); <-ended }
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestOpeningWritesAgainWhatMayNotBeOnDisk tells by the file's time that a file
// is written to, and by its bytes that nothing else is.
func TestOpeningWritesAgainWhatMayNotBeOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s := open(t, path)
	fillPages(t, s)
	mustClose(t, s)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	content := readFile(t, path)
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if time.Since(info.ModTime()) > 30*time.Minute {
		t.Error("the file was not written to")
	}
	if !bytes.Equal(readFile(t, path), content) {
		t.Error("the file has other contents")
	}
}
