package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// commandTable is the table of the file that has one table for each program that
// RunCommand may run: [command.backup].
const commandTable = "command"

// Command is a program that RunCommand may run, by its name.
type Command struct {
	Name      string
	Run       []string // its absolute path, and its first arguments
	Arguments bool     // callers may add arguments
	Limit     time.Duration
	Output    int64 // what it may write, bytes
}

// CommandKeys is the table of a command's keys, in the order of the default
// file.
func CommandKeys() []TableKey[Command] {
	return []TableKey[Command]{
		tableKey("run", "", "The program, as an absolute path, with its first arguments. It is run without a shell.",
			func(c *Command) *[]string { return &c.Run }, commandKind),
		tableKey("arguments", "false", "Whether callers may add arguments.",
			func(c *Command) *bool { return &c.Arguments }, boolean),
		tableKey("limit", "30s", "How long it may run until it is ended.",
			func(c *Command) *time.Duration { return &c.Limit }, duration(minCommand, maxCommand)),
		tableKey("output", "64KiB", "How much it may write to its standard output.",
			func(c *Command) *int64 { return &c.Output }, size(1, maxCommandOutput)),
	}
}

// commandKey takes a key below the table of commands.
func (l *loader) commandKey(parts toml.Key, value any) error {
	if _, ok := value.(map[string]any); !ok && len(parts) < 3 {
		return errors.New("must be a table of keys")
	}
	switch len(parts) {
	case 1:
		return nil
	case 2:
		if strings.TrimSpace(parts[1]) != parts[1] || parts[1] == "" {
			return errors.New("has no name, or one that begins or ends with a space")
		}
		c := Command{Name: parts[1]}
		for _, k := range CommandKeys() {
			if err := k.set(&c, k.Default); err != nil {
				return fmt.Errorf("default of %s: %w", k.Name, err) // a programmer's error; the tests would see it
			}
		}
		l.config.Commands = append(l.config.Commands, c)
		return nil
	}
	i := slices.IndexFunc(l.config.Commands, func(c Command) bool { return c.Name == parts[1] })
	keys := CommandKeys()
	k := slices.IndexFunc(keys, func(k TableKey[Command]) bool { return k.Name == parts[2] })
	if i < 0 || k < 0 || len(parts) > 3 {
		return errors.New("unknown key; `halxml config --default` lists all")
	}
	text, ok := asText(keys[k].form, value)
	if !ok {
		return fmt.Errorf("must be %s", keys[k].form.want())
	}
	return keys[k].set(&l.config.Commands[i], text)
}

// checkCommands holds each command to a program.
func (c *Config) checkCommands() error {
	for _, cmd := range c.Commands {
		if len(cmd.Run) == 0 || !filepath.IsAbs(cmd.Run[0]) {
			return fmt.Errorf("%s.%s.run: must begin with the absolute path of a program", commandTable, quote(cmd.Name))
		}
	}
	return nil
}

// writeDefaultCommand writes an annotated example of a command's table.
func writeDefaultCommand(b *strings.Builder) {
	b.WriteString("\n# A program that RunCommand may run, by its name; a table for each, only in this file. Without one\n" +
		"# nothing is run.\n")
	writeDefaultKeys(b, "["+commandTable+".backup]", CommandKeys())
}

// writeCommands writes the tables of all commands.
func (c *Config) writeCommands(b *strings.Builder) {
	for i := range c.Commands {
		fmt.Fprintf(b, "\n[%s.%s]\n", commandTable, quote(c.Commands[i].Name))
		for _, k := range CommandKeys() {
			fmt.Fprintf(b, "%s = %s\n", k.Name, literal(k.form, k.get(&c.Commands[i])))
		}
	}
}
