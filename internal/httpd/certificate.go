package httpd

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificate is a key pair in two files that is read again when they change,
// so that renewing it needs no restart.
type certificate struct {
	certFile, keyFile string
	now               func() time.Time

	mu      sync.Mutex
	pair    *tls.Certificate
	changed [2]time.Time
	checked time.Time
}

const recheckCertificate = time.Minute

func loadCertificate(certFile, keyFile string, now func() time.Time) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, now: now}
	if err := c.load(); err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	return c, nil
}

func (c *certificate) load() error {
	var changed [2]time.Time
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		changed[i] = info.ModTime()
	}
	c.checked = c.now()
	if c.pair != nil && changed == c.changed {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.pair, c.changed = &pair, changed
	return nil
}

// get answers tls.Config.GetCertificate. A new pair that cannot be read, half
// written perhaps, leaves the old one in use.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.checked) >= recheckCertificate {
		c.checked = c.now()
		_ = c.load()
	}
	return c.pair, nil
}
