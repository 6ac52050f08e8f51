package main

import (
	"fmt"
	"strings"

	"halxml/internal/config"
)

// settings are the flags of every command that needs the configuration.
type settings struct {
	Config string   `help:"Configuration file (TOML)." placeholder:"FILE" env:"HALXML_CONFIG"`
	Data   *string  `help:"Directory of the data file." placeholder:"DIR"`
	Set    []string `help:"Set a key of the configuration, as in --set session.idle=30m; repeatable." placeholder:"KEY=VALUE" sep:"none"`
}

// load reads the configuration; more are flags of the command itself.
func (s *settings) load(p *program, more ...config.Flag) (*config.Config, error) {
	sources := config.Sources{File: s.Config, Environ: p.environ}
	var err error
	if sources.Flags, err = setFlags(s.Set); err != nil {
		return nil, err
	}
	if s.Data != nil {
		sources.Flags = append(sources.Flags, config.Flag{Flag: "--data", Key: "data", Value: *s.Data})
	}
	sources.Flags = append(sources.Flags, more...)
	c, warnings, err := config.Load(sources)
	for _, w := range warnings {
		fmt.Fprintln(p.stderr, "halxml: warning: "+w)
	}
	return c, err
}

// setFlags are the keys and values of --set.
func setFlags(pairs []string) (flags []config.Flag, err error) {
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, usageError{fmt.Sprintf("--set %s: must be KEY=VALUE", pair)}
		}
		flags = append(flags, config.Flag{Flag: "--set", Key: key, Value: value})
	}
	return flags, nil
}

// configCommand prints configurations.
type configCommand struct {
	settings
	Default bool `help:"Print a file with every key, what it means and its default."`
}

// Run implements the command.
func (c *configCommand) Run(p *program) error {
	if c.Default {
		return config.WriteDefault(p.stdout)
	}
	effective, err := c.load(p)
	if err != nil {
		return err
	}
	return effective.WriteEffective(p.stdout)
}
