package config

import (
	"net/netip"
	"strings"
	"time"
)

// adminPassword is a key that only the environment may set: a file is
// copied, committed and backed up, which a password should not be.
const adminPassword = "admin.password"

// mailPassword is another, for the same reason.
const mailPassword = "mail.password"

// Key is a row of the table of what can be configured. The file, environment
// and command line, `halxml config` and the annotated default file all come
// from this table.
type Key struct {
	Name    string // dotted, as in the file: session.idle
	Default string // as one would write it in the environment
	Doc     string // one or more sentences
	EnvOnly bool   // may not be set in a file or on the command line
	Secret  bool   // never shown

	form form
	set  func(*Config, string) error
	get  func(*Config) string
}

// Env is the key's environment variable: HALXML_SESSION_IDLE.
func (k Key) Env() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
}

// keyOf ties a row of the table to a field of Config and the kind of its value.
func keyOf[T any](name, def, doc string, field func(*Config) *T, k kind[T]) Key {
	return Key{
		Name: name, Default: def, Doc: doc, form: k.form,
		set: func(c *Config, text string) error {
			v, err := k.parse(text)
			if err == nil {
				*field(c) = v
			}
			return err
		},
		get: func(c *Config) string { return k.print(*field(c)) },
	}
}

// Keys is the table, in the order of the default file.
func Keys() []Key {
	admin := keyOf(adminPassword, "", "The password that the user administrator gets when the service starts on new data. Without it a random one is made and printed once on standard error.",
		func(c *Config) *string { return &c.AdminPassword }, anyText)
	admin.EnvOnly, admin.Secret = true, true
	mailSecret := keyOf(mailPassword, "", "The password of mail.user.",
		func(c *Config) *string { return &c.Mail.Password }, anyText)
	mailSecret.EnvOnly, mailSecret.Secret = true, true
	return []Key{
		keyOf("listen", DefaultListen, "Address and port to listen on. Port 0 takes any free port, which is printed.",
			func(c *Config) *string { return &c.Listen }, address),
		keyOf("data", DefaultData, "Directory of the data file halxml.db. It is made when missing.",
			func(c *Config) *string { return &c.Data }, someText),
		keyOf("public_url", "", "URL by which clients reach the service, for the addresses in the WSDL. Empty takes the host of each request.",
			func(c *Config) *string { return &c.PublicURL }, webURL),
		keyOf("trusted_proxies", "", "Addresses or networks of reverse proxies whose X-Forwarded-For, -Proto and -Host headers are believed.",
			func(c *Config) *[]netip.Prefix { return &c.TrustedProxies }, networks),
		keyOf("tls.cert", "", "File with the certificate chain, PEM. With tls.key it turns TLS on.",
			func(c *Config) *string { return &c.TLS.Cert }, anyText),
		keyOf("tls.key", "", "File with the certificate's private key, PEM.",
			func(c *Config) *string { return &c.TLS.Key }, anyText),
		keyOf("api.profile", DefaultProfile, "current, or 2017 for clients with an old copy of the WSDL that refuse elements unknown to it.",
			func(c *Config) *string { return &c.API.Profile }, oneOf(ProfileCurrent, Profile2017)),
		keyOf("api.time_zone", DefaultTimeZone, "Zone of the dates that clients see, such as Europe/Vienna, UTC, or Local for the machine's own.",
			func(c *Config) **time.Location { return &c.API.TimeZone }, zone),
		keyOf("session.idle", DefaultIdle, "A session ends when it is unused for this long.",
			func(c *Config) *time.Duration { return &c.Session.Idle }, duration(minIdle, maxSession)),
		keyOf("session.absolute", DefaultAbsolute, "A session ends this long after its login, used or not.",
			func(c *Config) *time.Duration { return &c.Session.Absolute }, duration(minIdle, maxSession)),
		keyOf("limits.body", DefaultBody, "Size of a request as sent.",
			func(c *Config) *int64 { return &c.Limits.Body }, size(kib, gib)),
		keyOf("limits.inflated", DefaultInflated, "Size of a request after decompression.",
			func(c *Config) *int64 { return &c.Limits.Inflated }, size(kib, gib)),
		keyOf("limits.depth", DefaultDepth, "Nesting of elements in a request.",
			func(c *Config) *int { return &c.Limits.Depth }, number(minDepth, maxDepth)),
		keyOf("limits.value", DefaultValue, "Size of one value in a request.",
			func(c *Config) *int64 { return &c.Limits.Value }, size(kib, gib)),
		keyOf("limits.batch", DefaultBatch, "Number of requests in one JSON-RPC batch.",
			func(c *Config) *int { return &c.Limits.Batch }, number(1, maxBatch)),
		keyOf("limits.notice", DefaultNotice, "How long /readyz says that the service is ending before it stops to accept connections, so that load balancers send no more.",
			func(c *Config) *time.Duration { return &c.Limits.Notice }, duration(0, maxDrain)),
		keyOf("limits.drain", DefaultDrain, "How long running requests may take to end when the service stops.",
			func(c *Config) *time.Duration { return &c.Limits.Drain }, duration(0, maxDrain)),
		keyOf("delivery.gather", DefaultGather, "How long a change waits for more before it is delivered.",
			func(c *Config) *time.Duration { return &c.Delivery.Gather }, duration(0, maxGather)),
		keyOf("delivery.settle", DefaultSettle, "How long a restarted server may take to work, and twice its largest max-response-delay if that is longer; then the delivery is rolled back.",
			func(c *Config) *time.Duration { return &c.Delivery.Settle }, duration(minSettle, maxSettle)),
		keyOf("ping.method", DefaultPing, "How Ping and GetNextFreeAddress ask hosts: icmp, tcp (a connection that is refused counts as an answer), auto for icmp where the system permits it and tcp otherwise, or off.",
			func(c *Config) *string { return &c.Ping.Method }, oneOf(PingAuto, PingICMP, PingTCP, PingOff)),
		keyOf("ping.limit", DefaultPingLimit, "How long a host may take to answer.",
			func(c *Config) *time.Duration { return &c.Ping.Limit }, duration(minPing, maxPing)),
		keyOf("log.level", DefaultLogLevel, "debug, info, warn or error.",
			func(c *Config) *string { return &c.Log.Level }, oneOf("debug", "info", "warn", "error")),
		keyOf("log.format", DefaultLogFormat, "json, console, or auto: console on a terminal, JSON otherwise.",
			func(c *Config) *string { return &c.Log.Format }, oneOf(FormatAuto, FormatConsole, FormatJSON)),
		keyOf("log.access", DefaultLogAccess, "Log one line for each request.",
			func(c *Config) *bool { return &c.Log.Access }, boolean),
		mailSecret,
		admin,
	}
}
