package command_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
	"halxml/internal/command/commandtest"
	"halxml/internal/errs"
	"halxml/internal/jsonscan"
	"halxml/internal/xmlscan"
	"halxml/store/storetest"
	"halxml/wsdl/hal"
)

// openLive is a live service that ends with the test.
func openLive(t *testing.T) *live {
	t.Helper()
	s := storetest.Open(t)
	l, err := newLive(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.auth.Close(); err != nil {
			t.Error(err)
		}
		storetest.CheckReferences(t, s)
	})
	return l
}

// TestFailoverRules plays every rule of failover on the commands themselves.
func TestFailoverRules(t *testing.T) {
	commandtest.Failover(t, func(t *testing.T) commandtest.Caller { return openLive(t) })
}

// TestFailoverRulesOverHTTP plays them in each format that clients speak.
func TestFailoverRulesOverHTTP(t *testing.T) {
	for name, f := range map[string]format{
		"SOAP 1.1": {"text/xml; charset=utf-8", envelope("http://schemas.xmlsoap.org/soap/envelope/"), readSOAP},
		"SOAP 1.2": {"application/soap+xml; charset=utf-8", envelope("http://www.w3.org/2003/05/soap-envelope"), readSOAP},
		"JSON-RPC": {"application/json", func(operation string, req hal.Message) []byte {
			b := append([]byte(`{"jsonrpc":"2.0","id":1,"method":"`), operation+`","params":`...)
			return append(req.AppendJSON(b, hal.Current), '}')
		}, readJSON},
	} {
		t.Run(name, func(t *testing.T) {
			commandtest.Failover(t, func(t *testing.T) commandtest.Caller {
				l := openLive(t)
				server := apitest.Start(t, func(o *api.Options) { o.Dispatcher = l.command })
				return &remote{format: f, url: server.URL + "/_mmwebext/mmwebext.dll?Soap", session: l.session}
			})
		})
	}
}

// format is how a call looks on the wire.
type format struct {
	contentType string
	write       func(operation string, req hal.Message) []byte
	read        func(text string, answer hal.Message) error
}

// remote calls a service over HTTP.
type remote struct {
	format
	url, session string
}

// Call implements commandtest.Caller.
func (r *remote) Call(operation string, req hal.Message) (hal.Message, error) {
	op, _, ok := hal.Lookup(operation)
	if !ok {
		return nil, fmt.Errorf("no operation %s", operation)
	}
	post, err := http.NewRequest(http.MethodPost, r.url, strings.NewReader(string(r.write(operation, req))))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", r.contentType)
	post.Header.Set("Authorization", "Bearer "+r.session)
	res, err := http.DefaultClient.Do(post)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	answer := op.NewResponse()
	return answer, r.read(string(text), answer)
}

func envelope(namespace string) func(string, hal.Message) []byte {
	return func(operation string, req hal.Message) []byte {
		b := append([]byte(`<e:Envelope xmlns:e="`), namespace+`"><e:Body><`+operation+` xmlns="`+hal.Namespace+`">`...)
		return append(req.AppendXML(b, hal.Current), `</`+operation+`></e:Body></e:Envelope>`...)
	}
}

// readSOAP reads what a Body holds.
func readSOAP(text string, answer hal.Message) error {
	x := xmlscan.New(strings.TrimSpace(text), xmlscan.DefaultLimits())
	for _, want := range []string{"Envelope", "Body", ""} {
		name, ok, err := x.Child()
		if err != nil || !ok || want != "" && name.Local != want {
			return fmt.Errorf("%v in %s", err, text)
		}
		if name.Local == "Fault" {
			return fault(func(field string) string {
				_, rest, _ := strings.Cut(text, "<"+field+">")
				rest, _, _ = strings.Cut(rest, "</"+field+">")
				return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(rest)
			})
		}
	}
	return answer.DecodeXML(x)
}

// readJSON reads what a JSON-RPC answer holds.
func readJSON(text string, answer hal.Message) error {
	j := jsonscan.New(text, jsonscan.DefaultLimits())
	if err := j.Object(); err != nil {
		return err
	}
	for {
		key, ok, err := j.Key()
		switch {
		case err != nil || !ok:
			return errors.Join(err, fmt.Errorf("no result in %s", text))
		case key == "result":
			return answer.DecodeJSON(j)
		case key == "error":
			return jsonFault(j)
		}
		if err := j.Skip(); err != nil {
			return err
		}
	}
}

func jsonFault(j *jsonscan.Scanner) error {
	fields := map[string]string{}
	if err := j.Object(); err != nil {
		return err
	}
	for {
		key, ok, err := j.Key()
		if err != nil {
			return err
		}
		if !ok {
			return fault(func(field string) string { return fields[field] })
		}
		if key != "code" && key != "message" {
			if err := j.Skip(); err != nil {
				return err
			}
			continue
		}
		if fields[key], err = j.Text(); err != nil {
			return err
		}
	}
}

// fault is a fault's code and message as an error.
func fault(field func(string) string) error {
	var code errs.Code
	if _, err := fmt.Sscan(field("code"), &code); err != nil {
		return fmt.Errorf("a fault without a code: %q", field("message"))
	}
	return errs.Errorf(code, "%s", field("message"))
}
