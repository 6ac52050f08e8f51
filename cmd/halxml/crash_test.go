package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestNothingAcknowledgedIsLost kills the service, as a power cut would end it,
// while many clients add servers, and wants every server there afterwards whose
// addition was answered. The data must be sound after each crash.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	const crashes, clients, enough = 3, 16, 200
	dir := t.TempDir()
	environ := append(os.Environ(), "HALXML_ADMIN_PASSWORD=a long enough password", "HALXML_LOG_ACCESS=off")
	added := map[string]bool{}
	for crash := range crashes {
		s, err := startService(dir, environ)
		if err != nil {
			t.Fatal(err)
		}
		wantServers(t, s, added)
		for _, name := range addUntilKilled(t, s, crash, clients, enough) {
			added[name] = true
		}
		if len(added) < (crash+1)*enough {
			t.Errorf("crash %d: only %d additions were answered", crash, len(added))
		}
		check := exec.Command(s.cmd.Path, "check")
		check.Dir = dir
		if out, err := check.CombinedOutput(); err != nil {
			t.Fatalf("halxml check after crash %d: %s", crash, out)
		}
	}
	s, err := startService(dir, environ)
	if err != nil {
		t.Fatal(err)
	}
	wantServers(t, s, added)
	if err := s.end(syscall.SIGTERM); err != nil {
		text, _ := os.ReadFile(filepath.Join(dir, "serve.stderr"))
		t.Errorf("halxml serve ended with %v: %s", err, text)
	}
}

// clientOf logs in at a service of this test.
func clientOf(t *testing.T, s *service) (*rpcClient, string) {
	t.Helper()
	endpoint, err := endpointOf(s.url)
	if err != nil {
		t.Fatal(err)
	}
	client := &rpcClient{endpoint: endpoint, timeout: patience}
	p := &program{environ: []string{"HALXML_PASSWORD=a long enough password"}}
	session, err := client.login(context.Background(), p, "administrator")
	if err != nil {
		t.Fatal(err)
	}
	return client, session
}

// addUntilKilled adds servers from many clients at once, kills the service
// after enough answers, and returns the names whose addition was answered.
func addUntilKilled(t *testing.T, s *service, crash, clients, enough int) (names []string) {
	t.Helper()
	client, session := clientOf(t, s)
	var wg sync.WaitGroup
	var mu sync.Mutex
	killed := make(chan struct{})
	for worker := range clients {
		wg.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("dhcp-%d-%d-%d.example", crash, worker, n)
				server := json.RawMessage(`{"name": "` + name + `", "type": "ISC"}`)
				_, err := client.call(context.Background(), "AddDHCPServer", parameters{"dhcpServer": server}.text("session", session))
				if err != nil {
					select {
					case <-killed: // as it should be
					default:
						if !strings.Contains(err.Error(), "cannot reach") {
							t.Errorf("AddDHCPServer: %v", err)
						}
					}
					return
				}
				mu.Lock()
				names = append(names, name)
				if len(names) == enough {
					close(killed)
					_ = s.cmd.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	<-s.done
	return names
}

// wantServers wants every one of the servers in the service's list.
func wantServers(t *testing.T, s *service, names map[string]bool) {
	t.Helper()
	client, session := clientOf(t, s)
	result, err := client.call(context.Background(), "GetDHCPServers", parameters{}.text("session", session))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		DHCPServers []struct {
			Name string `json:"name"`
		} `json:"dhcpServers"`
	}
	if err := json.Unmarshal(result, &list); err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, server := range list.DHCPServers {
		there[server.Name] = true
	}
	for name := range names {
		if !there[name] {
			t.Errorf("%s was answered and is gone after the crash", name)
		}
	}
}
