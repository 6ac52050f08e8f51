package channel

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"halxml/internal/host"
	"halxml/internal/kea"
	"halxml/internal/kea/conf"
)

// trialLasts bounds a trial start; a tenth of a second is usual.
const trialLasts = 30 * time.Second

// trial starts a daemon of this machine with a configuration that serves nobody
// and ends it again. Lines are why it does not start, none when it does.
func (d *daemon) trial(ctx context.Context, words []string, f *conf.File) (lines []string, err error) {
	folder, err := os.MkdirTemp("", "kea") // short, for a socket in it
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "kea.conf")
	if err := os.WriteFile(file, conf.Print(kea.Scratch(f, folder)), 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, trialLasts)
	defer cancel()
	filled := make([]string, len(words))
	for i, w := range words {
		filled[i] = strings.NewReplacer("{daemon}", string(d.service), "{file}", file).Replace(w)
	}
	cmd := exec.CommandContext(ctx, filled[0], filled[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = os.Environ()
	for _, name := range []string{"PIDFILE", "LOCKFILE", "CONTROL_SOCKET", "LOG_FILE", "DHCP_DATA"} {
		cmd.Env = append(cmd.Env, "KEA_"+name+"_DIR="+folder)
	}
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		return nil, &host.Fault{Text: "the trial start cannot be run: the command " + filepath.Base(filled[0]) + " is not there or not allowed; without one, set trial to an empty list"}
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		write.Close()
	}()
	started := false
	var log []string
	for scan := bufio.NewScanner(read); scan.Scan(); {
		line := scan.Text()
		if strings.Contains(line, "_STARTED Kea ") && !started {
			started = true
			cancel() // it has seen enough
		}
		if message, ok := complaint(line); ok && len(log) < 20 {
			log = append(log, message)
		}
	}
	_, _ = io.Copy(io.Discard, read) // a line that was too long
	<-ended
	switch {
	case started:
		return nil, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, &host.Fault{Text: "the trial start did not end in " + trialLasts.String()}
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(log) == 0:
		log = []string{"the daemon does not start, and does not say why"}
	}
	return host.Complaints([]byte(strings.Join(log, "\n"))), nil
}

// complaint is what a line of Kea's log says, if it is an error: the line begins
// with date, time, severity and the logger in brackets.
func complaint(line string) (message string, ok bool) {
	for _, severity := range []string{" ERROR [", " FATAL [", " ERROR  [", " FATAL  ["} {
		if _, rest, found := strings.Cut(line, severity); found {
			_, message, ok = strings.Cut(rest, "] ")
			return message, ok
		}
	}
	return "", false
}
