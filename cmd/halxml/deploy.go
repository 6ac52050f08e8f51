package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// diffCommand prints what a delivery would change at a server.
type diffCommand struct {
	remote
	Timeout time.Duration `help:"How long to wait for an answer." default:"60s"`
	Server  string        `arg:"" help:"Name of the server."`
}

// Run implements the command.
func (c *diffCommand) Run(p *program) error {
	text, err := c.text(p, c.Timeout, http.MethodGet, "/diff/"+url.PathEscape(c.Server), nil)
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

// deployCommand delivers now.
type deployCommand struct {
	remote
	Timeout   time.Duration `help:"How long to wait for the end of the delivery, which goes on without us." default:"15m"`
	Overwrite bool          `help:"Replace configuration files that somebody else has changed."`
	Force     bool          `help:"Deliver also while partners do not run, cannot be reached or are not in normal operation."`
	Servers   []string      `arg:"" optional:"" name:"server" help:"Names of servers; without any, all that wait for a configuration."`
}

// Help says what does not fit a line.
func (deployCommand) Help() string {
	return `Prints one line for each server: delivered, up to date, waiting or failed, and why.
Ends with exit code 1 when one waits or failed.`
}

// Run implements the command.
func (c *deployCommand) Run(p *program) error {
	order, err := json.Marshal(map[string]any{"servers": c.Servers, "overwrite": c.Overwrite, "force": c.Force})
	if err != nil {
		return err
	}
	answer, err := c.text(p, c.Timeout, http.MethodPost, "/deploy", bytes.NewReader(order))
	if err != nil {
		return err
	}
	var outcomes []struct{ Server, Result, Text string }
	if json.Unmarshal(answer, &outcomes) != nil {
		return fmt.Errorf("the answer is no list of outcomes")
	}
	bad := 0
	for _, o := range outcomes {
		line := o.Server + ": " + o.Result
		if o.Text != "" {
			line += ": " + strings.ReplaceAll(o.Text, "\n", "\n  ")
		}
		if _, err := fmt.Fprintln(p.stdout, line); err != nil {
			return err
		}
		if o.Result == "waiting" || o.Result == "failed" {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d servers do not have their configuration", bad, len(outcomes))
	}
	return nil
}
