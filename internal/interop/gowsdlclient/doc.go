// Package gowsdlclient is the client that gowsdl makes of the WSDL, as any Go
// program that calls the service might carry one. The interop tests run it
// against the service; nothing else uses it.
package gowsdlclient

//go:generate go tool gowsdl -d .. -p gowsdlclient -o client_gen.go ../../../wsdl/halxmlcommand.wsdl
