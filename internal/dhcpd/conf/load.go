package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Opener returns the text of a file that is named in an include statement (or of the first file, see Load).
type Opener func(path string) ([]byte, error)

// Limits of one parse. They keep a hostile or circular set of files from filling memory.
const (
	MaxIncludeDepth = 16       // files within files
	MaxBlockDepth   = 64       // braces within braces
	MaxTotalBytes   = 64 << 20 // text of all files together
)

// errNotAbsolute is answered for relative paths: dhcpd would look for them in the directory it happens to be started in.
var errNotAbsolute = errors.New("the path is not absolute")

// FromFS opens absolute paths inside fsys, which stands for the root directory.
func FromFS(fsys fs.FS) Opener {
	return func(name string) ([]byte, error) {
		if !strings.HasPrefix(name, "/") {
			return nil, errNotAbsolute
		}
		clean := strings.TrimPrefix(path.Clean(name), "/")
		if clean == "" {
			clean = "."
		}
		return fs.ReadFile(fsys, clean)
	}
}

// Load opens and parses the file called name and everything it includes. Every error is a *SyntaxError.
func Load(name string, open Opener) (*File, error) {
	text, err := open(name)
	if err != nil {
		return nil, &SyntaxError{Pos: Pos{File: name}, Message: "the file cannot be read", Err: err}
	}
	return Parse(name, text, open)
}

// Parse reads the text of a configuration file; name is used in positions and to find include cycles. Included files are
// fetched from open and expanded in place; with a nil open they are left unexpanded. Every error is a *SyntaxError: the
// first one, at the line where the reader of the file should look.
func Parse(name string, text []byte, open Opener) (*File, error) {
	l := loader{open: open}
	block, err := l.file(name, text, scopeRoot)
	if err != nil {
		return nil, err
	}
	return &File{Name: name, Block: *block}, nil
}

// loader holds what the files of one parse share.
type loader struct {
	open  Opener
	stack []string // files being read, outermost first
	bytes int
	depth int // open blocks over all files
}

func (l *loader) file(name string, text []byte, in scope) (*Block, error) {
	l.bytes += len(text)
	if l.bytes > MaxTotalBytes {
		return nil, syntaxErrorf(Pos{File: name}, "the configuration is larger than %d MiB", MaxTotalBytes>>20)
	}
	src := string(text)
	tokens, err := lex(name, src)
	if err != nil {
		return nil, err
	}
	l.stack = append(l.stack, path.Clean(name))
	p := parser{loader: l, name: name, src: src, tokens: tokens}
	var b Block
	err = p.statements(&b, in)
	l.stack = l.stack[:len(l.stack)-1]
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != kindEOF {
		return nil, p.errorAt(t, "'}' closes nothing: no block is open here")
	}
	b.Tail = p.takeComments()
	return &b, nil
}

// include reads the file of an include statement at pos into the block of inc.
func (l *loader) include(inc *Include, in scope) error {
	clean := path.Clean(inc.Path)
	for i, f := range l.stack {
		if f == clean {
			return syntaxErrorf(inc.Pos, "include cycle: %s", strings.Join(append(l.stack[i:len(l.stack):len(l.stack)], clean), " includes "))
		}
	}
	if len(l.stack) >= MaxIncludeDepth {
		return syntaxErrorf(inc.Pos, "includes are nested deeper than %d files", MaxIncludeDepth)
	}
	text, err := l.open(inc.Path)
	if err != nil {
		reason := "cannot be read"
		switch {
		case errors.Is(err, errNotAbsolute):
			reason = "is named by a relative path; write an absolute one"
		case errors.Is(err, fs.ErrNotExist):
			reason = "does not exist"
		}
		return &SyntaxError{Pos: inc.Pos, Message: fmt.Sprintf("the included file %s %s", inc.Path, reason), Err: err}
	}
	block, err := l.file(inc.Path, text, in)
	if err != nil {
		return err
	}
	inc.Block, inc.Expanded = *block, true
	return nil
}
