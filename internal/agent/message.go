package agent

import "halxml/internal/host"

// Version is that of the messages. It changes with any change of them: both
// ends refuse members that they do not know.
const Version = 1

// The paths, all for POST with JSON both ways. An agent asks for the next task
// at the first and waits there; meanwhile it tells the server's state at the
// second, whenever it changes and at every Beat, and parts of the lease file at
// the third.
const (
	NextPath   = "/agent/next"
	StatePath  = "/agent/state"
	LeasesPath = "/agent/leases"
)

// Bounds of messages, bytes.
const (
	MaxMessage = 64 << 20 // a configuration is in it
	MaxState   = 1 << 20
	MaxPart    = 1 << 20 // of a lease file, in one message
)

// Hello begins every message of an agent.
type Hello struct {
	Version int    `json:"version"`
	Server  string `json:"server"` // as it is called in the interface
	Agent   string `json:"agent"`  // a word that the agent makes up when it starts
}

// Next asks for a task.
type Next struct {
	Hello
	// Done is what became of the task before. It is told again until the
	// service has answered.
	Done *Result `json:"done,omitempty"`
	// Leaving says that no task is wanted: the agent ends.
	Leaving bool `json:"leaving,omitempty"`
}

// Work answers Next; there is no task when none came for a while.
type Work struct {
	Version int    `json:"version"`
	Service string `json:"service"` // a word that the service makes up when it starts
	Task    *Task  `json:"task,omitempty"`
}

// What a task can be, after the methods of host.Host.
const (
	Live    = "live"
	Stage   = "stage"
	Unstage = "unstage"
	Swap    = "swap"
	Restore = "restore"
	Start   = "start"
	Stop    = "stop"
)

// Task is one step at the server's machine.
type Task struct {
	ID   string    `json:"id"` // of no other task ever
	Do   string    `json:"do"`
	Text []byte    `json:"text,omitempty"` // to stage
	From host.Hash `json:"from,omitempty"` // to swap; of live, the text that the service has already
	To   host.Hash `json:"to,omitempty"`   // to swap and to restore
}

// Result is what became of a task.
type Result struct {
	ID      string        `json:"id"`
	Fault   *host.Fault   `json:"fault,omitempty"`
	Found   bool          `json:"found,omitempty"` // live: there is such a file
	Same    bool          `json:"same,omitempty"`  // live: it is the text that the service has
	Text    []byte        `json:"text,omitempty"`  // live
	Verdict *host.Verdict `json:"verdict,omitempty"`
	Seen    Seen          `json:"seen"` // after the task
}

// Seen is what an agent has seen of the server; a higher Number is newer.
type Seen struct {
	Number uint64     `json:"number"`
	State  host.State `json:"state"`
}

// Report tells a state.
type Report struct {
	Hello
	Seen Seen `json:"seen"`
}

// Heard answers Report.
type Heard struct {
	Version int    `json:"version"`
	Service string `json:"service"` // as in Work
}

// Part is a piece of the server's lease file.
type Part struct {
	Hello
	Copy string `json:"copy"` // names one state of the file to which only more is added
	At   int64  `json:"at"`   // where Data begins
	Data []byte `json:"data"`
	End  bool   `json:"end,omitempty"` // there was nothing behind Data
}

// Kept answers Part: what the service has. Of a Copy that it does not have the
// agent begins anew.
type Kept struct {
	Version int    `json:"version"`
	Copy    string `json:"copy"`
	Size    int64  `json:"size"`
}
