package config

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// masked stands for a secret that is set.
const masked = "********"

// docWidth is where comments of the default file wrap.
const docWidth = 100

// WriteDefault writes an annotated configuration file in which every key has
// its default, commented out.
func WriteDefault(w io.Writer) error {
	return writeDefault(w, "# Configuration of halxml: `halxml serve --config FILE`, or HALXML_CONFIG=FILE.\n", Keys(), func(b *strings.Builder) {
		writeDefaultServer(b)
		writeDefaultMail(b)
		writeDefaultCommand(b)
	})
}

func writeDefault(w io.Writer, title string, keys []Key, servers func(*strings.Builder)) error {
	b := &strings.Builder{}
	b.WriteString(title + "# Each key can also be set by the environment variable named with it, which is stronger than this file;\n" +
		"# a flag of the command line (--set KEY=VALUE) is stronger than both.\n")
	section := ""
	for _, k := range keys {
		name := k.heading(b, &section)
		b.WriteByte('\n')
		for _, line := range wrap(k.Doc, docWidth) {
			fmt.Fprintf(b, "# %s\n", line)
		}
		if k.EnvOnly {
			fmt.Fprintf(b, "# Only by %s, never in a file.\n", k.Env())
			continue
		}
		fmt.Fprintf(b, "# %s\n#%s = %s\n", k.Env(), name, literal(k.form, k.Default))
	}
	servers(b)
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteEffective writes the configuration as a file that gives the same one,
// with a note of where each value that is no default came from. Secrets are
// masked.
func (c *Config) WriteEffective(w io.Writer) error {
	b := &strings.Builder{}
	section := ""
	for _, k := range Keys() {
		name := k.heading(b, &section)
		value := k.get(c)
		switch {
		case k.EnvOnly && value == "":
			fmt.Fprintf(b, "# %s is not set\n", k.Env())
			continue
		case k.EnvOnly:
			fmt.Fprintf(b, "# %s = %s\n", k.Env(), masked)
			continue
		}
		fmt.Fprintf(b, "%s = %s", name, literal(k.form, value))
		if origin := c.origins[k.Name]; origin != "" {
			fmt.Fprintf(b, " # %s", strings.Trim(strconv.Quote(origin), `"`))
		}
		b.WriteByte('\n')
	}
	c.writeServers(b)
	c.writeMail(b)
	c.writeCommands(b)
	_, err := io.WriteString(w, b.String())
	return err
}

// heading opens the key's table in the file when it is a new one, and is the
// key's name within it.
func (k Key) heading(b *strings.Builder, section *string) string {
	table, name, dotted := strings.Cut(k.Name, ".")
	if !dotted {
		return k.Name
	}
	if table != *section && !k.EnvOnly {
		fmt.Fprintf(b, "\n[%s]\n", table)
		*section = table
	}
	return name
}

// literal writes a value as TOML does.
func literal(f form, text string) string {
	switch f {
	case formInteger, formBoolean:
		return text
	case formStrings, formCommand:
		if text == "" {
			return "[]"
		}
		end := ","
		if f == formCommand {
			end = wordEnd
		}
		words := strings.Split(text, end)
		for i, word := range words {
			words[i] = quote(word)
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	return quote(text)
}

// quote writes a basic string of TOML, in which only these need an escape.
func quote(s string) string {
	b := &strings.Builder{}
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// wrap breaks text into lines of at most width bytes where words allow.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
