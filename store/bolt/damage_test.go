package bolt_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
)

// readEvents reads all events, as many as can be read.
func readEvents(t *testing.T, s *bolt.Store) (n int, err error) {
	err = s.View(t.Context(), func(tx store.Tx) error {
		for _, err := range store.NewSchema().Events.All(tx) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// TestDamagedPagesEndNeitherTheProgramNorItsCallers damages a file in many ways,
// one at a time: calls may fail, but they return.
func TestDamagedPagesEndNeitherTheProgramNorItsCallers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "good.db")
	s := open(t, path)
	fillPages(t, s)
	mustClose(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	var used []int
	for at := 2 * page; at < len(whole); at += page {
		if !bytes.Equal(whole[at:at+page], make([]byte, page)) {
			used = append(used, at)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	damages := map[string]func(page []byte){
		"zeros":       func(p []byte) { clear(p) },
		"noise":       func(p []byte) { fillRandom(random, p) },
		"a place":     func(p []byte) { fillRandom(random, p[16:20]) }, // of the first key, or its page
		"a length":    func(p []byte) { fillRandom(random, p[24:32]) },
		"many places": func(p []byte) { fillRandom(random, p[16:256]) },
		"a bit":       func(p []byte) { p[16+random.IntN(256)] ^= 1 << random.IntN(8) },
		"a far key":   func(p []byte) { p[19] ^= 0x40 },
	}
	failed := 0
	for name, damage := range damages {
		for range 8 {
			at := used[random.IntN(len(used))]
			content := bytes.Clone(whole)
			damage(content[at : at+page])
			path := filepath.Join(t.TempDir(), "data.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := bolt.Open(path, bolt.Options{NoSync: true})
			if err != nil {
				if !errors.Is(err, bolt.ErrDamaged) {
					t.Errorf("%s at %d: %v", name, at, err)
				}
				failed++
				continue
			}
			faults, err := s.CheckPages(t.Context())
			_, rerr := readEvents(t, s)
			for range 3 {
				werr := s.Update(t.Context(), func(tx store.Tx) error {
					return store.NewSchema().Events.Insert(tx, &model.Event{Name: "one more"})
				})
				rerr = errors.Join(rerr, werr)
			}
			if len(faults) > 0 || err != nil || rerr != nil {
				failed++
			}
			_ = s.Close() // may fail; it returns
		}
	}
	if failed < 20 {
		t.Errorf("only %d damages were noticed", failed)
	}
}

func fillRandom(r *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
}

func TestACheckFindsAPageOfAWrongLength(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s := open(t, path)
	fillPages(t, s)
	if faults, err := s.CheckPages(t.Context()); len(faults) > 0 || err != nil {
		t.Fatalf("a sound file: %q, %v", faults, err)
	}
	mustClose(t, s)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page, found := os.Getpagesize(), false
	for at := 2 * page; at < len(content) && !found; at += page {
		if found = content[at+8] == 2; found { // a leaf
			copy(content[at+12:], []byte{0xff, 0xff, 0xff, 0xff})
		}
	}
	if !found {
		t.Fatal("no leaf in the file")
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	if faults, err := s.CheckPages(t.Context()); len(faults) != 1 || err != nil {
		t.Errorf("%q, %v", faults, err)
	}
}

func TestAFileThatIsCutShortUnderUsMakesErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fillPages(t, s)
	if err := os.Truncate(path, 2*int64(os.Getpagesize())); err != nil {
		t.Skip("this system does not cut files in use:", err)
	}
	if n, err := readEvents(t, s); err == nil {
		t.Errorf("read %d events of a file that is gone", n)
	}
	if faults, err := s.CheckPages(t.Context()); err == nil && len(faults) == 0 {
		t.Error("a check finds nothing")
	}
}

func TestAViewThatPanicsIsAnError(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "data.db"))
	if err := s.View(t.Context(), func(store.Tx) error { panic("a defect") }); err == nil {
		t.Error("no error")
	}
	if err := s.View(t.Context(), func(store.Tx) error { return nil }); err != nil {
		t.Errorf("the next one: %v", err)
	}
}
