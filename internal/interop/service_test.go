package interop

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// password is that of the administrator of every service that these tests start.
const password = "Keypad-42-umbrella"

// moduleRoot is where the sources lie, seen from this package.
const moduleRoot = "../.."

// binary is the halxml program, built once for all tests by TestMain.
var binary string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "halxml-interop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "halxml")
	if err := build(binary); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build compiles the program. It also reads the folders of its sources and of
// the clients, so that go test runs again, rather than show an old result, when
// one of their files has changed.
func build(path string) error {
	command := exec.Command("go", "build", "-o", path, "./cmd/halxml")
	command.Dir = moduleRoot
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, output)
	}
	for _, sources := range []string{"cmd", "internal", "soap", "store", "wsdl"} {
		err := filepath.WalkDir(filepath.Join(moduleRoot, sources), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var listening = regexp.MustCompile(`127\.0\.0\.1:[1-9][0-9]*`)

// service is a running halxml program.
type service struct {
	base string // its URL
	stop func() // ends it, which the end of the test does too
	log  strings.Builder
}

// startService runs the program with a data folder of its own until the test
// ends and returns its base URL. Flags are added to those that this needs.
func startService(t *testing.T, flags ...string) string {
	t.Helper()
	return startServiceOn(t, t.TempDir(), flags...).base
}

// startServiceOn is startService with a data folder.
func startServiceOn(t *testing.T, data string, flags ...string) *service {
	t.Helper()
	ctx, interrupt := context.WithCancel(context.Background())
	flags = append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, flags...)
	command := exec.CommandContext(ctx, binary, flags...)
	command.Env = append(os.Environ(), "HALXML_ADMIN_PASSWORD="+password)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	reader, writer := io.Pipe()
	command.Stdout, command.Stderr = writer, writer
	if err := command.Start(); err != nil {
		interrupt()
		t.Fatal(err)
	}

	s := &service{}
	address := make(chan string, 1)
	var reading sync.WaitGroup
	reading.Go(func() {
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			fmt.Fprintln(&s.log, lines.Text())
			if found := listening.FindString(lines.Text()); found != "" {
				select {
				case address <- found:
				default:
				}
			}
		}
		close(address)
		_, _ = io.Copy(io.Discard, reader)
	})
	exited := make(chan error, 1)
	go func() {
		exited <- command.Wait()
		writer.Close()
	}()
	s.stop = sync.OnceFunc(func() {
		interrupt()
		if err := <-exited; err != nil && ctx.Err() == nil {
			t.Errorf("the service ended: %v", err)
		}
		reading.Wait()
	})
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			lines := strings.SplitAfter(s.log.String(), "\n")
			t.Logf("the service said at last:\n%s", strings.Join(lines[max(0, len(lines)-200):], ""))
		}
	})

	select {
	case found, ok := <-address:
		if !ok {
			t.Fatal("the service ended before it listened")
		}
		s.base = "http://" + found
	case <-time.After(2 * time.Minute):
		t.Fatal("the service did not say where it listens")
	}
	return s
}

// output runs a client and returns what it printed; a failing one ends the test.
func output(t *testing.T, folder, program string, arguments ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = folder
	printed, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command.Args, " "), err, printed)
	}
	return string(printed)
}
