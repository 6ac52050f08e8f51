// Package config reads what an operator configures: a TOML file, over it
// HALXML_* environment variables, over both the command line. It is strict: an
// unknown key or a value out of range is an error that names the source and
// the key. It knows nothing of the rooms that use the values, and opens no file
// but its own.
package config

import (
	"net/netip"
	"time"
)

// Defaults of all keys, in the words of the configuration file.
const (
	DefaultListen    = "127.0.0.1:8080"
	DefaultData      = "data"
	DefaultProfile   = ProfileCurrent
	DefaultTimeZone  = "Local"
	DefaultIdle      = "60m"
	DefaultAbsolute  = "24h"
	DefaultBody      = "16MiB"
	DefaultInflated  = "64MiB"
	DefaultDepth     = "64"
	DefaultValue     = "1MiB"
	DefaultBatch     = "1000"
	DefaultNotice    = "0s"
	DefaultDrain     = "10s"
	DefaultGather    = "1s"
	DefaultSettle    = "30s"
	DefaultPing      = PingAuto
	DefaultPingLimit = "1s"
	DefaultLogLevel  = "info"
	DefaultLogFormat = "auto"
	DefaultLogAccess = "true"
)

// Values of api.profile.
const (
	ProfileCurrent = "current" // the interface with its optional extensions
	Profile2017    = "2017"    // without them, for strict clients with an old WSDL
)

// Values of log.format.
const (
	FormatAuto    = "auto" // console on a terminal, JSON otherwise
	FormatConsole = "console"
	FormatJSON    = "json"
)

// Values of ping.method.
const (
	PingAuto = "auto" // ICMP where the system permits it, TCP otherwise
	PingICMP = "icmp"
	PingTCP  = "tcp"
	PingOff  = "off"
)

// Values of mail.tls.
const (
	MailTLSAuto     = "auto" // where the server offers it
	MailTLSRequired = "required"
	MailTLSOff      = "off"
)

// EnvPrefix begins the name of every environment variable of halxml.
const EnvPrefix = "HALXML_"

// Config is a complete, validated configuration.
type Config struct {
	Listen         string // host:port; port 0 is any free one
	Data           string // the directory that holds the data file
	TLS            TLS
	PublicURL      string         // scheme://host[:port] as clients see it; "" takes it from each request
	TrustedProxies []netip.Prefix // whose X-Forwarded-* headers are believed
	API            API
	Session        Session
	Limits         Limits
	Log            Log
	AdminPassword  string // for a first start; never from a file
	Delivery       Delivery
	Ping           Ping
	Mail           Mail
	Commands       []Command // what may be run, in the order of the file
	Servers        []Server  // what is delivered to, in the order of the file

	service Service           // of an agent's configuration
	origins map[string]string // where a key's value came from; absent is the default
}

// TLS names the files of the server's certificate chain and key, both PEM; no
// TLS when both are empty.
type TLS struct{ Cert, Key string }

// API is how the interface presents itself.
type API struct {
	Profile  string         // ProfileCurrent or Profile2017
	TimeZone *time.Location // of the dates that clients see
}

// Session is how long a login lives.
type Session struct {
	Idle     time.Duration // since the last request
	Absolute time.Duration // since the login
}

// Limits bound what one request may cost.
type Limits struct {
	Body     int64         // bytes of a request as sent
	Inflated int64         // bytes of a request after decompression
	Depth    int           // nesting of a message
	Value    int64         // bytes of one value
	Batch    int           // requests in one JSON-RPC batch
	Notice   time.Duration // between not being ready and stopping
	Drain    time.Duration // for running requests at shutdown
}

// Delivery is how configurations get to servers.
type Delivery struct {
	Gather time.Duration // after a change, for more of them
	Settle time.Duration // how long a restarted server may take to work
}

// Ping is how hosts are asked whether they are there.
type Ping struct {
	Method string        // PingAuto, PingICMP, PingTCP or PingOff
	Limit  time.Duration // for the answer of a host
}

// Mail is what mail is sent, and how.
type Mail struct {
	Server     string   // host:port; "" sends none
	From       string   // the only sender
	Recipients []string // the domains of those who may get mail
	TLS        string   // MailTLSAuto, MailTLSRequired or MailTLSOff
	User       string
	Password   string // never from a file
	Limit      time.Duration
}

// Log is what is logged and how.
type Log struct {
	Level  string // debug, info, warn or error
	Format string // FormatAuto, FormatConsole or FormatJSON
	Access bool   // one line for each request
}
