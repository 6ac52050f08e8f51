package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"halxml/internal/api"
	"halxml/internal/auth"
	"halxml/internal/command"
	"halxml/internal/config"
	"halxml/internal/deliver"
	"halxml/internal/exchange"
	"halxml/internal/httpd"
	"halxml/internal/intake"
	"halxml/internal/jsonscan"
	"halxml/internal/operator"
	"halxml/internal/xmlscan"
	"halxml/store"
	"halxml/store/bolt"
	"halxml/wsdl/hal"
)

// open wires the rooms together, from the data to the listener. What must be
// closed goes to closers as soon as it is open.
func (a *App) open(ctx context.Context) error {
	c := a.config
	origin, err := newOrigin(c)
	if err != nil {
		return err
	}
	data, err := openData(ctx, c, bolt.Options{OnPanic: func(value any, stack []byte) {
		a.log.Error().Interface("panic", value).Bytes("stack", stack).Msg("a command panicked")
	}, OnFailure: func(err error) {
		a.log.Error().Err(err).Msg("writing the data")
	}})
	if err != nil {
		return err
	}
	a.data = data
	a.closers = append(a.closers, func(context.Context) error { return data.Close() })

	schema := store.NewSchema()
	users, err := auth.New(auth.Options{
		Store: data, Schema: schema, Now: a.Now, Rand: a.Random,
		Idle: c.Session.Idle, Absolute: c.Session.Absolute,
		Report: func(err error) { a.log.Error().Err(err).Msg("sessions") },
	})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, func(context.Context) error { return users.Close() })
	agents, err := a.gate()
	if err != nil {
		return err
	}
	var commands *command.Service // which the deliverer needs, and which needs the deliverer
	deliverer, err := a.deliverer(data, schema, agents, func(ctx context.Context, o deliver.Adoption) ([]intake.Finding, error) {
		return commands.Adopt(ctx, command.Adoption(o))
	})
	if err != nil {
		return err
	}
	commands = command.New(command.Options{
		Store: data, Schema: schema, Auth: users, Now: a.Now, Zone: c.API.TimeZone,
		Changed: deliverer.Changed, Services: deliverer, Releaser: deliverer, Pinger: a.pinger(),
		Mail: a.mail(), Programs: a.programs(),
	})
	serve, err := a.listen(ctx, origin, agents.Handler(a.handler(origin, commands, users, deliverer, data)))
	if err != nil {
		return err
	}
	// Last, so that a password is printed only by a start that succeeds.
	if err := a.administrator(ctx, users); err != nil {
		return err
	}
	deliverer.Start()
	serve()
	// Before the listener, since agents end their steps over it.
	a.closers = append(a.closers, func(ctx context.Context) error { return endDelivery(ctx, deliverer, agents) })
	a.keepLeases(data, schema, agents)
	a.log.Info().Str("url", a.url()).Str("data", c.Data).Str("profile", c.API.Profile).Msg("listening")
	a.warnOfPlainText()
	if _, err := fmt.Fprintf(a.Stdout, "halxml: listening on %s\n", a.url()); err != nil {
		return fmt.Errorf("standard output: %w", reason(err))
	}
	return nil
}

func newOrigin(c *config.Config) (*httpd.Origin, error) {
	proxies := make([]string, len(c.TrustedProxies))
	for i, p := range c.TrustedProxies {
		proxies[i] = p.String()
	}
	return httpd.NewOrigin(c.PublicURL, proxies)
}

// administrator makes the first user of new data. A password that was made up
// is printed this once, and not through the log, which others keep and read.
func (a *App) administrator(ctx context.Context, users *auth.Auth) error {
	generated, created, err := users.EnsureAdministrator(ctx, a.config.AdminPassword)
	switch {
	case err != nil && a.config.AdminPassword != "":
		return fmt.Errorf("%sADMIN_PASSWORD: %w", config.EnvPrefix, public(err))
	case err != nil:
		return err
	case !created && a.config.AdminPassword != "":
		a.log.Info().Msgf("%s has a password already; %sADMIN_PASSWORD is not used", auth.AdministratorName, config.EnvPrefix)
	case created:
		a.log.Info().Msgf("made the user %s", auth.AdministratorName)
	}
	if generated == "" {
		return nil
	}
	_, err = fmt.Fprintf(a.Stderr, "halxml: the password of %s is %s and is not shown again; change it with: halxml user passwd %s\n",
		auth.AdministratorName, generated, auth.AdministratorName)
	if err != nil {
		return errors.New("standard error cannot be written to, and the first password is to be printed there; set HALXML_ADMIN_PASSWORD")
	}
	return nil
}

// handler answers the URLs of the interface; /healthz and /readyz are httpd's.
func (a *App) handler(origin *httpd.Origin, dispatcher hal.Dispatcher, users *auth.Auth, deliverer operator.Deliverer, data *bolt.Store) http.Handler {
	profile, limits := hal.Current, a.config.Limits
	if a.config.API.Profile == config.Profile2017 {
		profile = hal.Profile2017
	}
	silent := map[string]bool{}
	names, _ := command.Unanswered()
	for _, name := range names {
		silent[name] = true
	}
	interfaces := api.New(api.Options{
		Dispatcher: dispatcher, Origin: origin, Profile: profile, Log: a.log,
		Answered: func(operation string) bool { return !silent[operation] },
		MaxBody:  limits.Body, MaxInflated: limits.Inflated, MaxBatch: limits.Batch,
		XML:  xmlscan.Limits{Depth: limits.Depth, Value: int(limits.Value)},
		JSON: jsonscan.Limits{Depth: limits.Depth, Value: int(limits.Value)},
	})
	return operator.Handler(operator.Options{
		Deliverer: deliverer, Identify: identify(users), Log: a.log,
		Backup: data.Backup, Administrator: auth.AdministratorName,
	}, interfaces)
}

// identify reads who sends a request from its Authorization.
func identify(users *auth.Auth) func(*http.Request, *httpd.Record) (string, error) {
	return func(r *http.Request, record *httpd.Record) (string, error) {
		credential, err := exchange.ParseCredential(r.Header.Get("Authorization"))
		if err != nil {
			return "", err
		}
		id, err := users.Identify(r.Context(), "", auth.Credential(credential), record.Remote)
		return id.Name, err
	}
}
