package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// client sends prepared requests over one connection and reads the answers
// without making garbage, so that it takes as little as can be from the service
// beside it.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte // of the last answer; of one in pieces only the last bytes
	size int    // of the last answer's body
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// do sends a whole HTTP request and reads the answer, which must be a success.
func (c *client) do(request []byte) error {
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	length, status := 0, ""
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		name, value, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(": "))
		switch {
		case status == "":
			status = "HTTP/1.1 200"
			if !bytes.HasPrefix(line, []byte(status)) {
				return fmt.Errorf("the service answered %s", bytes.TrimSpace(line))
			}
		case len(name) == 0:
			return c.take(length)
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = -1
		}
	}
}

// take reads a body; a length of -1 is one in pieces.
func (c *client) take(length int) error {
	c.size, c.body = 0, c.body[:0]
	if length >= 0 {
		return c.piece(length)
	}
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := c.piece(int(n)); err != nil {
				return err
			}
		}
		if _, err := c.in.ReadSlice('\n'); n == 0 || err != nil {
			return err
		}
	}
}

func (c *client) piece(n int) error {
	if cap(c.body) < n {
		c.body = make([]byte, n)
	}
	c.body = c.body[:n]
	c.size += n
	_, err := io.ReadFull(c.in, c.body)
	return err
}

// refused reports whether the last answer was a fault.
func (c *client) refused() bool {
	const enough = 4 << 10 // of an answer to see it
	start := c.body[:min(len(c.body), enough)]
	return bytes.Contains(start, []byte(`"error":`)) || bytes.Contains(start, []byte("Fault>"))
}

const post = "POST /_mmwebext/mmwebext.dll?Soap HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"

func soapRequest(operation, fields string) []byte {
	body := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation +
		` xmlns="http://menandmice.com/webservices/">` + fields + `</` + operation + `></soap:Body></soap:Envelope>`
	return fmt.Appendf(nil, post, "text/xml; charset=utf-8", len(body), body)
}

func jsonRequest(operation, params string) []byte {
	body := `{"jsonrpc":"2.0","id":1,"method":"` + operation + `","params":{` + params + `}}`
	return fmt.Appendf(nil, post, "application/json", len(body), body)
}

// login gets a session.
func (c *client) login() (string, error) {
	if err := c.do(jsonRequest("Login", `"server":"s","loginName":"administrator","password":"`+password+`"`)); err != nil {
		return "", err
	}
	_, rest, ok := strings.Cut(string(c.body), `"session":"`)
	session, _, _ := strings.Cut(rest, `"`)
	if !ok {
		return "", errors.New("no session in the answer of Login")
	}
	return session, nil
}
