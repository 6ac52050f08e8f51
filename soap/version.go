package soap

// version is what differs between SOAP 1.1 and 1.2, faults aside.
type version struct {
	namespace   string
	contentType string
	protocol    string // for hal.Call
	open        string // everything before the Body's child
	actor       string // the header attribute that addresses a block
	roles       []string
	trueValues  []string // of mustUnderstand
	falseValues []string
}

const (
	namespace11 = "http://schemas.xmlsoap.org/soap/envelope/"
	namespace12 = "http://www.w3.org/2003/05/soap-envelope"

	xmlDeclaration = `<?xml version="1.0" encoding="utf-8"?>`
	closeEnvelope  = `</soap:Body></soap:Envelope>`
)

func openEnvelope(namespace string) string {
	return xmlDeclaration + `<soap:Envelope xmlns:soap="` + namespace +
		`" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">`
}

var (
	soap11 = &version{
		namespace:   namespace11,
		contentType: "text/xml; charset=utf-8",
		protocol:    "soap11",
		open:        openEnvelope(namespace11) + "<soap:Body>",
		actor:       "actor",
		roles:       []string{"", "http://schemas.xmlsoap.org/soap/actor/next"},
		trueValues:  []string{"1"},
		falseValues: []string{"0"}, // WS-I R1013 knows no words
	}
	soap12 = &version{
		namespace:   namespace12,
		contentType: "application/soap+xml; charset=utf-8",
		protocol:    "soap12",
		open:        openEnvelope(namespace12) + "<soap:Body>",
		actor:       "role",
		roles:       []string{"", namespace12 + "/role/next", namespace12 + "/role/ultimateReceiver"},
		trueValues:  []string{"1", "true"},
		falseValues: []string{"0", "false"},
	}
)
