package interop

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"halxml/internal/realtool"
)

const loginEnvelope = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` +
	`<Login xmlns="http://menandmice.com/webservices/"><server>localhost</server><loginName>administrator</loginName>` +
	`<password>` + password + `</password></Login></soap:Body></soap:Envelope>`

// curlAnswer is what curl reports of its last transfer, and the body.
type curlAnswer struct {
	Status      int    `json:"http_code"`
	Version     string `json:"http_version"`
	Connections int    `json:"num_connects"` // new ones for this transfer
	body        string
	header      string // of all transfers
}

// curl runs curl and fails on anything but HTTP's 200.
func curl(t *testing.T, arguments ...string) curlAnswer {
	t.Helper()
	folder := t.TempDir()
	body, header := filepath.Join(folder, "body"), filepath.Join(folder, "header")
	arguments = append([]string{"--silent", "--show-error", "--max-time", "60", "--output", body,
		"--dump-header", header, "--write-out", "%{json}"}, arguments...)
	var got curlAnswer
	printed := output(t, folder, realtool.Path(t, "curl"), arguments...)
	// One object for each transfer; the last one counts.
	for decoder := json.NewDecoder(strings.NewReader(printed)); decoder.More(); {
		got = curlAnswer{}
		if err := decoder.Decode(&got); err != nil {
			t.Fatalf("%v in %s", err, printed)
		}
	}
	got.body, got.header = read(t, body), read(t, header)
	if got.Status != 200 {
		t.Fatalf("curl %s: HTTP %d\n%s", strings.Join(arguments, " "), got.Status, got.body)
	}
	return got
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// file writes a request body for curl and returns its @path.
func file(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "request")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "@" + path
}

func mustHoldSession(t *testing.T, got curlAnswer) {
	t.Helper()
	if !strings.Contains(got.body, "<session>") || !strings.Contains(got.body, "LoginResponse") {
		t.Errorf("no LoginResponse with a session but %s", got.body)
	}
}

func TestHTTP(t *testing.T) {
	url := startService(t) + soapPath
	const soap11 = "Content-Type: text/xml; charset=utf-8"
	plain := file(t, []byte(loginEnvelope))

	t.Run("Expect: 100-continue", func(t *testing.T) {
		got := curl(t, "-H", soap11, "-H", "Expect: 100-continue", "--expect100-timeout", "30", "--data-binary", plain, url)
		mustHoldSession(t, got)
		if !strings.Contains(got.header, "100 Continue") {
			t.Errorf("no interim answer: %s", got.header)
		}
	})
	t.Run("HTTP/1.0", func(t *testing.T) {
		got := curl(t, "--http1.0", "-H", soap11, "--data-binary", plain, url)
		mustHoldSession(t, got)
		if !strings.Contains(strings.ToLower(got.header), "content-length:") {
			t.Errorf("no Content-Length: %s", got.header)
		}
	})
	t.Run("keep-alive", func(t *testing.T) {
		got := curl(t, "-H", soap11, "--data-binary", plain, url, "--output", os.DevNull, url)
		if got.Connections != 0 {
			t.Error("the second request opened a connection of its own")
		}
	})
	t.Run("chunked request", func(t *testing.T) {
		mustHoldSession(t, curl(t, "-H", soap11, "-H", "Transfer-Encoding: chunked", "--data-binary", plain, url))
	})
	t.Run("gzip answer", func(t *testing.T) {
		got := curl(t, "--compressed", strings.Replace(url, "?Soap", "?wsdl", 1))
		if !strings.Contains(got.header, "gzip") || !strings.Contains(got.body, "<wsdl:definitions") {
			t.Errorf("not a compressed WSDL: %s", got.header)
		}
	})
	t.Run("gzip request", func(t *testing.T) {
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		if _, err := writer.Write([]byte(loginEnvelope)); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		mustHoldSession(t, curl(t, "-H", soap11, "-H", "Content-Encoding: gzip", "--data-binary", file(t, packed.Bytes()), url))
	})
	t.Run("UTF-16 request", func(t *testing.T) {
		text := []byte{0xFF, 0xFE}
		for _, unit := range utf16.Encode([]rune(loginEnvelope)) {
			text = append(text, byte(unit), byte(unit>>8))
		}
		mustHoldSession(t, curl(t, "-H", "Content-Type: text/xml; charset=utf-16", "--data-binary", file(t, text), url))
	})
	t.Run("no content type", func(t *testing.T) {
		mustHoldSession(t, curl(t, "-H", "Content-Type:", "--data-binary", plain, url))
	})
}

// TestPrefixedNames uses the interface whose names begin with halXMLCommand.
func TestPrefixedNames(t *testing.T) {
	python := realtool.Python(t, "zeep")
	printed := output(t, "testdata/zeep", python, "prefixed.py", startService(t), password)
	compare(t, printed, `operations: 197
session: 20 characters
servers: None
fault: Invalid username or password.
logout: None
`)
}
