package jsonrpc

import (
	"net/http"
	"strconv"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

// Handshake answers the few GETs under /mmws/api that clients make before they
// speak JSON-RPC or SOAP. The resources of Micetro's REST interface do not exist
// here, which it says in REST's form of an error.
type Handshake struct {
	// CentralServer is the name that clients show and send back in Login, where
	// it is of no account.
	CentralServer string
	// Version is the version of the interface that is answered.
	Version string
}

// PreLogin answers web_getPreLoginInfo, with which the official PowerShell
// client begins.
func (h Handshake) PreLogin(w http.ResponseWriter, _ *http.Request) {
	b := hal.AppendJSONString([]byte(`{"result":{"ssoEnabled":false,"centralServer":`), h.CentralServer)
	b = hal.AppendJSONString(append(b, `,"centralServerFixed":true,"version":`...), h.Version)
	write(w, http.StatusOK, append(b, "}}"...))
}

// Root answers /mmws/api itself, which clients ask to see whether anybody is
// there.
func (h Handshake) Root(w http.ResponseWriter, _ *http.Request) {
	b := hal.AppendJSONString([]byte(`{"result":{"version":`), h.Version)
	write(w, http.StatusOK, append(b, `,"jsonRPC":"/mmws/json","wsdl":"/mmws/wsdl","documentation":"/mmws/wsdldoc"}}`...))
}

// Missing answers everything else below /mmws/api, whatever the method.
func (h Handshake) Missing(w http.ResponseWriter, _ *http.Request) {
	b := strconv.AppendInt([]byte(`{"error":{"code":`), int64(errs.NotImplemented), 10)
	b = append(b, `,"message":"There are no REST resources; all commands are answered at /mmws/api/command/NAME, and by JSON-RPC at /mmws/json"}}`...)
	write(w, http.StatusNotFound, b)
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// An error here is a caller that left.
	_, _ = w.Write(body)
}
