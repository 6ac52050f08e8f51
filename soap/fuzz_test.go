package soap_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
	"halxml/internal/httpd"
)

func wellFormed(t testing.TB, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
	}
}

func handler(t testing.TB) http.Handler {
	t.Helper()
	origin, err := httpd.NewOrigin("", nil)
	if err != nil {
		t.Fatal(err)
	}
	return api.New(api.Options{Dispatcher: apitest.Dispatcher{}, Origin: origin})
}

// FuzzEnvelope sends any bytes: the answer is well-formed, and either an answer
// to an operation or a fault with the status that its version demands.
func FuzzEnvelope(f *testing.F) {
	for _, space := range []string{space11, space12, "urn:other"} {
		f.Add(type11, "", envelope(space, logout))
		f.Add(type12, "Login", envelope(space, logout+logout))
		f.Add(type11, "", strings.Replace(envelope(space, failing("panic")), "<e:Body>", `<e:Header><x:H xmlns:x="urn:&quot;x" e:mustUnderstand="1"/></e:Header><e:Body>`, 1))
	}
	f.Add("text/xml; charset=utf-16", "", "\xFF\xFE<\x00")
	f.Add("text/xml; charset=latin1", "", envelope(space11, failing("\xE9")))
	f.Add("", "", "<!DOCTYPE a><?b?><![CDATA[")
	h := handler(f)
	f.Fuzz(func(t *testing.T, contentType, action, body string) {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("SOAPAction", action)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		text := w.Body.String()
		media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
		switch {
		case media == "application/json" || w.Code == http.StatusUnsupportedMediaType:
			return // not SOAP
		case media != "text/xml" && media != "application/soap+xml":
			t.Fatalf("Content-Type %q", media)
		}
		wellFormed(t, text)
		fault := strings.Contains(text, "<soap:Fault>")
		switch {
		case !fault && w.Code != 200, fault && w.Code != 500 && !(w.Code == 400 && media == "application/soap+xml"):
			t.Fatalf("status %d of %s", w.Code, text)
		case (media == "text/xml") != strings.Contains(text, `xmlns:soap="`+space11):
			t.Fatalf("%s holds %s", media, text)
		}
		if fault {
			readFault(t, text)
		}
	})
}
