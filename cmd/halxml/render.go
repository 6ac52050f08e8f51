package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"halxml/internal/app"
)

// remote are the flags of commands that talk to a running service.
type remote struct {
	URL string `help:"URL of the service." env:"HALXML_URL" default:"http://127.0.0.1:8080"`
}

// renderCommand prints the configuration that a server should run.
type renderCommand struct {
	remote
	settings
	Timeout time.Duration `help:"How long to wait for an answer." default:"60s"`
	Service string        `help:"Service of a Kea server, DHCPv4 or DHCPv6; a file for each." placeholder:"SERVICE"`
	Offline bool          `help:"Read the data of a stopped service, as --config and --data say."`
	Server  string        `arg:"" help:"Name of the server."`
}

// Help says what does not fit a line.
func (renderCommand) Help() string {
	return "Asks a running service, with HALXML_USER and HALXML_PASSWORD or the session in HALXML_SESSION."
}

// Run implements the command.
func (c *renderCommand) Run(p *program) error {
	var text []byte
	var err error
	if c.Offline {
		config, err := c.load(p)
		if err != nil {
			return err
		}
		text, err = app.Render(context.Background(), config, c.Server, c.Service)
		if err != nil {
			return err
		}
	} else {
		path := "/config/" + url.PathEscape(c.Server)
		if c.Service != "" {
			path += "?service=" + url.QueryEscape(c.Service)
		}
		if text, err = c.text(p, c.Timeout, http.MethodGet, path, nil); err != nil {
			return err
		}
	}
	_, err = p.stdout.Write(text)
	return err
}

// text asks a service for one of its plain texts.
func (c *remote) text(p *program, timeout time.Duration, method, path string, body io.Reader) (text []byte, err error) {
	err = c.ask(context.Background(), p, timeout, method, path, body, func(answer io.Reader) (err error) {
		text, err = io.ReadAll(io.LimitReader(answer, maxAnswer))
		return err
	})
	return text, err
}

// ask lets take read what a service answers.
func (c *remote) ask(ctx context.Context, p *program, timeout time.Duration, method, path string, body io.Reader, take func(io.Reader) error) error {
	endpoint, err := endpointOf(c.URL)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, endpoint.Scheme+"://"+endpoint.Host+path, body)
	if err != nil {
		return err
	}
	if err := authorize(p, request); err != nil {
		return err
	}
	rpc := &rpcClient{endpoint: endpoint, timeout: timeout}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return rpc.unreachable(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err != nil {
			return rpc.unreachable(err)
		}
		return fmt.Errorf("%s: %s", endpoint.Host, strings.TrimSpace(string(text)))
	}
	broken := &breakable{Reader: response.Body}
	if err := take(broken); broken.err == nil {
		return err
	}
	return rpc.unreachable(broken.err)
}

// breakable remembers how reading from the network failed.
type breakable struct {
	io.Reader
	err error
}

func (b *breakable) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// authorize puts the caller's session, or name and password, into a request.
func authorize(p *program, r *http.Request) error {
	if session := p.env("HALXML_SESSION"); session != "" {
		r.Header.Set("Authorization", "Bearer "+session)
		return nil
	}
	user := p.env("HALXML_USER")
	if user == "" {
		return usageError{"set HALXML_USER, or HALXML_SESSION, to say who asks"}
	}
	password := p.env("HALXML_PASSWORD")
	if password == "" {
		var err error
		if password, err = p.readPassword("Password of "+user+": ", false); err != nil {
			return err
		}
	}
	r.SetBasicAuth(user, password)
	return nil
}
