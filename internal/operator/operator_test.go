package operator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"

	"halxml/internal/httpd"
)

// TestBackupIsForTheAdministrator asks as one user and as another.
func TestBackupIsForTheAdministrator(t *testing.T) {
	for _, tt := range []struct {
		method, user string
		fails        error
		status       int // 0: the answer is cut off
		body         string
	}{
		{http.MethodGet, "administrator", nil, http.StatusOK, "all the data"},
		{http.MethodGet, "Administrator", nil, http.StatusOK, "all the data"},
		{http.MethodGet, "operator", nil, http.StatusForbidden, "Only administrator may save the data: they hold the secrets of all\n"},
		{http.MethodPost, "administrator", nil, http.StatusMethodNotAllowed, "Methods that are answered here: GET\n"},
		{http.MethodGet, "administrator", errors.New("the disk is gone"), 0, ""},
	} {
		served := Handler(Options{
			Identify: func(*http.Request, *httpd.Record) (string, error) { return tt.user, nil },
			Backup: func(_ context.Context, w io.Writer) (int64, error) {
				n, err := io.WriteString(w, "all the data")
				return int64(n), errors.Join(err, tt.fails)
			},
			Administrator: "administrator", Log: zerolog.Nop(),
		}, http.NotFoundHandler())
		server := httptest.NewServer(served)
		request, err := http.NewRequest(tt.method, server.URL+BackupPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		var body []byte
		if err == nil {
			body, err = io.ReadAll(response.Body)
			_ = response.Body.Close()
		}
		server.Close()
		if tt.status == 0 {
			if err == nil {
				t.Errorf("a copy that failed was sent as %q", body)
			}
			continue
		}
		if err != nil || response.StatusCode != tt.status || string(body) != tt.body {
			t.Errorf("%s as %s: %v, %v, %q", tt.method, tt.user, err, response, body)
		}
	}
}
