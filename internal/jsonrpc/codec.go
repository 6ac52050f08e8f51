package jsonrpc

import (
	"bytes"
	"net/http"
	"strings"
	"sync"

	"halxml/internal/errs"
	"halxml/internal/exchange"
	"halxml/internal/jsonscan"
	"halxml/wsdl/hal"
)

// DefaultBatch is how many requests a batch may hold unless LimitBatch says so.
const DefaultBatch = 1000

// maxBatchAnswer is the size in bytes from which the rest of a batch is refused.
const maxBatchAnswer = 64 << 20

// maxLists bounds the answers' lists that are kept, bytes.
const maxLists = 16 << 20

const contentType = "application/json; charset=utf-8"

// Codec speaks JSON-RPC 2.0.
type Codec struct {
	profile  hal.Profile
	limits   jsonscan.Limits
	maxBatch int
	objects  bool
	scanners sync.Pool // of *jsonscan.Scanner
	lists    *hal.Lists
}

// NewCodec returns a Codec that answers in a profile and refuses documents
// beyond the limits, whose zero values are defaults.
func NewCodec(p hal.Profile, limits jsonscan.Limits) *Codec {
	return &Codec{profile: p, limits: limits, maxBatch: DefaultBatch, lists: hal.NewLists(maxLists)}
}

// LimitBatch sets how many requests a batch may hold; 0 leaves the default. It
// is for the time before the codec is used.
func (c *Codec) LimitBatch(requests int) {
	if requests > 0 {
		c.maxBatch = requests
	}
}

// Objects is a codec like c whose every result is an object: {} and not "" for
// an operation without an output. Clients of the newest URL read results into
// maps.
func (c *Codec) Objects() *Codec {
	return &Codec{profile: c.profile, limits: c.limits, maxBatch: c.maxBatch, objects: true, lists: c.lists}
}

// Takes implements exchange.Codec.
func (*Codec) Takes(mediaType string) bool {
	switch mediaType {
	case "application/json", "application/json-rpc", "application/jsonrequest", "text/json":
		return true
	}
	return false
}

// Begins implements exchange.Codec.
func (*Codec) Begins(c byte) bool { return c == '{' || c == '[' }

// Refuse implements exchange.Codec.
func (*Codec) Refuse(r *exchange.Request, err error, a *exchange.Answer) {
	a.ContentType = contentType
	fail(a, r, nullID, err)
}

// Serve implements exchange.Codec.
func (c *Codec) Serve(r *exchange.Request, a *exchange.Answer) {
	a.ContentType = contentType
	text, err := jsonscan.Transcode(r.Body, r.Charset)
	if err != nil {
		r.Refused("", parseError(err))
		fail(a, r, nullID, parseError(err))
		return
	}
	s, _ := c.scanners.Get().(*jsonscan.Scanner)
	if s == nil {
		s = new(jsonscan.Scanner)
	}
	defer func() {
		s.Reset("", jsonscan.Limits{}) // let go of the text
		c.scanners.Put(s)
	}()
	s.Reset(text, c.limits)
	if s.Kind() == jsonscan.Array {
		c.batch(s, r, a)
		return
	}
	q, err := readRequest(s)
	if err == nil {
		err = parseError(s.End())
	}
	if err != nil {
		r.Refused("", err)
		fail(a, r, nullID, err)
		return
	}
	a.Stream()
	if err := c.answer(&q, s, r, a); err != nil && a.Reset() {
		a.ContentType = contentType
		fail(a, r, q.id, err)
	}
}

// answer has one request answered and appends the answer, or leaves all as it
// was and returns what it failed with. s is done with its text and free to read the parameters.
func (c *Codec) answer(q *request, s *jsonscan.Scanner, r *exchange.Request, a *exchange.Answer) error {
	operation := ""
	op, _, known := hal.LookupFold(q.method)
	if known {
		operation = op.Name
	} else if q.wrong == nil {
		q.wrong = &protocolError{methodNotFound, errs.UnknownCommand, "Unknown operation " + clip(q.method)}
	}
	var call hal.Message
	if q.wrong == nil {
		call, q.wrong = q.decode(op, s, c.limits)
	}
	if q.wrong != nil {
		r.Refused(operation, q.wrong)
		return q.wrong
	}
	start := len(a.Body)
	a.Output.Profile, a.Output.Lists = c.profile, c.lists
	err := r.Call("json", op, call, func(response hal.Message) (err error) {
		const empty = `"result": ""`
		b := append(open(a.Body[:start], q.id), `"result": `...)
		if b, err = a.Output.AppendJSON(b, response); err == nil {
			if c.objects && bytes.HasSuffix(b, []byte(empty)) {
				b = append(b[:len(b)-2], "{}"...)
			}
			b = closeWithID(b, q.id)
		}
		a.Body = b
		return err
	})
	if err != nil && a.Output.Flush == nil {
		a.Body = a.Body[:start]
	}
	return err
}

// clip shortens what a caller sent for a message.
func clip(s string) string {
	if len(s) <= 64 {
		return s
	}
	return strings.ToValidUTF8(s[:64], "") + "…"
}

// fail makes the whole answer an error and sets the HTTP status, which on the
// newer URLs tells errors, and there a wrong session or credential from others.
func fail(a *exchange.Answer, r *exchange.Request, id string, err error) {
	a.Body = appendError(a.Body[:0], id, err)
	if !r.StatusErrors {
		return
	}
	a.Status = http.StatusBadRequest
	if code := errs.CodeOf(err); code == errs.BadSession || code == errs.BadLogin && r.Authorized() {
		a.Status, a.Challenge = http.StatusUnauthorized, true
	}
}

// batch answers an array of requests in its order. Its HTTP status is 200
// whatever the answers are.
func (c *Codec) batch(s *jsonscan.Scanner, r *exchange.Request, a *exchange.Answer) {
	requests, err := readBatch(s, c.maxBatch)
	if err != nil {
		r.Refused("", err)
		fail(a, r, nullID, err)
		return
	}
	a.Body = append(a.Body, '[')
	for i := range requests {
		if i > 0 {
			a.Body = append(a.Body, ", "...)
		}
		q := &requests[i]
		if q.wrong == nil && len(a.Body) > maxBatchAnswer {
			q.wrong = errs.Errorf(errs.TooLarge, "The answers before this one fill all the space that a batch has")
		}
		if err := c.answer(q, s, r, a); err != nil {
			a.Body = appendError(a.Body, q.id, err)
		}
	}
	a.Body = append(a.Body, ']')
}
