package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// patience is how long one command may take.
const patience = 60 * time.Second

// maxOutput bounds what is read of a command's output, bytes; maxLines how many
// lines of it are kept.
const (
	maxOutput = 256 << 10
	maxLines  = 20
	maxLine   = 400
)

// errExit is a command that ran and ended with another exit code than 0.
var errExit = errors.New("exit code is not 0")

// run runs a command to its end. Its output goes through a file, not a pipe: a
// server that it leaves behind may keep the other end open.
func run(ctx context.Context, words []string) (output []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := os.CreateTemp("", "halxml-output-*")
	if err != nil {
		return nil, err
	}
	defer out.Close()
	if err := os.Remove(out.Name()); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	err = cmd.Run()
	if _, seek := out.Seek(0, io.SeekStart); seek != nil {
		return nil, seek
	}
	output, read := io.ReadAll(io.LimitReader(out, maxOutput))
	if read != nil {
		return nil, read
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return output, &Fault{Text: "the command " + program(words) + " did not end in " + patience.String(), Lines: complaints(output)}
	case errors.As(err, &exit):
		return output, errExit
	case err != nil:
		return output, &Fault{Text: "the command " + program(words) + " cannot be run"}
	}
	return output, nil
}

// Run runs a command to its end. It fails with a *Fault that holds what the
// command complains of.
func Run(ctx context.Context, words []string) error {
	output, err := run(ctx, words)
	if err == errExit {
		return &Fault{Text: "the command " + program(words) + " failed", Lines: complaints(output)}
	}
	return err
}

// Complaints are the lines of an output that say something, without paths.
func Complaints(output []byte) []string { return complaints(output) }

// program is a command's name without its path.
func program(words []string) string {
	return words[0][strings.LastIndexAny(words[0], `/\`)+1:]
}

// noise are lines that DHCP servers print whatever happens.
var noise = []string{
	"Internet Systems Consortium DHCP Server", "Copyright ", "All rights reserved.", "For info, please visit",
	"Config file: ", "Database file: ", "PID file: ", "Configuration file errors encountered", "If you think you have received",
	"than a configuration issue", "bugs on either our web page", "before submitting a bug", "process and the information we find",
	"exiting.", "Wrote ", "Listening on ", "Sending on ", "Source compiled to use", "Server starting service.",
	"bound to ", "ldap_gssapi_principal",
}

// path is a path of two parts or more; the last is kept.
var path = regexp.MustCompile(`(?:/[A-Za-z0-9._+~@-]+)+/([A-Za-z0-9._+~@-]+)`)

// complaints are the lines of an output that say something, without paths.
func complaints(output []byte) (lines []string) {
next:
	for raw := range bytes.Lines(output) {
		line := strings.TrimRight(strings.ToValidUTF8(string(raw), "?"), " \t\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		for _, n := range noise {
			if strings.HasPrefix(strings.TrimSpace(line), n) {
				continue next
			}
		}
		line = path.ReplaceAllString(line, "$1")
		if len(line) > maxLine {
			line = strings.ToValidUTF8(line[:maxLine], "") + " …"
		}
		if lines = append(lines, line); len(lines) == maxLines {
			break
		}
	}
	return lines
}
