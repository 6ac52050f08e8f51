package jsonrpc

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/exchange"
	"halxml/internal/jsonscan"
	"halxml/wsdl/hal"
)

// Commands answers operations by URLs of their own, whose last part is the
// operation's name, as Micetro's /mmws/api/command does: the parameters are the
// body, an object, and the query's; the answer is {"result": …} or, with a
// status that tells so, {"error": …}. GET is for operations that change no object.
func (c *Codec) Commands(x *exchange.Exchange) http.Handler {
	json := c.Objects()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one := &command{Codec: json, operation: path.Base(r.URL.Path), query: r.URL.RawQuery}
		methods := []string{http.MethodPost}
		if reads(one.operation) {
			methods = append(methods, http.MethodGet)
		}
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			write(w, http.StatusMethodNotAllowed, appendError(nil, noEnvelope,
				errs.Errorf(errs.Malformed, "%s takes %s", clip(one.operation), strings.Join(methods, " and "))))
			return
		}
		x.Handler(true, one).ServeHTTP(w, r)
	})
}

// reads reports whether an operation changes no object, so that a link to it, in
// the page of somebody else perhaps, does no harm; the most it can do is to claim
// a free address for a while.
func reads(operation string) bool {
	op, _, known := hal.LookupFold(operation)
	return !known || strings.HasPrefix(op.Name, "Get") || strings.HasPrefix(op.Name, "Has")
}

// command is a Codec for one request at a command's URL.
type command struct {
	*Codec
	operation, query string
}

// Refuse implements exchange.Codec.
func (c *command) Refuse(r *exchange.Request, err error, a *exchange.Answer) {
	a.ContentType = contentType
	fail(a, r, noEnvelope, err)
	if errs.CodeOf(err) == errs.UnknownCommand {
		a.Status = http.StatusNotFound
	}
}

// Serve implements exchange.Codec.
func (c *command) Serve(r *exchange.Request, a *exchange.Answer) {
	a.ContentType = contentType
	text, err := jsonscan.Transcode(r.Body, r.Charset)
	s := jsonscan.New(text, c.limits)
	q := request{id: noEnvelope, method: c.operation}
	if err == nil {
		q.params, err = c.params(text, s)
	}
	if err != nil {
		r.Refused("", parseError(err))
		c.Refuse(r, parseError(err), a)
		return
	}
	a.Stream()
	if err := c.answer(&q, s, r, a); err != nil && a.Reset() {
		c.Refuse(r, err, a)
	}
}

// params joins the parameters of the query to those of the body, which s reads.
func (c *command) params(text string, s *jsonscan.Scanner) (string, error) {
	body := ""
	if strings.Trim(text, " \t\r\n") != "" {
		var err error
		if body, err = s.Raw(); err != nil {
			return "", err
		}
		if err := s.End(); err != nil {
			return "", err
		}
	}
	query, err := queryMembers(c.query)
	if query == nil || err != nil {
		return body, err
	}
	switch {
	case body == "" || body == "null":
	case body[0] != '{':
		return body, nil // is refused as it stands
	default:
		if rest := strings.TrimSpace(body[1 : len(body)-1]); rest != "" {
			query = append(append(query, ','), rest...)
		}
	}
	return "{" + string(query) + "}", nil
}

// queryMembers writes a query as members of a JSON object, one that is given
// several times as an array. A "+" is one: only %20 is a space to Micetro.
func queryMembers(query string) (members []byte, err error) {
	values := map[string][]string{}
	var names []string
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if name, err = url.PathUnescape(name); err == nil {
			value, err = url.PathUnescape(value)
		}
		if err != nil {
			return nil, errs.Errorf(errs.Malformed, "The query holds a %% that two hexadecimal digits do not follow")
		}
		if values[name] == nil {
			names = append(names, name)
		}
		values[name] = append(values[name], value)
	}
	for i, name := range names {
		if i > 0 {
			members = append(members, ',')
		}
		members = append(hal.AppendJSONString(members, name), ':')
		all := values[name]
		if len(all) == 1 {
			members = hal.AppendJSONString(members, all[0])
			continue
		}
		members = append(members, '[')
		for j, value := range all {
			if j > 0 {
				members = append(members, ',')
			}
			members = hal.AppendJSONString(members, value)
		}
		members = append(members, ']')
	}
	return members, nil
}
