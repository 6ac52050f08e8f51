package app

import (
	"context"
	"errors"

	"halxml/internal/command"
	"halxml/internal/config"
	"halxml/internal/mail"
	"halxml/internal/probe"
	"halxml/internal/program"
)

// pinger asks hosts as the operator has it; nil when nobody is to be asked.
func (a *App) pinger() command.Pinger {
	if a.config.Ping.Method == config.PingOff {
		return nil
	}
	return probe.New(probe.Options{Method: probe.Method(a.config.Ping.Method), Limit: a.config.Ping.Limit, Rand: a.Random})
}

// mail is what mail may be sent; nil for none.
func (a *App) mail() *command.Mail {
	c := a.config.Mail
	if c.Server == "" {
		return nil
	}
	sender := &mail.Sender{
		Server: c.Server, Security: mail.Security(c.TLS), User: c.User, Password: c.Password, Limit: c.Limit, Now: a.Now, Rand: a.Random,
	}
	return &command.Mail{
		Server: c.Server, From: c.From, Domains: c.Recipients,
		Send: func(ctx context.Context, m command.MailMessage) error {
			err := sender.Send(ctx, mail.Message(m))
			var refusal *mail.Refusal
			if err != nil && !errors.As(err, &refusal) {
				a.log.Error().Err(err).Msg("mail")
			}
			return err
		},
	}
}

// programs are those that may be run, by name.
func (a *App) programs() map[string]command.Program {
	runner := program.NewRunner()
	all := map[string]command.Program{}
	for _, c := range a.config.Commands {
		p := program.Program{Path: c.Run[0], Arguments: c.Run[1:], Limit: c.Limit, Output: int(c.Output)}
		all[c.Name] = command.Program{Arguments: c.Arguments, Run: func(ctx context.Context, arguments []string) (command.ProgramOutcome, error) {
			o, err := runner.Run(ctx, p, arguments...)
			if err != nil && ctx.Err() == nil {
				a.log.Error().Err(err).Str("command", c.Name).Msg("a command could not be run")
			}
			return command.ProgramOutcome{Output: string(o.Output), Whole: o.Whole, Exit: o.Exit, TimedOut: o.TimedOut}, err
		}}
	}
	return all
}
