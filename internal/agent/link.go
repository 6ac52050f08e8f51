package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Service says where the service is and how it is known.
type Service struct {
	URL   string // http only to this machine itself
	Token string
	// CA are the certificates, PEM, of which one must have signed the service's;
	// without them those of the system count.
	CA []byte
	// Fingerprint is the SHA-256 of the service's certificate, in hexadecimal
	// with or without colons: then neither its name nor who signed it matters,
	// unless CA is set too.
	Fingerprint string
}

// How long one exchange may take.
const (
	reportTime = 10 * time.Second
	leaveTime  = 3 * time.Second
	partTime   = 60 * time.Second
	// Wait is how long the service lets an agent wait for a task.
	Wait     = 20 * time.Second
	nextTime = Wait + 15*time.Second
)

// link is the way to the service.
type link struct {
	base, token string
	client      *http.Client
}

func newLink(s Service) (*link, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("is not a URL such as https://halxml.example.com")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, errors.New("is not https: only to the machine itself an agent speaks without TLS")
	}
	config, err := tlsConfig(s)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		// HTTP/1.1 only: a connection that hangs then harms one exchange.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &link{strings.TrimRight(s.URL, "/"), s.Token, &http.Client{Transport: transport, CheckRedirect: refuse}}, nil
}

func (l *link) close() { l.client.CloseIdleConnections() }

func loopback(name string) bool {
	a, err := netip.ParseAddr(name)
	return err == nil && a.IsLoopback() || strings.EqualFold(name, "localhost")
}

func tlsConfig(s Service) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(s.CA) > 0 {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(s.CA) {
			return nil, errors.New("the file of the certificate authority holds no certificate")
		}
	}
	if s.Fingerprint == "" {
		return c, nil
	}
	want, err := ParseFingerprint(s.Fingerprint)
	if err != nil {
		return nil, err
	}
	c.InsecureSkipVerify = len(s.CA) == 0 // the fingerprint says more
	c.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errors.New("the service has shown no certificate")
		}
		have := sha256.Sum256(state.PeerCertificates[0].Raw)
		if subtle.ConstantTimeCompare(have[:], want) != 1 {
			return fmt.Errorf("the service's certificate has the fingerprint %x, not the configured one", have)
		}
		return nil
	}
	return c, nil
}

// ParseFingerprint reads a SHA-256 in hexadecimal, with or without colons.
func ParseFingerprint(text string) ([]byte, error) {
	sum, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(sum) != sha256.Size {
		return nil, errors.New("is not the SHA-256 of a certificate, 64 hexadecimal digits")
	}
	return sum, nil
}

// refusal is a service that answers and does not want the agent.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return "the service refuses: " + r.text }

// post sends a message and reads the answer, within a time.
func (l *link) post(ctx context.Context, path string, limit time.Duration, message, answer any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	// A slow line takes longer for more.
	ctx, cancel := context.WithTimeout(ctx, limit+time.Duration(len(body)/slowest)*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+l.token)
	response, err := l.client.Do(request)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the address is known
		}
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 300))
		line, _, _ := strings.Cut(strings.TrimSpace(strings.ToValidUTF8(string(text), "?")), "\n")
		if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") || line == "" {
			line = "status " + response.Status
		}
		return &refusal{response.StatusCode, line}
	}
	return Decode(io.LimitReader(response.Body, MaxMessage), answer)
}

// slowest is the rate, in bytes a second, at which a message must leave.
const slowest = 8 << 10

// Decode reads one message strictly.
func Decode(r io.Reader, message any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(message); err != nil {
		return fmt.Errorf("this is no message of version %d of agents: %w", Version, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("there is more behind a message of version %d of agents", Version)
	}
	return nil
}

// tries says of one kind of exchange once that it fails and once that it works
// again, and waits between attempts.
type tries struct {
	agent *Agent
	what  string
	told  string
	wait  time.Duration
	fine  bool
}

func (a *Agent) tries(what string) *tries { return &tries{agent: a, what: what} }

// mostWait bounds the wait after failures, which doubles with each; of those
// that the service has refused it is longer.
const (
	mostWait    = 30 * time.Second
	refusedWait = 5 // times Retry, at least
)

// ended reports whether an exchange succeeded. If not it waits for a while.
func (t *tries) ended(ctx context.Context, err error) bool {
	log := &t.agent.o.Log
	if err == nil {
		if !t.fine {
			log.Info().Str("url", t.agent.link.base).Str("for", t.what).Msg("connected")
		}
		t.fine, t.told, t.wait = true, "", 0
		return true
	}
	if ctx.Err() != nil {
		return false
	}
	if text := err.Error(); text != t.told {
		t.told = text
		message := "not connected"
		if _, local := err.(localError); local {
			message = "nothing to send"
		}
		log.Warn().Str("url", t.agent.link.base).Str("for", t.what).Err(err).Msg(message)
	}
	t.fine = false
	t.wait = min(max(2*t.wait, t.agent.o.Retry), mostWait)
	if r := (*refusal)(nil); errors.As(err, &r) && r.status < http.StatusInternalServerError {
		t.wait = max(t.wait, refusedWait*t.agent.o.Retry)
	}
	// Not all at once, where many agents have lost the same service.
	wait := time.NewTimer(t.wait*3/4 + rand.N(t.wait/2+1))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
	return false
}
