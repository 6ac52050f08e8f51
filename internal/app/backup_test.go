package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestBackupOfARunningService copies the data while they are changed: all that
// was answered before the copy began is in it, and it is sound.
func TestBackupOfARunningService(t *testing.T) {
	c := configured(t, "")
	service := start(t, c, Options{})
	session := service.login()
	stop := make(chan struct{})
	answered := make(chan string)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("dhcp%d-%d.test", w, n)
				result, fault := service.call("AddDHCPServer", fmt.Sprintf(`{"session": %q, "dhcpServer": {"name": %q, "type": "ISC"}}`, session, name))
				if result == nil {
					t.Errorf("AddDHCPServer: %s", fault)
				}
				select {
				case answered <- name:
				case <-stop:
					return
				}
			}
		})
	}
	var names []string
	for len(names) < 20 {
		names = append(names, <-answered)
	}
	go func() { // the writers go on while the copy is made
		for range answered {
		}
	}()

	request := must(http.NewRequest(http.MethodGet, service.url()+"/backup", nil))
	request.Header.Set("Authorization", "Bearer "+session)
	answer := must(service.client.Do(request))
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("status %s", answer.Status)
	}
	copied := *c
	copied.Data = t.TempDir()
	_, err := ReceiveBackup(t.Context(), answer.Body, filepath.Join(copied.Data, dataFile))
	_ = answer.Body.Close()
	close(stop)
	writers.Wait()
	close(answered)
	if err != nil {
		t.Fatal(err)
	}
	if faults, err := Check(t.Context(), &copied); err != nil || len(faults) > 0 {
		t.Errorf("the copy: %v, %v", err, faults)
	}
	restored := start(t, &copied, Options{})
	session = restored.login()
	for _, name := range names {
		if result, fault := restored.call("GetDHCPServer", fmt.Sprintf(`{"session": %q, "dhcpServerRef": %q}`, session, name)); result == nil {
			t.Errorf("%s is not in the copy: %s", name, fault)
		}
	}
}

// TestABackupIsWholeOrNotThere lets a service send what is no data file.
func TestABackupIsWholeOrNotThere(t *testing.T) {
	c := configured(t, "")
	service := start(t, c, Options{})
	if err := service.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := must(os.ReadFile(filepath.Join(c.Data, dataFile)))
	for _, tt := range []struct{ sent, want string }{
		{"", "what was written is no data file"},
		{"<html>not found</html>", "what was written is no data file"},
		{string(whole[:8192]), "what was written is no data file"},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "copy.db")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := ReceiveBackup(ctx, strings.NewReader(tt.sent), file)
		cancel()
		if err == nil || err.Error() != "backup "+file+": "+tt.want {
			t.Errorf("%d bytes: %v, want %q", len(tt.sent), err, tt.want)
		}
		if left := must(os.ReadDir(dir)); len(left) > 0 {
			t.Errorf("%d bytes: %v is left", len(tt.sent), left)
		}
	}
}

// interrupting ends a context when it is read.
type interrupting struct {
	io.Reader
	cancel context.CancelFunc
}

func (i interrupting) Read(p []byte) (int, error) {
	i.cancel()
	return i.Reader.Read(p)
}

func TestABackupThatIsInterruptedLeavesNothing(t *testing.T) {
	c := configured(t, "")
	service := start(t, c, Options{})
	if err := service.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := must(os.ReadFile(filepath.Join(c.Data, dataFile)))
	dir := t.TempDir()
	file := filepath.Join(dir, "copy.db")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := ReceiveBackup(ctx, interrupting{bytes.NewReader(whole), cancel}, file)
	if err == nil || err.Error() != "backup "+file+": interrupted" {
		t.Errorf("%v", err)
	}
	if left := must(os.ReadDir(dir)); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
