// Package jsonrpc is the JSON face of the API: JSON-RPC 2.0 as Micetro's
// clients know it, byte for byte where a recording exists, as a codec for
// internal/exchange, and what the official PowerShell client asks before it
// logs in. Notifications do not exist in it: a request without an id is
// answered, with a null one.
package jsonrpc
