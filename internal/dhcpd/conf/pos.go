package conf

import (
	"fmt"
	"strconv"
)

// Pos is where a statement begins. Line counts from 1; a Pos without a line belongs to a tree that was built, not read.
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

// SyntaxError says why a file is not dhcpd.conf. Message is one sentence without file and line.
type SyntaxError struct {
	Pos     Pos
	Message string
	// Err is the cause when a file could not be opened or read, else nil.
	Err error
}

// Error gives file, line and message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s: %s", e.Pos, e.Message)
}

// Unwrap returns the cause of a file that could not be read.
func (e *SyntaxError) Unwrap() error { return e.Err }

func syntaxErrorf(pos Pos, format string, args ...any) *SyntaxError {
	return &SyntaxError{Pos: pos, Message: fmt.Sprintf(format, args...)}
}
