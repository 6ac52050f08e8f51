package app

import (
	"bytes"
	"io"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/config"
)

// accessMemory bounds the access log's lines that wait to be written, bytes.
const accessMemory = 1 << 20

// newLogs makes the service's log, and what takes whole lines for it.
func newLogs(c config.Log, out io.Writer, terminal bool, now func() time.Time) (zerolog.Logger, io.Writer) {
	if c.Format == config.FormatConsole || c.Format == config.FormatAuto && terminal {
		out = consoleLines{zerolog.ConsoleWriter{Out: out, NoColor: !terminal, TimeFormat: time.TimeOnly, FormatPrepare: giveLevel}}
	}
	out = zerolog.SyncWriter(out)
	level, err := zerolog.ParseLevel(c.Level)
	if err != nil {
		level = zerolog.InfoLevel // the configuration has checked it
	}
	return zerolog.New(out).Level(level).Hook(stamp{now}), out
}

// stamp puts the time of the injected clock on each line.
type stamp struct{ now func() time.Time }

// Run implements zerolog.Hook.
func (s stamp) Run(e *zerolog.Event, _ zerolog.Level, _ string) {
	e.Str(zerolog.TimestampFieldName, s.now().UTC().Format("2006-01-02T15:04:05.000Z07:00"))
}

// consoleLines gives a console writer its lines one by one, since the access
// log writes many at once.
type consoleLines struct{ zerolog.ConsoleWriter }

// Write implements io.Writer.
func (w consoleLines) Write(lines []byte) (int, error) {
	for line := range bytes.Lines(lines) {
		if _, err := w.ConsoleWriter.Write(line); err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

// giveLevel lets lines of the access log, which have no level, look like others.
func giveLevel(line map[string]any) error {
	if line[zerolog.LevelFieldName] == nil {
		line[zerolog.LevelFieldName] = zerolog.LevelInfoValue
	}
	return nil
}
