package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of values; beyond them a setting is taken for a slip of the pen.
const (
	kib int64 = 1 << 10
	mib int64 = 1 << 20
	gib int64 = 1 << 30

	minIdle    = time.Minute
	maxSession = 365 * 24 * time.Hour
	maxDrain   = 10 * time.Minute
	maxGather  = time.Hour
	minSettle  = time.Second
	maxSettle  = time.Hour
	minPing    = 10 * time.Millisecond
	maxPing    = 10 * time.Second
	minMail    = time.Second
	maxMail    = 10 * time.Minute
	minCommand = 100 * time.Millisecond
	maxCommand = time.Hour

	maxCommandOutput = 16 << 20
	minDepth         = 8 // below it the API's own messages do not fit
	maxDepth         = 10_000
	maxBatch         = 100_000
	maxPort          = 65_535
)

// form is how TOML writes a value.
type form int

const (
	formString form = iota
	formInteger
	formSize // a string with a unit, or an integer
	formBoolean
	formStrings
	formCommand
)

// want names the form in errors.
func (f form) want() string {
	return [...]string{"a string in quotes", "a whole number", `a size such as "16MiB"`, "true or false", "a list of strings", "a list of strings: a program and its arguments"}[f]
}

// kind is how values of type T are written.
type kind[T any] struct {
	form  form
	parse func(string) (T, error)
	print func(T) string
}

func same(s string) string { return s }

// textKind is a string that passes check.
func textKind(check func(string) (string, error)) kind[string] {
	return kind[string]{formString, check, same}
}

var (
	anyText  = textKind(func(s string) (string, error) { return s, nil })
	someText = textKind(func(s string) (string, error) {
		if strings.TrimSpace(s) == "" {
			return "", errors.New("must not be empty")
		}
		return s, nil
	})
	address  = textKind(parseAddress)
	webURL   = textKind(parseURL)
	networks = kind[[]netip.Prefix]{formStrings, parseNetworks, printNetworks}
	zone     = kind[*time.Location]{formString, parseZone, (*time.Location).String}
	boolean  = kind[bool]{formBoolean, parseBool, strconv.FormatBool}
)

func oneOf(words ...string) kind[string] {
	return textKind(func(s string) (string, error) {
		if slices.Contains(words, s) {
			return s, nil
		}
		return "", fmt.Errorf("%q is none of %s", s, strings.Join(words, ", "))
	})
}

func parseAddress(s string) (string, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", fmt.Errorf("%q is not an address with a port, such as 127.0.0.1:8080", s)
	}
	if strings.ContainsAny(host, " /@?#") {
		return "", fmt.Errorf("%q is not a host", host)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > maxPort {
		return "", fmt.Errorf("%q is not a port number", port)
	}
	return s, nil
}

func parseURL(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return "", fmt.Errorf("%q is not a URL such as https://ipam.example.com", s)
	case u.User != nil, u.RawQuery != "", u.Fragment != "", u.ForceQuery, u.Path != "" && u.Path != "/":
		return "", fmt.Errorf("%q must be no more than scheme, host and port", u.Redacted())
	}
	return strings.TrimRight(s, "/"), nil
}

func parseNetworks(s string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, word := range strings.Split(s, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		if a, err := netip.ParseAddr(word); err == nil && a.Zone() == "" {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", word)
		}
		if p != p.Masked() {
			return nil, fmt.Errorf("%q has bits beyond its length; the network is %s", word, p.Masked())
		}
		all = append(all, p)
	}
	return all, nil
}

func printNetworks(all []netip.Prefix) string {
	words := make([]string, len(all))
	for i, p := range all {
		words[i] = p.String()
	}
	return strings.Join(words, ",")
}

func parseZone(s string) (*time.Location, error) {
	if s == "" {
		return nil, errors.New("must not be empty")
	}
	z, err := time.LoadLocation(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a time zone such as Europe/Vienna, UTC or Local", s)
	}
	return z, nil
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "on", "yes", "1":
		return true, nil
	case "false", "off", "no", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", s)
}

func number(low, high int) kind[int] {
	return kind[int]{formInteger, func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0, fmt.Errorf("%q is not a whole number", s)
		}
		if n < low || n > high {
			return 0, fmt.Errorf("%d is not between %d and %d", n, low, high)
		}
		return n, nil
	}, strconv.Itoa}
}

func duration(low, high time.Duration) kind[time.Duration] {
	return kind[time.Duration]{formString, func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration such as 90s, 60m or 24h", s)
		}
		if d < low || d > high {
			return 0, fmt.Errorf("%s is not between %s and %s", printDuration(d), printDuration(low), printDuration(high))
		}
		return d, nil
	}, printDuration}
}

// printDuration leaves out units that are zero: 1h rather than 1h0m0s.
func printDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// sizeUnits are the units of sizes, largest first.
var sizeUnits = [...]struct {
	name  string
	bytes int64
}{{"GiB", gib}, {"MiB", mib}, {"KiB", kib}}

func size(low, high int64) kind[int64] {
	return kind[int64]{formSize, func(s string) (int64, error) {
		digits, unit := strings.TrimSpace(s), int64(1)
		for _, u := range sizeUnits {
			if before, ok := strings.CutSuffix(digits, u.name); ok {
				digits, unit = strings.TrimSpace(before), u.bytes
				break
			}
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is not a size in bytes or with KiB, MiB or GiB", s)
		}
		// n is compared before it is multiplied, so nothing overflows.
		if n > high/unit || n*unit < low {
			return 0, fmt.Errorf("%s is not between %s and %s", s, printSize(low), printSize(high))
		}
		return n * unit, nil
	}, printSize}
}

func printSize(n int64) string {
	for _, u := range sizeUnits {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}
