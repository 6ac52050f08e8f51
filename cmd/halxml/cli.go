package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"halxml/internal/config"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // the command could not do what it was asked, or found faults
	exitUsage   = 2 // the command line is wrong
)

// program is the surroundings of a sub-command.
type program struct {
	stdin   *os.File
	stdout  io.Writer
	stderr  io.Writer
	environ []string
}

// env is the value of an environment variable, "" when it is not set.
func (p *program) env(name string) string {
	for _, pair := range p.environ {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// commands is the command line.
type commands struct {
	Serve      serveCommand      `cmd:"" help:"Run the service."`
	Call       callCommand       `cmd:"" help:"Call an operation of a running service and print its JSON answer."`
	Render     renderCommand     `cmd:"" help:"Print the configuration that a server should run."`
	Diff       diffCommand       `cmd:"" help:"Print what a delivery would change at a server, as a unified diff."`
	Deploy     deployCommand     `cmd:"" help:"Deliver configurations to servers now."`
	Adopt      adoptCommand      `cmd:"" help:"Take over what somebody else has changed in the configurations of servers."`
	Ops        opsCommand        `cmd:"" help:"List the operations that are answered, and why others are not."`
	Agent      agentCommand      `cmd:"" help:"Serve the DHCP server of this machine for a service elsewhere."`
	AgentToken agentTokenCommand `cmd:"" help:"Make a token for the agent of a server."`
	Import     importCommand     `cmd:"" help:"Take configuration files of servers into the data of a stopped service."`
	User       userCommand       `cmd:"" help:"List users and set passwords of a stopped service."`
	Leases     leasesCommand     `cmd:"" help:"Import the leases of a server into a stopped service."`
	Backup     backupCommand     `cmd:"" help:"Copy the data file of a stopped service."`
	Check      checkCommand      `cmd:"" help:"Test the data of a stopped service."`
	Config     configCommand     `cmd:"" help:"Print the effective configuration, or the annotated default file."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

const description = `A DHCP management service that speaks the Micetro web-service interface: SOAP 1.1, SOAP 1.2 and JSON-RPC 2.0.`

// usageError is a fault of the command line.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// ended carries the exit code out of the parser, which prints help itself.
type ended struct{ code int }

// run is the whole program: it parses the command line, runs the sub-command
// and returns the exit code.
func run(args []string, p program) (code int) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case ended:
			code = e.code
		default:
			panic(e)
		}
	}()
	parser, err := kong.New(&commands{},
		kong.Name("halxml"), kong.Description(description),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(ended{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		panic(err) // the declaration of the command line is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		return p.fail(usageError{err.Error() + "; see halxml --help"})
	}
	return p.fail(ctx.Run(&p))
}

// fail prints an error as one line and is the exit code it means.
func (p *program) fail(err error) int {
	if err == nil {
		return exitOK
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprintln(p.stderr, "halxml: "+strings.Join(strings.Fields(err.Error()), " "))
	}
	var usage usageError
	var flag config.FlagError
	if errors.As(err, &usage) || errors.As(err, &flag) {
		return exitUsage
	}
	return exitFailure
}

// errSaid fails a command that has printed why.
var errSaid = errors.New("")
