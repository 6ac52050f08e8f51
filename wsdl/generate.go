// Package wsdl holds the WSDL, which is the one source of the API: the wire
// types in wsdl/hal are generated from it, and Text serves it to clients.
package wsdl

//go:generate go run ../internal/wsdlgen -wsdl halxmlcommand.wsdl -out hal
