package deliver

import (
	"time"

	"halxml/internal/dhcpd/check"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/model"
)

// maxFindings bounds the findings that one failure or delivery tells.
const maxFindings = 20

// language is a configuration in the language of its kind of server. What
// differs between the kinds is here and in Host.
type language interface {
	// faults are what keeps it from being delivered.
	faults() []string
	// misfits are what keeps it and a partner's from working together.
	misfits(partner language) []string
	// peers are the relationships that it declares, by link.key, each with what
	// its partner must know alike.
	peers() map[string]string
	// silence is how long the partner in a relationship may not answer before
	// it is taken to be gone, where the configuration says that alone.
	silence(key string) time.Duration
	// against tells a live configuration and this one in forms that can be
	// compared line by line.
	against(live, wanted []byte) (was, is []byte)
	// blank reports whether it says nothing yet that a server would serve.
	blank() bool
}

// parse reads the live configuration of a kind of server; nil when it cannot
// be read.
func parse(kind model.ServerKind, text []byte) language {
	if kind.IsKea() {
		return parseKea(text)
	}
	f, err := conf.Parse("dhcpd.conf", text, nil)
	if err != nil {
		return nil
	}
	return iscText{f}
}

// iscText is a dhcpd.conf.
type iscText struct{ *conf.File }

func (c iscText) faults() []string { return iscErrors(check.File(c.File)) }

func (c iscText) misfits(partner language) []string {
	return iscErrors(check.Pair(c.File, partner.(iscText).File))
}

func iscErrors(findings []check.Finding) (lines []string) {
	for _, x := range findings {
		if x.Severity == check.Error {
			lines = append(lines, x.String())
		}
	}
	return lines
}

func (c iscText) silence(string) time.Duration { return 0 }

func (c iscText) against(live, wanted []byte) (was, is []byte) { return live, wanted }

func (c iscText) blank() bool { return len(c.Statements) == 0 }

// peers are by name, each with its role, addresses and ports.
func (c iscText) peers() map[string]string {
	peers := map[string]string{}
	for s := range c.All() {
		p, ok := s.(*conf.FailoverPeer)
		if !ok {
			continue
		}
		text := "primary"
		if p.Secondary() {
			text = "secondary"
		}
		for _, key := range []conf.PeerKey{conf.PeerAddress, conf.PeerPort, conf.PeerPeerAddress, conf.PeerPeerPort} {
			text += " " + p.Text(key)
		}
		peers[p.Name] = text
	}
	return peers
}
