package app

import (
	"context"

	"halxml/internal/config"
	"halxml/internal/deliver"
	"halxml/store"
	"halxml/store/bolt"
)

// newRenderer makes configurations with the operator's preambles.
func newRenderer(c *config.Config, schema *store.Schema) *deliver.Renderer {
	r := &deliver.Renderer{Schema: schema, Preambles: map[string]string{}}
	for _, s := range c.Servers {
		r.Preambles[s.Name] = s.Preamble
	}
	return r
}

// Render is the configuration of a server of a stopped service.
func Render(ctx context.Context, c *config.Config, server string) (text []byte, err error) {
	err = withData(ctx, c, func(s *bolt.Store) error {
		r, err := newRenderer(c, store.NewSchema()).Named(ctx, s, server)
		if err != nil {
			return public(err)
		}
		text = r.Text
		return nil
	})
	return text, err
}
