package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"halxml/internal/app"
)

// callCommand is a small JSON-RPC client for engineers. It logs in and out
// around the call when HALXML_USER is set.
type callCommand struct {
	URL       string        `help:"URL of the service." env:"HALXML_URL" default:"http://127.0.0.1:8080"`
	Timeout   time.Duration `help:"How long to wait for an answer." default:"60s"`
	Operation string        `arg:"" help:"Name of the operation, as in GetDHCPScopes."`
	Params    []string      `arg:"" optional:"" name:"name=value" help:"Parameters; a value that begins with {, [ or a double quote is JSON."`
}

// Help says what does not fit a line.
func (callCommand) Help() string {
	return `Logs in and out around the call with HALXML_USER and HALXML_PASSWORD, or uses the session in HALXML_SESSION.
SSL_CERT_FILE names the certificates to trust when they are not the system's.

  halxml call GetDHCPServers filter=name=dhcp1
  halxml call AddDHCPServer 'dhcpServer={"name": "dhcp1", "type": "ISC"}'`
}

// Run implements the command.
func (c *callCommand) Run(p *program) error {
	endpoint, err := endpointOf(c.URL)
	if err != nil {
		return err
	}
	params, err := parseParams(c.Params)
	if err != nil {
		return err
	}
	if err := checkNames(c.Operation, params); err != nil {
		return err
	}
	rpc := &rpcClient{endpoint: endpoint, timeout: c.Timeout}
	ctx := context.Background()
	user, operation := p.env("HALXML_USER"), strings.TrimPrefix(c.Operation, "halXMLCommand")
	switch {
	case params["session"] != nil || operation == "Logout" && p.env("HALXML_SESSION") == "":
	case p.env("HALXML_SESSION") != "" && operation != "Login":
		params.text("session", p.env("HALXML_SESSION"))
	case user != "" && operation == "Login":
		if err := params.login(p, user, endpoint); err != nil {
			return err
		}
	case user != "":
		session, err := rpc.login(ctx, p, user)
		if err != nil {
			return err
		}
		params.text("session", session)
		// The session would end by itself; a failure to end it is no failure of the call.
		defer rpc.call(ctx, "Logout", parameters{}.text("session", session))
	}
	result, err := rpc.call(ctx, c.Operation, params)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, result, "", "  "); err != nil {
		return fmt.Errorf("the answer of %s is no JSON", endpoint.Host)
	}
	_, err = fmt.Fprintln(p.stdout, out.String())
	return err
}

// checkNames finds misspelt parameters, which the service would ignore. An
// operation that is not known here may be one of a newer service.
func checkNames(operation string, params parameters) error {
	op, ok := app.LookUp(operation)
	if !ok {
		return nil
	}
	for name := range params {
		if !op.Takes(name) {
			return usageError{fmt.Sprintf("%s has no parameter %s; it takes %s", op.Name, name, strings.Join(op.Parameters, ", "))}
		}
	}
	return nil
}

// endpointPath is where the interface is unless the URL has a path itself.
const endpointPath = "/_mmwebext/mmwebext.dll"

// endpointOf completes the service's URL to that of its interface.
func endpointOf(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usageError{fmt.Sprintf("--url: %q is not a URL such as http://127.0.0.1:8080", text)}
	}
	if u.Path == "" || u.Path == "/" {
		u.Path, u.RawQuery = endpointPath, "Soap"
	}
	return u, nil
}

// parameters are the members of a call's params.
type parameters map[string]json.RawMessage

func parseParams(pairs []string) (parameters, error) {
	all := parameters{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok || name == "":
			return nil, usageError{fmt.Sprintf("parameter %q must be name=value", pair)}
		case all[name] != nil:
			return nil, usageError{fmt.Sprintf("parameter %s is given twice", name)}
		case value != "" && strings.Contains(`{["`, value[:1]):
			if !json.Valid([]byte(value)) {
				return nil, usageError{fmt.Sprintf("parameter %s begins like JSON and is none", name)}
			}
			all[name] = json.RawMessage(value)
		default:
			all.text(name, value)
		}
	}
	return all, nil
}

// text sets a parameter to a string, which the service takes for every scalar.
func (ps parameters) text(name, value string) parameters {
	ps[name], _ = json.Marshal(value) // a string always is JSON
	return ps
}

// login completes the parameters of Login.
func (ps parameters) login(p *program, user string, endpoint *url.URL) error {
	if ps["loginName"] == nil {
		ps.text("loginName", user)
	}
	if ps["server"] == nil {
		ps.text("server", endpoint.Hostname())
	}
	if ps["password"] != nil {
		return nil
	}
	password := p.env("HALXML_PASSWORD")
	if password == "" {
		var err error
		if password, err = p.readPassword("Password of "+user+": ", false); err != nil {
			return err
		}
	}
	ps.text("password", password)
	return nil
}
