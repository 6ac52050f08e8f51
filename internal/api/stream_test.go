package api_test

import (
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"halxml/internal/api/apitest"
)

// scopesRequest asks for n scopes; from the answer's item end on it fails, if
// end is not negative.
func scopesRequest(format string, n, end int) (contentType, body string) {
	offset := [2]string{}
	if end >= 0 {
		offset = [2]string{fmt.Sprintf("<offset>%d</offset>", end), fmt.Sprintf(`,"offset":%d`, end)}
	}
	if format == "json" {
		return "application/json", fmt.Sprintf(`{"id":"7","method":"GetDHCPScopes","params":{"session":"%s","limit":%d%s}}`, apitest.Session, n, offset[1])
	}
	return "text/xml", fmt.Sprintf(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><GetDHCPScopes><session>%s</session>`+
		`<limit>%d</limit>%s</GetDHCPScopes></e:Body></e:Envelope>`, apitest.Session, n, offset[0])
}

// refs counts the scopes of an answer, which must be well-formed to its end.
func refs(t *testing.T, format, text string) (n int) {
	t.Helper()
	if format == "json" {
		var a struct {
			ID     string
			Result struct {
				DHCPScopes   []struct{ Name string }
				TotalResults int
			}
		}
		if err := json.Unmarshal([]byte(text), &a); err != nil || a.ID != "7" || a.Result.TotalResults != len(a.Result.DHCPScopes) {
			t.Errorf("id %s, total %d: %v", a.ID, a.Result.TotalResults, err)
		}
		return len(a.Result.DHCPScopes)
	}
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "ref" {
			n++
		}
	}
}

// A long list leaves in pieces and arrives whole, compressed or not; a short one
// comes in one piece with its length.
func TestLongAnswers(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, format := range []string{"xml", "json"} {
		for _, zip := range []bool{false, true} {
			for _, n := range []int{0, 100, 30_000} {
				contentType, body := scopesRequest(format, n, -1)
				accept := "identity"
				if zip {
					accept = "gzip"
				}
				r := s.Do(http.MethodPost, "/Soap", body, "Content-Type", contentType, "Accept-Encoding", accept)
				text := r.Text
				if r.Header.Get("Content-Encoding") == "gzip" {
					z, err := gzip.NewReader(strings.NewReader(text))
					if err != nil {
						t.Fatal(err)
					}
					b, err := io.ReadAll(z)
					if err != nil {
						t.Fatal(err)
					}
					text = string(b)
				} else if zip && n > 0 {
					t.Errorf("%s: %d scopes are not compressed", format, n)
				}
				if got := refs(t, format, text); got != n || r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), contentType) {
					t.Errorf("%s: %d of %d scopes, status %d, %s", format, got, n, r.StatusCode, r.Header)
				}
				if pieces := r.ContentLength < 0; pieces != (n > 1000) {
					t.Errorf("%s: %d scopes in pieces: %v", format, n, pieces)
				}
			}
		}
	}
}

// An error in the middle of a list is an error and nothing else while that can
// be said; later the connection breaks, so that a part is never taken for the
// whole.
func TestAnswersThatFail(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, format := range []string{"xml", "json"} {
		contentType, body := scopesRequest(format, 1000, 50)
		r := s.Post("/Soap", contentType, body)
		if strings.Contains(r.Text, "R&amp;D") || !strings.Contains(r.Text, "Internal error") {
			t.Errorf("%s: %.300s", format, r.Text)
		}
		for _, accept := range []string{"identity", "gzip"} {
			contentType, body := scopesRequest(format, 100_000, 50_000)
			got := s.Raw("POST /Soap HTTP/1.1\r\nHost: x\r\nContent-Type: " + contentType + "\r\nAccept-Encoding: " + accept +
				fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
			if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.Contains(got, "chunked") || strings.HasSuffix(got, "\r\n0\r\n\r\n") {
				t.Errorf("%s: %.300s", format, got)
			}
		}
	}
	if log := s.Log(); !strings.Contains(log, "a command failed") || strings.Contains(log, "panicked") {
		t.Errorf("log: %s", log)
	}
}
