package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// adoptCommand takes live configurations into a running service.
type adoptCommand struct {
	remote
	Timeout time.Duration `help:"How long to wait for an answer." default:"5m"`
	DryRun  bool          `help:"Tell what would happen, and change nothing."`
	Replace bool          `help:"Undo also what the service keeps and a configuration does not say, where it is not known which of the two was changed."`
	Comment string        `help:"A comment for the history."`
	Servers []string      `arg:"" name:"server" help:"Names of servers."`
}

// Help says what does not fit a line.
func (adoptCommand) Help() string {
	return "What was changed in the live configurations since the last delivery is changed in the service too, at failover partners " +
		"as by any other change. From then on the configurations count as delivered. All is adopted, or nothing. Each change is " +
		"told with its place and what becomes of it: taken (it is in the service now), kept (in the server's own language), " +
		"changed (said in another way) or refused."
}

// Run implements the command.
func (c *adoptCommand) Run(p *program) error {
	order, err := json.Marshal(map[string]any{"servers": c.Servers, "comment": c.Comment, "dryRun": c.DryRun, "replace": c.Replace})
	if err != nil {
		return err
	}
	answer, err := c.text(p, c.Timeout, http.MethodPost, "/adopt", bytes.NewReader(order))
	if err != nil {
		return err
	}
	var report struct {
		Outcomes []struct{ Server, Result, Text string }
		Findings []struct{ Place, Kind, Text string }
		Refused  string
	}
	if json.Unmarshal(answer, &report) != nil {
		return fmt.Errorf("the answer is no report")
	}
	for _, f := range report.Findings {
		line := f.Kind + ": " + strings.ReplaceAll(f.Text, "\n", " ")
		if f.Place != "" {
			line = f.Place + ": " + line
		}
		fmt.Fprintln(p.stdout, line)
	}
	for _, o := range report.Outcomes {
		line := o.Server + ": " + o.Result
		if o.Text != "" {
			line += ": " + o.Text
		}
		if _, err := fmt.Fprintln(p.stdout, line); err != nil {
			return err
		}
	}
	if report.Refused != "" {
		return fmt.Errorf("%s", report.Refused)
	}
	return nil
}
