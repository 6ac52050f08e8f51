package interop

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"halxml/internal/realtool"
)

// survey sends all requests of testdata/survey to a new service, written in one
// of its ways, and returns the answers, which are valid against the served WSDL.
func survey(t *testing.T, way string, flags ...string) string {
	base := startService(t, append(flags, "--set", "ping.method=off")...)
	return output(t, "testdata/survey", realtool.Python(t, "lxml"), "survey.py", base, password, way)
}

// TestWaysOfWritingRequests sends every operation as templates with empty
// elements, scripts and hand-written envelopes write it. The answers are those of
// requests in the schema's own form.
func TestWaysOfWritingRequests(t *testing.T) {
	want := survey(t, "plain")
	for _, way := range []string{"all elements", "sloppy", "loose"} {
		t.Run(way, func(t *testing.T) { compare(t, survey(t, way), want) })
	}
}

// TestAnswersOf2017 holds the answers of every operation to the WSDL without
// extensions, for clients that are strict.
func TestAnswersOf2017(t *testing.T) {
	survey(t, "plain", "--set", "api.profile=2017")
}

// TestSurveyIsWhole: an operation that is answered is in the survey.
func TestSurveyIsWhole(t *testing.T) {
	requests, err := os.ReadFile("testdata/survey/requests.txt")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{"Login": true, "Logout": true} // these are the scenario's
	for line := range strings.Lines(string(requests)) {
		operation, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "!"), " ")
		there[operation] = true
	}
	listed, err := exec.Command(binary, "ops").Output()
	if err != nil {
		t.Fatal(err)
	}
	answered := 0
	for line := range strings.Lines(string(listed)) {
		if columns := strings.Fields(line); len(columns) > 1 && columns[1] == "yes" {
			answered++
			if !there[columns[0]] {
				t.Errorf("%s is answered and not in requests.txt", columns[0])
			}
		}
	}
	if answered < 100 {
		t.Errorf("halxml ops lists %d operations as answered", answered)
	}
}
