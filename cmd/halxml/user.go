package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"halxml/internal/app"
)

// userCommand is about the users of a stopped service.
type userCommand struct {
	List   userListCommand   `cmd:"" help:"List the users."`
	Passwd userPasswdCommand `cmd:"" help:"Set a user's password and end the user's sessions; the service must be stopped."`
}

// userListCommand lists users.
type userListCommand struct{ settings }

// Run implements the command.
func (c *userListCommand) Run(p *program) error {
	config, err := c.load(p)
	if err != nil {
		return err
	}
	users, err := app.Users(context.Background(), config)
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "NAME\tSTATE\tFULL NAME")
	for _, u := range users {
		state := "enabled"
		if u.Disabled {
			state = "disabled"
		}
		fmt.Fprintf(out, "%s\t%s\t%s\n", u.Name, state, u.FullName)
	}
	return out.Flush()
}

// userPasswdCommand sets a password.
type userPasswdCommand struct {
	settings
	Name string `arg:"" help:"The user, as in administrator."`
}

// Help says what does not fit a line.
func (userPasswdCommand) Help() string {
	return "The new password is HALXML_NEW_PASSWORD, or asked for on a terminal, or the first line of standard input."
}

// Run implements the command.
func (c *userPasswdCommand) Run(p *program) error {
	config, err := c.load(p)
	if err != nil {
		return err
	}
	// A mistake is told before a password is typed.
	if err := app.HasUser(context.Background(), config, c.Name); err != nil {
		return err
	}
	password := p.env("HALXML_NEW_PASSWORD")
	if password == "" {
		if password, err = p.readPassword("New password of "+c.Name+": ", true); err != nil {
			return err
		}
	}
	if err := app.SetPassword(context.Background(), config, c.Name, password); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "the password of %s is set\n", c.Name)
	return err
}
