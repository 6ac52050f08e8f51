package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// maxAnswer bounds what the client reads of an answer.
const maxAnswer = 1 << 30

// rpcClient speaks JSON-RPC 2.0 with a service.
type rpcClient struct {
	endpoint *url.URL
	timeout  time.Duration
}

// login opens a session and is its token.
func (c *rpcClient) login(ctx context.Context, p *program, user string) (string, error) {
	params := parameters{}
	if err := params.login(p, user, c.endpoint); err != nil {
		return "", err
	}
	result, err := c.call(ctx, "Login", params)
	if err != nil {
		return "", err
	}
	var answer struct {
		Session string `json:"session"`
	}
	if json.Unmarshal(result, &answer) != nil || answer.Session == "" {
		return "", fmt.Errorf("%s answered Login without a session", c.endpoint.Host)
	}
	return answer.Session, nil
}

// call asks for one operation; an error of the service is its message and code.
func (c *rpcClient) call(ctx context.Context, operation string, params parameters) (json.RawMessage, error) {
	request, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": operation, "params": params})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.String(), bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := http.DefaultClient.Do(post)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(err)
	}
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	switch err := json.Unmarshal(text, &answer); {
	case err != nil, answer.Error == nil && answer.Result == nil:
		return nil, fmt.Errorf("%s answered %s, and not as JSON-RPC", c.endpoint.Host, response.Status)
	case answer.Error != nil:
		return nil, fmt.Errorf("%s: %s (%d)", operation, answer.Error.Message, answer.Error.Code)
	}
	return answer.Result, nil
}

// unreachable words a failed exchange for an engineer.
func (c *rpcClient) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	why := err.Error()
	var errno syscall.Errno
	var dns *net.DNSError
	if errors.As(err, &errno) {
		why = errno.Error()
	} else if errors.As(err, &dns) {
		why = dns.Err
	} else if errors.Is(err, context.DeadlineExceeded) {
		why = "no answer within " + c.timeout.String()
	} else if ue := (*url.Error)(nil); errors.As(err, &ue) {
		why = ue.Err.Error()
	}
	return fmt.Errorf("cannot reach %s://%s: %s", c.endpoint.Scheme, c.endpoint.Host, why)
}
