package soap

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/exchange"
	"halxml/wsdl/hal"
)

// fault turns any error into a fault of a version: the one place where codes
// become faultcodes and HTTP statuses.
//
//	                            SOAP 1.1 (HTTP 500)   SOAP 1.2
//	a code with Caller()        soap:Client           soap:Sender (400)
//	any other code              soap:Server           soap:Receiver (500)
//	errVersion                  soap:VersionMismatch  soap:VersionMismatch (500)
//	*notUnderstood              soap:MustUnderstand   soap:MustUnderstand (500)
//
// The detail holds code, message and requestId as direct children; faults of
// the last two kinds are about headers and have none, as SOAP 1.1 section 4.4
// demands.
func fault(a *exchange.Answer, v *version, err error, requestID string) {
	err = public(err)
	code, message := errs.CodeOf(err), errs.MessageOf(err)
	who, detail, header := "soap:Server", true, ""
	a.Status = http.StatusInternalServerError
	var missing *notUnderstood
	switch {
	case errors.Is(err, errVersion):
		who, detail = "soap:VersionMismatch", false
		message = "The Envelope is of no known SOAP version; SOAP 1.1 and 1.2 are answered"
		if v == soap12 {
			header = upgrade
		}
	case errors.As(err, &missing):
		who, detail = "soap:MustUnderstand", false
		message = "A mandatory header block is not understood:"
		for _, n := range missing.names {
			message += " " + n.Local
		}
		if v == soap12 {
			header = missing.header()
		}
	case v == soap12 && code.Caller():
		who, a.Status = "soap:Sender", http.StatusBadRequest
	case v == soap12:
		who = "soap:Receiver"
	case code.Caller():
		who = "soap:Client"
	}

	b := append(a.Body, openEnvelope(v.namespace)...)
	b = append(append(b, header...), "<soap:Body><soap:Fault>"...)
	if v == soap12 {
		b = append(append(append(b, "<soap:Code><soap:Value>"...), who...), "</soap:Value></soap:Code>"...)
		b = append(b, `<soap:Reason><soap:Text xml:lang="en">`...)
		b = append(hal.AppendXMLText(b, message), "</soap:Text></soap:Reason>"...)
	} else {
		b = append(append(append(b, "<faultcode>"...), who...), "</faultcode><faultstring>"...)
		b = append(hal.AppendXMLText(b, message), "</faultstring>"...)
	}
	if detail {
		open, shut := "<detail>", "</detail>"
		if v == soap12 {
			open, shut = "<soap:Detail>", "</soap:Detail>"
		}
		b = strconv.AppendInt(append(append(b, open...), "<code>"...), int64(code), 10)
		b = hal.AppendXMLText(append(b, "</code><message>"...), message)
		b = hal.AppendXMLText(append(b, "</message><requestId>"...), requestID)
		b = append(append(b, "</requestId>"...), shut...)
	}
	a.Body = append(append(b, "</soap:Fault>"...), closeEnvelope...)
	a.ContentType = v.contentType
}

// upgrade is the header block that names the versions that are answered (SOAP
// 1.2 part 1, section 5.4.7).
const upgrade = `<soap:Header><soap:Upgrade>` +
	`<soap:SupportedEnvelope qname="v12:Envelope" xmlns:v12="` + namespace12 + `"/>` +
	`<soap:SupportedEnvelope qname="v11:Envelope" xmlns:v11="` + namespace11 + `"/>` +
	`</soap:Upgrade></soap:Header>`

// header names each block that is not understood (SOAP 1.2 part 1, section
// 5.4.8).
func (e *notUnderstood) header() string {
	b := []byte("<soap:Header>")
	for _, n := range e.names {
		b = append(b, `<soap:NotUnderstood qname="`...)
		if n.Space == "" {
			b = append(append(b, n.Local...), `"/>`...)
			continue
		}
		b = append(append(b, "b:"...), n.Local...)
		space := strings.ReplaceAll(string(hal.AppendXMLText(nil, n.Space)), `"`, "&quot;")
		b = append(append(append(b, `" xmlns:b="`...), space...), `"/>`...)
	}
	return string(append(b, "</soap:Header>"...))
}
