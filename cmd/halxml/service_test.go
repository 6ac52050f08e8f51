package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a test waits for the program before it calls it stuck.
const patience = time.Minute

// service is a running `halxml serve`, the program as others run it.
type service struct {
	cmd  *exec.Cmd
	url  string // from its line on standard output
	done chan error
}

// startService runs halxml serve on a free port and waits until it listens.
// What it prints goes to the files serve.stdout and serve.stderr in dir.
func startService(dir string, environ []string, args ...string) (*service, error) {
	program, err := exec.LookPath("halxml") // put there by testscript.Main
	if err != nil {
		return nil, err
	}
	stderr, err := os.Create(filepath.Join(dir, "serve.stderr"))
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	stdout, err := os.Create(filepath.Join(dir, "serve.stdout"))
	if err != nil {
		return nil, err
	}
	s := &service{done: make(chan error, 1)}
	s.cmd = exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Dir, s.cmd.Env, s.cmd.Stderr = dir, environ, stderr
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := make(chan string, 1)
	go func() {
		defer stdout.Close()
		scanner := bufio.NewScanner(pipe)
		for scanner.Scan() {
			fmt.Fprintln(stdout, scanner.Text())
			if url, ok := strings.CutPrefix(scanner.Text(), "halxml: listening on "); ok {
				lines <- url
			}
		}
		close(lines)
		s.done <- s.cmd.Wait()
	}()
	select {
	case url, ok := <-lines:
		if !ok {
			text, _ := os.ReadFile(stderr.Name())
			return nil, fmt.Errorf("halxml serve ended with %v before it listened: %s", <-s.done, text)
		}
		s.url = url
		return s, nil
	case <-time.After(patience):
		s.end(syscall.SIGKILL)
		return nil, errors.New("halxml serve does not say that it listens")
	}
}

// end sends a signal and waits for the process; the error is nil for exit code 0.
func (s *service) end(signal syscall.Signal) error {
	if err := s.cmd.Process.Signal(signal); err != nil {
		return err
	}
	select {
	case err := <-s.done:
		return err
	case <-time.After(patience):
		_ = s.cmd.Process.Kill()
		return fmt.Errorf("halxml serve does not end on %v", signal)
	}
}

// script is what a script has running.
type script struct{ service *service }

type scriptKey struct{}

// setupScript gives each script its service, ended with it.
func setupScript(env *testscript.Env) error {
	s := &script{}
	env.Values[scriptKey{}] = s
	env.Defer(func() {
		if s.service != nil {
			_ = s.service.end(syscall.SIGKILL)
		}
	})
	return nil
}

// scriptEnv is the environment that the scripts' service gets: testscript's
// own, and these of the script.
func scriptEnv(ts *testscript.TestScript) []string {
	var environ []string
	for _, name := range []string{"HOME", "PATH", "TMPDIR", "HALXML_ADMIN_PASSWORD", "HALXML_CONFIG", "HALXML_LOG_FORMAT"} {
		if value := ts.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	return environ
}

// start ARGS runs halxml serve in the script's directory and sets HALXML_URL.
func start(ts *testscript.TestScript, neg bool, args []string) {
	s, _ := ts.Value(scriptKey{}).(*script)
	if neg || s.service != nil {
		ts.Fatalf("usage: start ARGS, once at a time; `! exec halxml serve` for one that must fail")
	}
	running, err := startService(ts.Getenv("WORK"), scriptEnv(ts), args...)
	ts.Check(err)
	s.service = running
	ts.Setenv("HALXML_URL", running.url)
}

// halt SIGNAL ends the service that start began: TERM and INT must end it with
// exit code 0, KILL is a crash.
func halt(ts *testscript.TestScript, neg bool, args []string) {
	s, _ := ts.Value(scriptKey{}).(*script)
	signals := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL}
	if neg || s.service == nil || len(args) != 1 || signals[args[0]] == 0 {
		ts.Fatalf("usage: halt TERM|INT|KILL, after start")
	}
	err := s.service.end(signals[args[0]])
	s.service = nil
	if args[0] != "KILL" {
		ts.Check(err)
	}
}

// logged PATTERN waits until the service has written a line of its log that the
// pattern matches: it logs a request after it has answered.
func logged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: logged PATTERN")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for end := time.Now().Add(patience); !pattern.MatchString(ts.ReadFile("serve.stderr")); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("%s matches nothing in the log:\n%s", args[0], ts.ReadFile("serve.stderr"))
		}
	}
}

// keep NAME PATTERN sets a variable to what the pattern's group matches in the
// last command's standard output.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keep NAME PATTERN")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%s matches nothing, or has no group, in %s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], found[1])
}
