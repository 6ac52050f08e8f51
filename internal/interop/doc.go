// Package interop holds no code: its tests build the halxml binary, start it,
// and run the SOAP and JSON-RPC clients of other languages against it, the way
// scripts written for Micetro use them.
package interop
