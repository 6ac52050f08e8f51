package xmlscan

import "fmt"

// SyntaxError says that the document is not well-formed, or holds markup that
// is not allowed. Its text may be shown to whoever sent the document.
type SyntaxError struct {
	Offset int // in bytes, after transcoding
	Text   string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("XML, byte %d: %s", e.Offset, e.Text)
}

// LimitError says that the document exceeds one of Limits. Its text may be
// shown to whoever sent the document.
type LimitError struct {
	Offset int
	Text   string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("XML, byte %d: %s", e.Offset, e.Text)
}

// fail keeps and returns the first error.
func (x *Scanner) fail(offset int, text string) error {
	if x.err == nil {
		x.err = &SyntaxError{Offset: offset, Text: text}
	}
	return x.err
}

func (x *Scanner) exceed(offset int, what string, limit int) error {
	if x.err == nil {
		x.err = &LimitError{Offset: offset, Text: fmt.Sprintf("%s exceeds the limit of %d", what, limit)}
	}
	return x.err
}
