package mail

import (
	"errors"
	"net/textproto"
	"strings"
)

// refusal turns what a server has said into a *Refusal.
func refusal(err error) error {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return err
	}
	first, _, _ := strings.Cut(said.Msg, "\n")
	return &Refusal{said.Code, first}
}

// Refused is what the server has said, in a line.
func (r *Refusal) Refused() string { return r.Text }
