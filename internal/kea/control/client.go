package control

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
)

// Limits of a Target that names none.
const (
	DefaultTimeout  = 15 * time.Second
	DefaultMaxReply = 64 << 20 // bytes; all leases come in one reply
)

// Target is where a daemon takes commands: Socket or URL.
type Target struct {
	// Socket is the path of a unix socket.
	Socket string
	// URL is that of a control agent or of the daemon itself, http://address:port/ or https://….
	URL string
	// Service tells a control agent which daemon is meant, Dhcp4 or Dhcp6. Empty is for a daemon's own socket.
	Service Service
	// User and Password are for HTTP's basic authentication; no User, no authentication.
	User, Password string
	// TLS is for https; nil verifies the server by the system's certificates.
	TLS *tls.Config
	// Timeout bounds one command; 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxReply bounds a reply, bytes; 0 is DefaultMaxReply.
	MaxReply int64
}

// Service is a daemon's name to the control agent.
type Service string

// The daemons of DHCP.
const (
	Dhcp4 Service = "dhcp4"
	Dhcp6 Service = "dhcp6"
)

// Client sends commands to one daemon. It holds no connection, so several commands may run at once; Kea itself works on
// one at a time.
type Client struct {
	target Target
	http   *http.Client
}

// New makes a client. The error says what is wrong with the target.
func New(t Target) (*Client, error) {
	if t.Timeout == 0 {
		t.Timeout = DefaultTimeout
	}
	if t.MaxReply == 0 {
		t.MaxReply = DefaultMaxReply
	}
	if (t.Socket == "") == (t.URL == "") {
		return nil, errs.Errorf(errs.Invalid, "A Kea server is reached by a socket or by a URL.")
	}
	c := &Client{target: t}
	if t.URL == "" {
		return c, nil
	}
	u, err := url.Parse(t.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, errs.Errorf(errs.Invalid, "A Kea server's URL has the form http://address:port/ or https://address:port/.")
	}
	c.http = &http.Client{
		// A connection for each command: Kea closes idle ones when it likes, and a command must not be sent twice.
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: t.TLS},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Do sends a command; arguments may be nil. The reply may say that the command failed. The error's code is Unavailable
// when the server cannot be reached or does not answer in time, AccessDenied when it wants another user or password,
// TooLarge when the reply is longer than allowed and Malformed when it is no reply of Kea; its text names no place.
func (c *Client) Do(ctx context.Context, command string, arguments conf.Value) (*Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.target.Timeout)
	defer cancel()
	message := conf.Object{{Key: "command", Value: command}}
	if c.target.Service != "" {
		message = append(message, conf.Member{Key: "service", Value: conf.List{string(c.target.Service)}})
	}
	if arguments != nil {
		message = append(message, conf.Member{Key: "arguments", Value: arguments})
	}
	send := c.overSocket
	if c.http != nil {
		send = c.overHTTP
	}
	text, err := send(ctx, conf.Compact(message))
	var known *errs.Error
	switch {
	case errors.As(err, &known):
		return nil, err
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, errs.Wrap(err, errs.Unavailable, "The Kea server does not answer the command %s within %s.", command, c.target.Timeout)
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, errs.Wrap(err, errs.Unavailable, "The Kea server does not take the command %s.", command)
	}
	return parseReply(command, text)
}

// overSocket sends a message over the unix socket; the daemon closes the connection after its answer.
func (c *Client) overSocket(ctx context.Context, message []byte) ([]byte, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", c.target.Socket)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write(message); err != nil {
		return nil, err
	}
	return c.read(conn)
}

// overHTTP posts a message.
func (c *Client) overHTTP(ctx context.Context, message []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.target.URL, bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.target.User != "" {
		req.SetBasicAuth(c.target.User, c.target.Password)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return c.read(resp.Body)
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, errs.Errorf(errs.AccessDenied, "The Kea server refuses the user or password.")
	}
	return nil, fmt.Errorf("HTTP status %d", resp.StatusCode)
}

func (c *Client) read(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, c.target.MaxReply+1))
	if err == nil && int64(len(text)) > c.target.MaxReply {
		return nil, errs.Errorf(errs.TooLarge, "The Kea server's reply is longer than %d bytes.", c.target.MaxReply)
	}
	return text, err
}
