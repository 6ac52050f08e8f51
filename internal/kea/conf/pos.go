package conf

import (
	"fmt"
	"strconv"
)

// Pos is a line of a file, counted from 1.
type Pos struct {
	File string
	Line int
}

// String gives file:line, or only what is known of it.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// SyntaxError says why a text is not a Kea configuration. Message is one sentence without file and line.
type SyntaxError struct {
	Pos     Pos
	Message string
	// Err is the cause when a file could not be opened or read, else nil.
	Err error
}

// Error gives file, line and message.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s: %s", e.Pos, e.Message) }

// Unwrap returns the cause of a file that could not be read.
func (e *SyntaxError) Unwrap() error { return e.Err }

// TypeError says that a known key has a value of the wrong kind.
type TypeError struct {
	// Path leads to the value, as in Dhcp4.subnet4[2].id.
	Path string
	// Message is one sentence without the path.
	Message string
	// Pos is where the object begins that holds the value, if it was read from text.
	Pos Pos
}

// Error gives what is known of file and line, path and message.
func (e *TypeError) Error() string {
	if e.Pos != (Pos{}) {
		return e.Pos.String() + ": " + e.Path + ": " + e.Message
	}
	return e.Path + ": " + e.Message
}
