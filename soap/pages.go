package soap

import (
	"net/http"
	"strings"
	"sync"

	"halxml/wsdl"
	"halxml/wsdl/hal"
)

// Paths that documents name. They take POST in all formats.
const (
	Path         = "/_mmwebext/mmwebext.dll"
	PrefixedPath = "/halXMLCommand"
)

// Pages answer GET: the WSDL, and pages for people.
type Pages struct {
	base  func(*http.Request) string
	html  *html
	wsdls [2]func() *frame // the second one prefixed
}

// NewPages returns Pages of a profile. base is the scheme, host and port under
// which the sender of a request knows the service; answered tells which
// operations are more than known, nil means all.
func NewPages(p hal.Profile, base func(*http.Request) string, answered func(operation string) bool) *Pages {
	made := func(prefixed bool) func() *frame {
		return sync.OnceValue(func() *frame {
			return newFrame("text/xml; charset=utf-8", wsdl.Around(wsdl.Options{Profile: p, Prefixed: prefixed}))
		})
	}
	return &Pages{base: base, html: newHTML(p, answered), wsdls: [...]func() *frame{made(false), made(true)}}
}

// Endpoint answers GET and HEAD of a URL that takes calls: with the WSDL when
// the query asks for it, else with the service pages. prefixed chooses the
// spelling of names.
func (p *Pages) Endpoint(prefixed bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := parseQuery(r.URL.RawQuery); q.wsdl {
			p.serveWSDL(w, r, prefixed)
		} else {
			p.html.show(w, r, p.base(r), q, prefixed)
		}
	})
}

// WSDL answers GET and HEAD with the WSDL whatever the query is.
func (p *Pages) WSDL() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serveWSDL(w, r, false) })
}

func (p *Pages) serveWSDL(w http.ResponseWriter, r *http.Request, prefixed bool) {
	made, path := p.wsdls[0], Path+"?Soap"
	if prefixed {
		made, path = p.wsdls[1], PrefixedPath
	}
	made().fill(wsdl.Escape(p.base(r)+path)).serve(w, r, http.StatusOK)
}

// query is what a URL asks for.
type query struct {
	wsdl   bool
	op     string // of the page of one operation
	search string
}

// parseQuery reads a query as Micetro's clients write it, with several question
// marks: ?wsdl?server=x, ?WSDL?server=x?ns=mm.
func parseQuery(raw string) (q query) {
	for part := range strings.FieldsFuncSeq(raw, func(c rune) bool { return c == '?' || c == '&' }) {
		key, value, _ := strings.Cut(part, "=")
		switch strings.ToLower(key) {
		case "wsdl", "singlewsdl":
			q.wsdl = true
		case "op":
			q.op = unescape(value)
		case "q":
			q.search = unescape(value)
		}
	}
	return q
}
