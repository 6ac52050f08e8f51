package conf

import (
	"errors"
	"strings"
)

// Opener returns the text of a file by the name that an include directive gives it. Kea looks for relative names where
// it was started.
type Opener func(name string) ([]byte, error)

// Limits of one reading, which keep hostile or circular sets of files from filling memory.
const (
	MaxIncludeDepth = 10       // files within files, as many as Kea follows
	MaxDepth        = 64       // brackets within brackets
	MaxTotalBytes   = 64 << 20 // text of all files together
)

// Load opens and reads the file called name and all that it includes.
func Load(name string, open Opener) (*File, error) {
	text, err := open(name)
	if err != nil {
		return nil, &SyntaxError{Pos: Pos{File: name}, Message: "the file cannot be read", Err: err}
	}
	return Parse(name, text, open)
}

// Parse reads the text of a configuration file; name is used in positions. Included files come from open; with a nil
// open an include is an error. Every error is a *SyntaxError or a *TypeError, and is the first one.
func Parse(name string, text []byte, open Opener) (*File, error) {
	places := map[string]Pos{"": {File: name, Line: 1}}
	v, commas, err := parse(name, text, open, places)
	if err != nil {
		return nil, err
	}
	f, err := FromValue(v)
	if err != nil {
		var wrong *TypeError
		if errors.As(err, &wrong) {
			wrong.Pos = nearest(places, wrong.Path)
		}
		return nil, err
	}
	f.Commas, f.places = commas, places
	return f, nil
}

// ParseValue reads one JSON value, with all that Kea allows; files cannot be included.
func ParseValue(text []byte) (Value, error) {
	v, _, err := parse("", text, nil, nil)
	return v, err
}

// FromValue makes a File of its JSON, such as the arguments of Kea's answer to config-get. The error is a *TypeError.
func FromValue(v Value) (*File, error) {
	o, ok := v.(Object)
	if !ok {
		return nil, &TypeError{Path: "the configuration", Message: "an object is expected, found " + kind(v)}
	}
	f := &File{}
	if err := decode(o, f, ""); err != nil {
		return nil, err
	}
	return f, nil
}

// Value is the configuration as JSON.
func (f *File) Value() Object { return encode(f) }

// Clone copies a configuration.
func (f *File) Clone() *File {
	out, err := FromValue(clone(f.Value()))
	if err != nil { // what encode writes, decode reads
		panic(err)
	}
	out.Commas, out.places = f.Commas, f.places
	return out
}

// Place is where the object begins that holds what a path leads to, such as Dhcp4.subnet4[2].id. It is the zero Pos for a
// configuration that was not read from text.
func (f *File) Place(path string) Pos { return nearest(f.places, path) }

func nearest(places map[string]Pos, path string) Pos {
	for {
		if p, ok := places[path]; ok || path == "" {
			return p
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// Equal reports whether two configurations say the same, the order of keys aside.
func Equal(a, b *File) bool { return Same(a.Value(), b.Value()) }

func parse(name string, text []byte, open Opener, places map[string]Pos) (Value, []Pos, error) {
	p := parser{lexer: lexer{open: open}, places: places}
	if err := p.push(name, text); err != nil {
		return nil, nil, err
	}
	if err := p.advance(); err != nil {
		return nil, nil, err
	}
	v, err := p.value()
	if err != nil {
		return nil, nil, err
	}
	if p.tok.kind != kindEOF {
		return nil, nil, p.unexpected("the end")
	}
	return v, p.commas, nil
}
