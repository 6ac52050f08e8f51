package apitest

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"halxml/internal/api"
)

var update = flag.Bool("update", false, "write what the server answers into the golden files")

// divider is the line between request and answer.
const divider = "\n==== answer ====\n"

// Golden sends the request of each file to a server of its own and compares the
// whole answer with the rest of the file.
func Golden(t *testing.T, pattern string, adjust func(*api.Options)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			request, _, _ := strings.Cut(string(text), divider)
			Same(t, file, request, Exchange(Start(t, adjust), request))
		})
	}
}

// Same compares a request and its whole answer with a file, or with -update
// writes them into it.
func Same(t *testing.T, file, request, answer string) {
	t.Helper()
	got := request + divider + answer
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the exchange is\n%s\nwant\n%s", got, want)
	}
}

// Exchange sends a request, written with bare line ends, and returns the answer
// without its Date. Host, Connection and Content-Length are added.
func Exchange(s *Server, request string) string {
	head, body, _ := strings.Cut(request, "\n\n")
	head += "\nHost: ipam.test\nConnection: close"
	if strings.HasPrefix(head, "POST") {
		head += "\nContent-Length: " + strconv.Itoa(len(body))
	}
	answer := s.Raw(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body)
	head, body, _ = strings.Cut(answer, "\r\n\r\n")
	var lines []string
	for line := range strings.SplitSeq(head, "\r\n") {
		if !strings.HasPrefix(line, "Date:") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n\n" + body + "\n"
}
