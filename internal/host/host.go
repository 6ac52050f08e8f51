// Package host does on the machine of one DHCP server what a delivery needs:
// it lets the server's own check judge a configuration, puts it in the place of
// the live file and back, starts and stops the server, and watches what the
// server's process, file and lease file say. It decides nothing, and it knows
// neither the store nor other servers.
package host

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"
)

// Config says where a server's files are and how it is started. All paths are
// absolute, all commands are programs with arguments, run without a shell.
type Config struct {
	File   string // the configuration
	Leases string
	PID    string // the file with the number of the server's process
	// Validate judges a configuration: {file} and {leases} in its words stand
	// for the files.
	Validate    []string
	Start, Stop []string
	// Status succeeds while the server runs; without it PID tells.
	Status []string
	// Interval is how often the files are looked at; half a second when 0.
	Interval time.Duration
}

// Host is one server's machine. Its methods may be called at the same time.
type Host struct {
	config Config
	busy   sync.Mutex // held while files or the process are changed
	look   chan struct{}

	mu     sync.Mutex // guards what follows
	watch  watch
	report func(State)
}

// New is a Host of a server. Nothing is opened until it is used.
func New(c Config) *Host {
	if c.Interval <= 0 {
		c.Interval = 500 * time.Millisecond
	}
	return &Host{config: c, look: make(chan struct{}, 1)}
}

// Hash tells texts apart: the SHA-256 in hexadecimal; "" stands for no file.
type Hash string

// HashOf is a text's Hash.
func HashOf(text []byte) Hash {
	sum := sha256.Sum256(text)
	return Hash(hex.EncodeToString(sum[:]))
}

// State is what can be seen of a server.
type State struct {
	// Reachable is false when nobody can look: then the rest is what was last
	// seen.
	Reachable bool
	Running   bool
	Process   int // its number, 0 when it does not run, -1 when it is not known
	// Config is the live configuration file.
	Config Hash
	// Peers are the server's failover relationships by name, as its lease file
	// tells. They are those of the last run when the server does not run.
	Peers map[string]Peer
	// Fault says in one sentence what cannot be read; "" when all can.
	Fault string
}

// Peer is one failover relationship as its server sees it, with dhcpd's names
// of states.
type Peer struct {
	State, PartnerState string
	Since, PartnerSince time.Time
	// Changes counts how often the server has noted something new, so that a
	// state that was left and came back can be told from one that stayed.
	Changes uint64
}

// Verdict is what a server's own check says of a configuration.
type Verdict struct {
	Accepted bool
	// Lines are its complaints: warnings when the configuration is accepted.
	// They hold no paths.
	Lines []string
}

// Fault is an error for the operator: a sentence and, where a program failed,
// that program's own lines. It holds no paths.
type Fault struct {
	Text  string
	Lines []string
	// Unsure is set when nobody knows whether the step was done and lasts: the
	// machine went out of reach in the middle of it, or its disk failed at the end.
	Unsure bool
}

// Error is the sentence and the lines.
func (f *Fault) Error() string {
	text := f.Text
	for i, line := range f.Lines {
		if i == 0 {
			text += ":"
		}
		text += "\n" + line
	}
	return text
}
