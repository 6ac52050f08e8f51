// Package api is the table of the API's URLs: which path takes which formats
// and what GET shows there. A further format becomes a codec in a package of
// its own and an entry here. It holds no behaviour of a format.
package api

import (
	"net/http"
	"path"
	"strings"

	"github.com/rs/zerolog"

	"halxml/internal/exchange"
	"halxml/internal/httpd"
	"halxml/internal/jsonrpc"
	"halxml/internal/jsonscan"
	"halxml/internal/xmlscan"
	"halxml/soap"
	"halxml/wsdl/hal"
)

// Options are what the API needs. Dispatcher and Origin have no default.
type Options struct {
	Dispatcher hal.Dispatcher
	Origin     *httpd.Origin
	Profile    hal.Profile
	// Version is the version of Micetro's interface that clients are told;
	// "11.1.0" when "".
	Version string
	// CentralServer is the name that the service has for clients; "localhost"
	// when "".
	CentralServer string
	// Answered tells which operations are more than known; nil means all.
	Answered func(operation string) bool
	Log      zerolog.Logger
	// Limits; zero values are the defaults of their packages.
	MaxBody, MaxInflated, MaxTogether int64
	MaxBatch                          int
	XML                               xmlscan.Limits
	JSON                              jsonscan.Limits
}

// New returns the handler of all API URLs. Paths are compared without case.
func New(o Options) http.Handler {
	if o.Version == "" {
		o.Version = "11.1.0"
	}
	if o.CentralServer == "" {
		o.CentralServer = "localhost"
	}
	x := exchange.New(exchange.Options{
		Dispatcher: o.Dispatcher, Log: o.Log,
		MaxBody: o.MaxBody, MaxInflated: o.MaxInflated, MaxTogether: o.MaxTogether,
	})
	xml, json := soap.NewCodec(o.Profile, o.XML), jsonrpc.NewCodec(o.Profile, o.JSON)
	json.LimitBatch(o.MaxBatch)
	pages := soap.NewPages(o.Profile, o.Origin.Base, o.Answered)
	handshake := jsonrpc.Handshake{CentralServer: o.CentralServer, Version: o.Version}

	plain, calls, commands := pages.Endpoint(false), x.Handler(false, xml, json), json.Commands(x)
	return routes{
		strings.ToLower(soap.Path):              {get: plain, post: calls},
		"/soap":                                 {get: plain, post: calls},
		strings.ToLower(soap.PrefixedPath):      {get: pages.Endpoint(true), post: calls},
		"/mmws/soap":                            {get: plain, post: calls},
		"/mmws/json":                            {post: x.Handler(true, json)},
		"/mmws/api/v2/json":                     {post: x.Handler(true, json.Objects())},
		"/mmws/wsdl":                            {get: pages.WSDL()},
		"/mmws/wsdldoc":                         {get: plain},
		"/mmws/api":                             {get: http.HandlerFunc(handshake.Root)},
		"/mmws/api/command/web_getprelogininfo": {get: http.HandlerFunc(handshake.PreLogin)},
		"":                                      {get: http.RedirectHandler(soap.Path, http.StatusFound)},
		"/mmws/api/command/":                    {get: commands, all: true},
		"/mmws/api/commands/":                   {get: commands, all: true},
		"/mmws/api/":                            {get: http.HandlerFunc(handshake.Missing), all: true},
	}
}

// route is what one path answers; nil for a method that it does not.
type route struct {
	get, post http.Handler
	all       bool // get answers every method
}

// routes are by path, in lower case and without a slash at the end; one with a
// slash stands for all below it.
type routes map[string]route

// find also takes a path with more slashes than it needs: scripts join a host
// that ends in one and a path that begins with one, and IIS minds neither.
func (t routes) find(at string) (found route, ok bool) {
	if strings.Contains(at, "//") {
		at = path.Clean(at)
	}
	at = strings.TrimRight(at, "/")
	found, ok = t[at]
	for slash := strings.LastIndexByte(at, '/'); !ok && slash >= 0; slash = strings.LastIndexByte(at[:slash], '/') {
		found, ok = t[at[:slash+1]]
	}
	return found, ok
}

func (t routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, ok := t.find(strings.ToLower(r.URL.Path))
	if !ok {
		http.Error(w, "There is nothing here; the service is at "+soap.Path, http.StatusNotFound)
		return
	}
	switch {
	case at.all:
		at.get.ServeHTTP(w, r)
	case r.Method == http.MethodPost && at.post != nil:
		at.post.ServeHTTP(w, r)
	case (r.Method == http.MethodGet || r.Method == http.MethodHead) && at.get != nil:
		at.get.ServeHTTP(w, r)
	default:
		allow := []string{}
		if at.get != nil {
			allow = append(allow, "GET", "HEAD")
		}
		if at.post != nil {
			allow = append(allow, "POST")
		}
		list := strings.Join(allow, ", ")
		w.Header().Set("Allow", list)
		http.Error(w, "Methods that are answered here: "+list, http.StatusMethodNotAllowed)
	}
}
