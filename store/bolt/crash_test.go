package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
	"halxml/store/storetest"
)

// crashFile names, in the child's environment, the file that it is to fill
// until it is killed.
const crashFile = "HALXML_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		fmt.Println("failed:", fillUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// fillUntilKilled adds and removes users from several goroutines and writes a
// line for each update once it is answered.
func fillUntilKilled(path string) error {
	ctx := context.Background()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, s); err != nil {
		return err
	}
	schema := store.NewSchema()
	refused := errors.New("refused")
	failures := make(chan error)
	var mu sync.Mutex
	say := func(what string, id model.ID) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(what, id)
	}
	for w := range 8 {
		go func() {
			for i := 0; ; i++ {
				user := &model.User{Name: fmt.Sprintf("user %d of %d", i, w), FullName: strings.Repeat("x", i%700)}
				err := s.Update(ctx, func(tx store.Tx) error {
					if err := schema.Users.Insert(tx, user); err != nil || i%7 != 6 {
						return err
					}
					return refused
				})
				switch {
				case errors.Is(err, refused):
					say("refused", user.ID)
					continue
				case err != nil:
					failures <- err
					return
				}
				say("added", user.ID)
				if i%3 == 2 {
					say("removing", user.ID)
					if err := s.Update(ctx, func(tx store.Tx) error { return schema.Users.Delete(tx, user.ID) }); err != nil {
						failures <- err
						return
					}
					say("removed", user.ID)
				}
			}
		}()
	}
	return <-failures
}

// TestWhatWasAnsweredSurvivesAKill kills a process amid its updates, three
// times on one file, and looks for all that it had answered.
func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "data.db")
	for round := range 3 {
		child := exec.CommandContext(t.Context(), program)
		child.Env = append(os.Environ(), crashFile+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		last := map[model.ID]string{}
		lines := bufio.NewScanner(out)
		n := 0
		for ; lines.Scan(); n++ {
			what, text, _ := strings.Cut(lines.Text(), " ")
			id, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				t.Fatalf("the child says %q", lines.Text())
			}
			last[model.ID(id)] = what
			if n == 300*(round+1) {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = child.Wait() // it was killed
		if n < 300 {
			t.Fatalf("the child answered %d times", n)
		}
		s, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if faults, err := s.CheckPages(t.Context()); len(faults) > 0 || err != nil {
			t.Fatalf("faults %q, error %v", faults, err)
		}
		schema := store.NewSchema()
		err = storetest.Keep(t, s).View(t.Context(), func(tx store.Tx) error {
			for id, what := range last {
				_, err := schema.Users.Get(tx, id)
				switch there := err == nil; {
				case err != nil && !errors.Is(err, store.ErrNotFound):
					return err
				case what == "added" && !there, (what == "removed" || what == "refused") && there:
					t.Errorf("round %d: user %d was %s, there: %t", round, id, what, there)
				}
			}
			return store.Check(tx)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Update(t.Context(), func(tx store.Tx) error { // names may come again
			for u, err := range schema.Users.All(tx) {
				if err != nil {
					return err
				}
				if err := schema.Users.Delete(tx, u.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		mustClose(t, s)
	}
}
