package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"
)

// readPassword reads a password: from a terminal without echo, where twice
// asks for it again, otherwise the first line of standard input.
func (p *program) readPassword(prompt string, twice bool) (string, error) {
	fd := int(p.stdin.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(p.stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", errors.New("cannot read the password from standard input")
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", errors.New("no password on standard input")
		}
		return line, nil
	}
	first, err := p.ask(fd, prompt)
	if err != nil || !twice {
		return first, err
	}
	again, err := p.ask(fd, "Again: ")
	if err == nil && first != again {
		err = errors.New("the two passwords differ")
	}
	return first, err
}

func (p *program) ask(fd int, prompt string) (string, error) {
	fmt.Fprint(p.stderr, prompt)
	text, err := term.ReadPassword(fd)
	fmt.Fprintln(p.stderr)
	switch {
	case err != nil:
		return "", errors.New("cannot read the password from the terminal")
	case len(text) == 0:
		return "", errors.New("the password is empty")
	}
	return string(text), nil
}
