package deliver

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"halxml/internal/dhcpd/leases"
	"halxml/internal/host"
	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
)

// machine is a Host that does what a test says.
type machine struct {
	states chan host.State
	live   func() ([]byte, error)
	stage  error
	log    io.Writer // nil for none
}

func (m *machine) Watch(ctx context.Context, report func(host.State)) {
	for {
		select {
		case s := <-m.states:
			report(s)
		case <-ctx.Done():
			return
		}
	}
}

func (m *machine) Live(context.Context) ([]byte, bool, error) {
	text, err := m.live()
	return text, err == nil, err
}
func (m *machine) Stage(context.Context, []byte) (host.Verdict, error) {
	return host.Verdict{}, m.stage
}
func (m *machine) Unstage(context.Context) error                    { return nil }
func (m *machine) Swap(context.Context, host.Hash, host.Hash) error { return nil }
func (m *machine) Restore(context.Context, host.Hash) error         { return nil }
func (m *machine) Start(context.Context) (host.State, error)        { return host.State{}, nil }
func (m *machine) Stop(context.Context) (host.State, error)         { return host.State{}, nil }
func (m *machine) Leases(context.Context) (*leases.File, error)     { return &leases.File{}, nil }

// start is a Deliverer to one server, of which something is to be delivered when
// somebody asks for it.
func start(t *testing.T, m *machine) *Deliverer {
	t.Helper()
	data, err := bolt.Open(filepath.Join(t.TempDir(), "halxml.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = data.Close() })
	schema := store.NewSchema()
	err = data.Update(t.Context(), func(tx store.Tx) error {
		s := &model.Server{Name: "dhcp1", Kind: model.KindISC, Enabled: true}
		if err := schema.Servers.Insert(tx, s); err != nil {
			return err
		}
		return schema.Groups.Insert(tx, &model.Group{ServerID: s.ID, Name: "lab"})
	})
	if err != nil {
		t.Fatal(err)
	}
	d := New(Options{Store: data, Schema: schema, Targets: []Target{{Server: "dhcp1", Host: m, Manual: true}}, Log: zerolog.New(m.log)})
	d.Start()
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// deploy delivers to the one server.
func deploy(t *testing.T, d *Deliverer, o Order) Outcome {
	t.Helper()
	out, err := d.Deploy(t.Context(), o)
	if err != nil || len(out) != 1 {
		t.Fatal(out, err)
	}
	return out[0]
}

// Why a delivery failed is told of that delivery only.
func TestAFailureIsToldOnce(t *testing.T) {
	m := &machine{states: make(chan host.State), stage: errors.New("broken"), live: func() ([]byte, error) { return nil, nil }}
	d := start(t, m)
	for _, tt := range []struct {
		state        host.State
		order        Order
		result, text string
	}{
		{host.State{Reachable: true, Config: "somebody's"}, Order{Overwrite: true}, Failed, "the server's machine answered with an error"},
		{host.State{Config: "somebody's"}, Order{Force: true}, Waiting, "dhcp1 cannot be reached"},
	} {
		for range 2 { // the second is taken when the first was
			m.states <- tt.state
		}
		if got := deploy(t, d, tt.order); got.Result != tt.result || got.Text != tt.text {
			t.Error(got)
		}
	}
}

// A caller that goes while a delivery runs disturbs neither it nor the next.
func TestACallerGoesDuringADelivery(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	m := &machine{states: make(chan host.State), stage: errors.New("broken"), live: func() ([]byte, error) {
		leave() // the caller and the delivery go on at the same time
		return nil, nil
	}}
	d := start(t, m)
	for range 2 { // the second is taken when the first was
		m.states <- host.State{Reachable: true, Config: "somebody's"}
	}
	gone := make(chan error, 1)
	go func() {
		_, err := d.Deploy(ctx, Order{})
		gone <- err
	}()
	<-ctx.Done()
	if got := deploy(t, d, Order{Overwrite: true}); got.Result != Failed {
		t.Error(got)
	}
	if err := <-gone; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// What cannot be seen of a server is in the log, once.
func TestWhatIsNotSeenOfAServerIsLogged(t *testing.T) {
	var log strings.Builder
	m := &machine{states: make(chan host.State), live: func() ([]byte, error) { return nil, nil }, log: &log}
	d := start(t, m)
	for range 3 {
		m.states <- host.State{Reachable: true, Fault: "there is no lease file at the configured place"}
	}
	d.stop()
	d.done.Wait()
	if text := log.String(); strings.Count(text, "no lease file") != 1 || !strings.Contains(text, "dhcp1") {
		t.Error(text)
	}
}
