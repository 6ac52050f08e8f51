package control

import (
	"fmt"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
)

// Result is how a command went.
type Result int

// Results, as Kea numbers them.
const (
	Success     Result = 0
	Failure     Result = 1
	Unsupported Result = 2 // the daemon does not know the command: the library that brings it is not loaded
	Empty       Result = 3 // nothing was found
	Conflict    Result = 4 // the command does not fit the state of what it is about
)

// String is the result's word.
func (r Result) String() string {
	words := [...]string{"success", "failure", "unsupported", "empty", "conflict"}
	if r >= 0 && int(r) < len(words) {
		return words[r]
	}
	return fmt.Sprintf("result %d", int(r))
}

// Reply is a daemon's answer.
type Reply struct {
	Result Result
	// Text is Kea's; it may hold paths of the server.
	Text string
	// Arguments are what was asked for; nil when there are none.
	Arguments conf.Value
}

// Refusal is a command that a daemon did not carry out.
type Refusal struct {
	Command string
	Result  Result
	Text    string // Kea's, for the log
}

// Error gives command, result and Kea's text.
func (e *Refusal) Error() string { return fmt.Sprintf("kea: %s: %s: %s", e.Command, e.Result, e.Text) }

// parseReply reads an answer; over HTTP it is a list of one.
func parseReply(command string, text []byte) (*Reply, error) {
	bad := func(cause error) error {
		return errs.Wrap(cause, errs.Malformed, "The answer to the command %s is not one of a Kea server.", command)
	}
	v, err := conf.ParseValue(text)
	if err != nil {
		return nil, bad(err)
	}
	if list, ok := v.(conf.List); ok {
		if len(list) != 1 {
			return nil, bad(fmt.Errorf("%d answers", len(list)))
		}
		v = list[0]
	}
	o, ok := v.(conf.Object)
	if !ok {
		return nil, bad(fmt.Errorf("the answer is no object"))
	}
	result, _ := o.Get("result")
	n, ok := result.(int64)
	if !ok || n < 0 || n > 1<<16 {
		return nil, bad(fmt.Errorf("the answer has no result"))
	}
	r := &Reply{Result: Result(n)}
	said, _ := o.Get("text")
	r.Text, _ = said.(string)
	r.Arguments, _ = o.Get("arguments")
	return r, nil
}
