package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// otherEnv are environment variables of the program that are no keys of the
// service's configuration: the file's name and what the client commands read.
var otherEnv = [...]string{"CONFIG", "URL", "USER", "PASSWORD", "SESSION", "NEW_PASSWORD"}

// Sources is where a configuration comes from, the stronger later.
type Sources struct {
	File    string   // path of the TOML file; "" is none
	Environ []string // NAME=value, as os.Environ gives it
	Flags   []Flag   // in the order of the command line
}

// Flag is a key that the command line sets.
type Flag struct {
	Flag  string // as typed, for errors: --listen
	Key   string // its name in the table
	Value string
}

// FlagError is the error of a flag that names no key or has a wrong value.
type FlagError struct{ err error }

func (e FlagError) Error() string { return e.err.Error() }

// Unwrap is what is wrong.
func (e FlagError) Unwrap() error { return e.err }

// Load reads the sources and validates the result. Warnings are about HALXML_*
// variables that mean nothing. An error is one line for the operator that
// names source, key and what is wrong.
func Load(s Sources) (c *Config, warnings []string, err error) {
	l := &loader{config: &Config{origins: map[string]string{}}, keys: Keys(), tables: map[string][]ServerKey{serverTable: ServerKeys(), keaTable: KeaKeys()}, actions: true}
	if warnings, err = l.load(s); err != nil {
		return nil, nil, err
	}
	if err := l.config.check(); err != nil {
		return nil, nil, err
	}
	return l.config, warnings, nil
}

// load gives all keys their defaults, and then what the sources say.
func (l *loader) load(s Sources) (warnings []string, err error) {
	for _, k := range l.keys {
		if err := k.set(l.config, k.Default); err != nil {
			return nil, fmt.Errorf("default of %s: %w", k.Name, err) // a programmer's error; the tests would see it
		}
	}
	if s.File != "" {
		text, err := os.ReadFile(s.File)
		if err != nil {
			return nil, fmt.Errorf("configuration file %s: %w", s.File, plain(err))
		}
		if err := l.file(s.File, text); err != nil {
			return nil, err
		}
	}
	if warnings, err = l.environ(s.Environ); err != nil {
		return nil, err
	}
	for _, f := range s.Flags {
		if err := l.flag(f); err != nil {
			return nil, FlagError{err}
		}
	}
	return warnings, nil
}

// plain is what the system said, without the operation and path around it.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

type loader struct {
	config  *Config
	keys    []Key
	tables  map[string][]ServerKey // of servers
	actions bool                   // the file may have mail and programs
}

// set gives a key its value and remembers where it came from.
func (l *loader) set(k Key, text, origin string) error {
	if err := k.set(l.config, text); err != nil {
		return err
	}
	l.config.origins[k.Name] = origin
	return nil
}

func (l *loader) find(name string) (Key, bool) {
	i := slices.IndexFunc(l.keys, func(k Key) bool { return k.Name == name })
	if i < 0 {
		return Key{}, false
	}
	return l.keys[i], true
}

// isTable tells whether name is a table that holds keys.
func (l *loader) isTable(name string) bool {
	return slices.ContainsFunc(l.keys, func(k Key) bool { return strings.HasPrefix(k.Name, name+".") })
}

// file reads the text of a configuration file called path.
func (l *loader) file(path string, text []byte) error {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var tree map[string]any
	meta, err := toml.Decode(string(text), &tree)
	if err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			return fmt.Errorf("%s:%d: %s", path, pe.Position.Line, strings.TrimSpace(pe.Message))
		}
		return fmt.Errorf("%s: not a TOML file", path)
	}
	for _, parts := range meta.Keys() {
		if err := l.fileKey(path, parts, lookUp(tree, parts)); err != nil {
			return fmt.Errorf("%s%s: %s: %w", path, lineOf(string(text), parts), parts, err)
		}
	}
	return nil
}

func (l *loader) fileKey(path string, parts toml.Key, value any) error {
	name := strings.Join(parts, ".")
	k, ok := l.find(name)
	// A quoted name with a dot in it is one part, and no key of ours has such.
	ok = ok && strings.Count(name, ".") == len(parts)-1
	switch {
	case parts[0] == commandTable && l.actions:
		return l.commandKey(parts, value)
	case parts[0] == mailTable && l.actions:
		return l.mailKey(parts, value)
	}
	if l.tables[parts[0]] != nil {
		return l.serverKey(parts, value)
	}
	switch {
	case ok && k.EnvOnly:
		return fmt.Errorf("may be set only by the environment variable %s", k.Env())
	case ok:
		text, ok := asText(k.form, value)
		if !ok {
			return fmt.Errorf("must be %s", k.form.want())
		}
		return l.set(k, text, path)
	case l.isTable(name):
		if _, ok := value.(map[string]any); ok {
			return nil
		}
		return errors.New("must be a table of keys")
	}
	return errors.New("unknown key; `halxml config --default` lists all")
}

// lookUp finds the value of a key in the decoded tree; nil inside an array of
// tables, whose own name is refused before.
func lookUp(tree map[string]any, parts toml.Key) any {
	var value any = tree
	for _, part := range parts {
		table, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = table[part]
	}
	return value
}

// asText turns a TOML value into the text that the environment would hold.
func asText(f form, value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, f == formString || f == formSize
	case int64:
		return strconv.FormatInt(v, 10), f == formInteger || f == formSize
	case bool:
		return strconv.FormatBool(v), f == formBoolean
	case []any:
		end := ","
		if f == formCommand {
			end = wordEnd
		}
		words := make([]string, len(v))
		for i, item := range v {
			word, ok := item.(string)
			if !ok || strings.Contains(word, end) {
				return "", false
			}
			words[i] = word
		}
		return strings.Join(words, end), f == formStrings || f == formCommand
	}
	return "", false
}

// refusal fails on every value, so that the decoder tells where it met one.
type refusal struct{}

func (refusal) UnmarshalTOML(any) error { return errors.New("found") }

// lineOf is ":12" for the line on which a key stands, or nothing when that
// cannot be told. The decoder gives positions only with errors: so a type with
// just this key is built, and decoding into it fails where the key is.
func lineOf(text string, parts toml.Key) string {
	t := reflect.TypeFor[refusal]()
	for _, part := range slices.Backward(parts) {
		t = reflect.StructOf([]reflect.StructField{{Name: "Key", Type: t, Tag: reflect.StructTag("toml:" + strconv.Quote(part))}})
	}
	var pe toml.ParseError
	if _, err := toml.Decode(text, reflect.New(t).Interface()); errors.As(err, &pe) && pe.Position.Line > 0 {
		return ":" + strconv.Itoa(pe.Position.Line)
	}
	return ""
}

// environ reads HALXML_* variables; unknown ones are only warned about, since
// container platforms make up such names from that of a service.
func (l *loader) environ(environ []string) (warnings []string, err error) {
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		rest, ours := strings.CutPrefix(name, EnvPrefix)
		if !ours || slices.Contains(otherEnv[:], rest) {
			continue
		}
		i := slices.IndexFunc(l.keys, func(k Key) bool { return k.Env() == name })
		if i < 0 {
			warnings = append(warnings, fmt.Sprintf("environment variable %s means nothing and is ignored", name))
			continue
		}
		if err := l.set(l.keys[i], value, "environment "+name); err != nil {
			return nil, fmt.Errorf("environment variable %s: %w", name, err)
		}
	}
	return warnings, nil
}

func (l *loader) flag(f Flag) error {
	k, ok := l.find(f.Key)
	switch {
	case !ok:
		return fmt.Errorf("%s: unknown key %q; `halxml config --default` lists all", f.Flag, f.Key)
	case k.EnvOnly:
		return fmt.Errorf("%s: %s may be set only by the environment variable %s", f.Flag, k.Name, k.Env())
	}
	if err := l.set(k, f.Value, f.Flag); err != nil {
		return fmt.Errorf("%s: %s: %w", f.Flag, k.Name, err)
	}
	return nil
}

// check holds values against each other.
func (c *Config) check() error {
	switch {
	case (c.TLS.Cert == "") != (c.TLS.Key == ""):
		return errors.New("tls.cert and tls.key: one is set without the other")
	case c.Session.Idle > c.Session.Absolute:
		return fmt.Errorf("session.idle: %s is longer than session.absolute, %s", printDuration(c.Session.Idle), printDuration(c.Session.Absolute))
	case c.Limits.Inflated < c.Limits.Body:
		return fmt.Errorf("limits.inflated: %s is less than limits.body, %s", printSize(c.Limits.Inflated), printSize(c.Limits.Body))
	case c.Limits.Value > c.Limits.Inflated:
		return fmt.Errorf("limits.value: %s is more than limits.inflated, %s", printSize(c.Limits.Value), printSize(c.Limits.Inflated))
	}
	return cmp.Or(c.checkMail(), c.checkCommands(), c.checkServers())
}
