package app

import (
	"context"

	"halxml/internal/agent/gate"
	"halxml/internal/config"
	"halxml/internal/deliver"
	"halxml/internal/host"
	"halxml/internal/model"
	"halxml/store"
	"halxml/store/bolt"
)

// deliverer brings configurations to the servers that the configuration knows.
func (a *App) deliverer(data store.Store, schema *store.Schema, agents *gate.Gate, adopt deliver.Adopter) (*deliver.Deliverer, error) {
	var targets []deliver.Target
	for _, s := range a.config.Servers {
		target := deliver.Target{Server: s.Name, Manual: s.Deliver == config.DeliverManual}
		if remote := agents.Remote(s.Name); remote != nil {
			target.Host = remote
		} else if s.Kea == nil {
			target.Host = host.New(hostConfig(s))
		} else if h, err := keaHost(s); err != nil {
			return nil, err
		} else {
			target.Host = h
		}
		targets = append(targets, target)
	}
	return deliver.New(deliver.Options{
		Store: data, Schema: schema, Preambles: preambles(a.config), Kea: keas(a.config), Targets: targets, Log: a.log, Now: a.Now,
		Adopt: adopt, Gather: a.config.Delivery.Gather, Settle: a.config.Delivery.Settle,
	}), nil
}

func hostConfig(s config.Server) host.Config {
	return host.Config{
		File: s.Config, Leases: s.Leases, PID: s.PID,
		Validate: s.Validate, Start: s.Start, Stop: s.Stop, Status: s.Status,
	}
}

// preambles are the operator's statements by the server's name.
func preambles(c *config.Config) map[string]string {
	all := map[string]string{}
	for _, s := range c.Servers {
		all[s.Name] = s.Preamble
	}
	return all
}

// Render is the configuration of a server of a stopped service. A Kea server has
// a file for each service.
func Render(ctx context.Context, c *config.Config, server, service string) (text []byte, err error) {
	err = withData(ctx, c, func(s *bolt.Store) error {
		r, err := (&deliver.Renderer{Schema: store.NewSchema(), Preambles: preambles(c), Kea: keas(c)}).Named(ctx, s, server)
		if err == nil {
			text, err = r.File(model.ServiceType(service))
		}
		return public(err)
	})
	return text, err
}
