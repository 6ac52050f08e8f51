package host

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The files beside the live one, for dhcpd.conf: .dhcpd.conf.new is what is
// judged, dhcpd.conf.prev what was live before.
func (h *Host) files() (live, staged, previous string) {
	live = h.config.File
	if real, err := filepath.EvalSymlinks(live); err == nil {
		live = real // a link stays, the file that it leads to is replaced
	}
	dir, base := filepath.Split(live)
	return live, filepath.Join(dir, "."+base+".new"), filepath.Join(dir, base+".prev")
}

// Live is the live configuration; ok is false when there is no such file.
func (h *Host) Live(context.Context) (text []byte, ok bool, err error) {
	live, _, _ := h.files()
	text, err = os.ReadFile(live)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, nil
	case err != nil:
		return nil, false, fault(err, "the configuration file cannot be read")
	}
	return text, true, nil
}

// fault words a failed access to a file for the operator; nil stays nil.
func fault(err error, text string) error {
	if err == nil {
		return nil
	}
	return faultOf(err, text)
}

// unsure is fault of a step that may have been done.
func unsure(err error, text string) error {
	f := faultOf(err, text)
	f.Unsure = true
	return f
}

func faultOf(err error, text string) *Fault {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		text += ": " + pe.Err.Error()
	case errors.As(err, &le):
		text += ": " + le.Err.Error()
	}
	return &Fault{Text: text}
}

// Stage writes a configuration beside the live one, safe on disk, and lets the
// server's own check judge it.
func (h *Host) Stage(ctx context.Context, text []byte) (Verdict, error) {
	h.busy.Lock()
	defer h.busy.Unlock()
	live, staged, _ := h.files()
	if err := write(staged, text, live); err != nil {
		return Verdict{}, fault(err, "the configuration cannot be written beside the live one")
	}
	words := make([]string, len(h.config.Validate))
	for i, w := range h.config.Validate {
		words[i] = strings.NewReplacer("{file}", staged, "{leases}", h.config.Leases).Replace(w)
	}
	output, err := run(ctx, words)
	if err != nil && err != errExit {
		return Verdict{}, err
	}
	lines := complaints(output)
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], filepath.Base(staged), filepath.Base(live))
	}
	return Verdict{Accepted: err == nil, Lines: lines}, nil
}

// write makes a file with the mode and owner of the one it will replace.
func write(name string, text []byte, like string) (err error) {
	mode := fs.FileMode(0o644)
	info, statErr := os.Stat(like)
	if statErr == nil {
		mode = info.Mode().Perm()
	}
	// What lies there may be a link that somebody else has left.
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(text); err != nil {
		return err
	}
	if statErr == nil {
		keepOwner(f, info)
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	return f.Sync()
}

// Unstage removes what Stage wrote.
func (h *Host) Unstage(context.Context) error {
	h.busy.Lock()
	defer h.busy.Unlock()
	_, staged, _ := h.files()
	if err := os.Remove(staged); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault(err, "the file beside the live configuration cannot be removed")
	}
	return nil
}

// Swap puts the staged configuration in the place of the live one, which is
// kept beside it. It does so only when the live one is still from and the
// staged one to.
func (h *Host) Swap(_ context.Context, from, to Hash) error {
	h.busy.Lock()
	defer h.busy.Unlock()
	defer h.poke()
	live, staged, previous := h.files()
	if now, err := hashFile(live); err != nil || now != from {
		return errors.Join(err, &Fault{Text: "the live configuration file was changed meanwhile"})
	}
	switch now, err := hashFile(staged); {
	case err != nil:
		return err
	case now == "":
		return &Fault{Text: "the validated configuration is gone from beside the live one"}
	case now != to:
		return &Fault{Text: "the validated configuration was changed beside the live one"}
	}
	if from == to { // what was live before stays beside it
		return fault(os.Remove(staged), "the file beside the live configuration cannot be removed")
	}
	if err := os.Remove(previous); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault(err, "the configuration before the last cannot be removed")
	}
	if from != "" {
		if err := os.Link(live, previous); err != nil {
			return fault(err, "the live configuration cannot be kept")
		}
	}
	if err := os.Rename(staged, live); err != nil {
		return fault(err, "the configuration file cannot be replaced")
	}
	return syncDir(live)
}

// Restore puts the configuration that Swap found back; "" means that there was
// none. A live file that is the wanted one already is left alone.
func (h *Host) Restore(_ context.Context, to Hash) error {
	h.busy.Lock()
	defer h.busy.Unlock()
	defer h.poke()
	live, _, previous := h.files()
	if now, err := hashFile(live); err == nil && now == to {
		return nil
	}
	if to == "" {
		if err := os.Remove(live); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault(err, "the configuration file cannot be removed again")
		}
		return syncDir(live)
	}
	if was, err := hashFile(previous); err != nil || was != to {
		return errors.Join(err, &Fault{Text: "the configuration before is no longer beside the live one"})
	}
	if err := os.Rename(previous, live); err != nil {
		return fault(err, "the configuration before cannot be put back")
	}
	return syncDir(live)
}

// hashFile is the Hash of a file's text, "" when there is none.
func hashFile(name string) (Hash, error) {
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fault(err, "the configuration file cannot be read")
	}
	return HashOf(text), nil
}

// syncDir makes a rename safe on disk. It is done by then, even if this fails.
func syncDir(file string) error {
	d, err := os.Open(filepath.Dir(file))
	if err != nil {
		return unsure(err, "the configuration's directory cannot be read")
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return unsure(err, "the configuration's directory cannot be written to disk")
	}
	return nil
}
