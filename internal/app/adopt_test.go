package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halxml/internal/config"
	"halxml/internal/deliver"
	"halxml/store/bolt"
)

// files is a service that was told of servers by importing their files, and of
// their live files, which nothing is delivered to by itself.
type files struct {
	*fixture
	session string
	dir     string
}

// newFiles imports the files and makes what is rendered of them live.
func newFiles(t *testing.T, more string, texts ...string) *files {
	t.Helper()
	f := &files{dir: t.TempDir()}
	text := "listen = '127.0.0.1:0'\nlog.access = false\n"
	var imports []ImportFile
	for i, said := range texts {
		text += fmt.Sprintf("[server.%q]\ndeliver = 'manual'\nconfig = %q\nleases = %q\npid = %q\nvalidate = ['true', '{file}']\nstart = ['true']\nstop = ['true']\n%s\n",
			serverNames[i], f.file(i), f.file(i)+".leases", f.file(i)+".pid", more)
		imports = append(imports, ImportFile{serverNames[i], write(t, said)})
	}
	name := filepath.Join(f.dir, "halxml.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := config.Load(config.Sources{File: name, Environ: []string{"HALXML_ADMIN_PASSWORD=" + password, "HALXML_DATA=" + f.dir}})
	if err != nil {
		t.Fatal(err)
	}
	if data, err := openData(t.Context(), c, bolt.Options{}); err != nil {
		t.Fatal(err)
	} else if err := data.Close(); err != nil {
		t.Fatal(err)
	}
	if len(imports) > 0 {
		if found, err := ImportDHCPD(t.Context(), c, imports, ImportOptions{}); err != nil {
			t.Fatal(err, found)
		}
	}
	for i := range texts {
		text, err := Render(t.Context(), c, serverNames[i], "")
		if err != nil {
			t.Fatal(err)
		}
		f.write(t, i, string(text))
	}
	f.fixture = start(t, c, Options{})
	f.session = f.login()
	return f
}

func (f *files) file(i int) string { return filepath.Join(f.dir, serverNames[i]+".conf") }

func (f *files) write(t *testing.T, i int, text string) {
	t.Helper()
	if err := os.WriteFile(f.file(i), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (f *files) live(i int) string {
	text, err := os.ReadFile(f.file(i))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(text)
}

// edit replaces texts in a live file, each of which must be there.
func (f *files) edit(t *testing.T, i int, pairs ...string) {
	t.Helper()
	text := f.live(i)
	for n := 0; n < len(pairs); n += 2 {
		if !strings.Contains(text, pairs[n]) {
			t.Fatalf("%q is not in\n%s", pairs[n], text)
		}
		text = strings.Replace(text, pairs[n], pairs[n+1], 1)
	}
	f.write(t, i, text)
}

// fetchAs sends a request and returns the status and the answer.
func (r *fixture) fetchAs(method, path, body string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.SetBasicAuth("administrator", password)
	answer, err := r.client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// adopt takes live files into the service.
func (r *fixture) adopt(order string) (report deliver.AdoptReport) {
	r.t.Helper()
	status, answer := r.fetchAs(http.MethodPost, "/adopt", order)
	if status != http.StatusOK {
		report.Refused = fmt.Sprint(status, " ", answer)
	} else if err := json.Unmarshal([]byte(answer), &report); err != nil {
		r.t.Fatal(answer)
	}
	return report
}

// told are findings, one a line.
func told(r deliver.AdoptReport) string {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, f.Place+": "+f.Kind+": "+f.Text)
	}
	return strings.Join(lines, "\n")
}

// rendered is what a server should run.
func (f *files) rendered(i int) string {
	f.t.Helper()
	_, text := f.fetchAs(http.MethodGet, "/config/"+serverNames[i], "")
	return text
}

// A live file that was imported counts as delivered; another one does not.
func TestImportedFilesCountAsDelivered(t *testing.T) {
	t.Parallel()
	const text = "authoritative;\nsubnet 10.1.0.0 netmask 255.255.255.0 { }\n"
	for name, live := range map[string]string{"imported": text, "other": text + "# and more\n"} {
		f := newFiles(t, "", text)
		if err := f.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.write(t, 0, live)
		c := *f.config
		c.Data = newData(t).Data
		if found, err := ImportDHCPD(t.Context(), &c, []ImportFile{{serverNames[0], write(t, text)}}, ImportOptions{}); err != nil {
			t.Fatal(err, found)
		}
		again := start(t, &c, Options{})
		var out string
		for end := time.Now().Add(time.Minute); !strings.Contains(out, `"result":"waiting"`) || strings.Contains(out, "reached"); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: %s", name, out)
			}
			_, out = again.fetchAs(http.MethodPost, "/deploy", `{}`)
		}
		if strings.Contains(out, "somebody else") == (name == "imported") {
			t.Errorf("%s: deploy answers %s", name, out)
		}
	}
}
