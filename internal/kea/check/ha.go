package check

import (
	"math"
	"net/netip"
	"path"
	"slices"
	"strings"

	"halxml/internal/kea/conf"
)

// The rules of high availability. With all but RuleHADelay, RuleHAKey and what RuleHAListener warns of, Kea does not
// start, or starts and never finds its partner.
const (
	RuleHACount         Rule = "ha-count"          // not exactly one relationship
	RuleHALibrary       Rule = "ha-library"        // a library that is missing or loaded twice
	RuleHAThisServer    Rule = "ha-this-server"    // a server that does not know which peer it is
	RuleHAMode          Rule = "ha-mode"           // a mode that Kea does not know
	RuleHAPeers         Rule = "ha-peers"          // names, roles and numbers of peers
	RuleHAURL           Rule = "ha-url"            // where a peer is
	RuleHANumber        Rule = "ha-number"         // a number out of bounds
	RuleHADelay         Rule = "ha-delay"          // delays that do not fit each other
	RuleHABackupAck     Rule = "ha-backup-ack"     // wait-backup-ack where backups are not waited for
	RuleHAListener      Rule = "ha-listener"       // threads and listeners that do not fit each other
	RuleHAControlSocket Rule = "ha-control-socket" // no way for the partner's commands
	RuleHAKey           Rule = "ha-key"            // a key that Kea passes over
)

// maxDelay is the largest delay in milliseconds.
const maxDelay = 65535

// quietKeys are keys that Kea knows: those without a field, and those whose field leaves an empty value in Rest.
var quietKeys = strings.Fields(`peers name url role mode this-server-name send-lease-updates sync-leases sync-timeout sync-page-limit delayed-updates-limit max-rejected-lease-updates
	state-machine trust-anchor cert-file key-file require-client-certs restrict-commands user-context comment
	basic-auth-user basic-auth-password basic-auth-password-file http-listener-threads http-client-threads`)

func (c *checker) highAvailability() {
	seen := map[string]bool{}
	for i, h := range c.Hooks {
		name := path.Base(h.Library)
		switch {
		case seen[name] && name == conf.HALibrary:
			c.errorf(RuleHALibrary, at(c.path+".hooks-libraries", i), "The library %s is loaded twice", name)
		case seen[name] && name == conf.LeaseCommandsLibrary:
			c.warnf(RuleHALibrary, at(c.path+".hooks-libraries", i), "The library %s is loaded twice", name)
		}
		seen[name] = true
	}
	hook, i := c.Hook(conf.HALibrary)
	if hook == nil {
		return
	}
	where := at(c.path+".hooks-libraries", i)
	if !seen[conf.LeaseCommandsLibrary] {
		c.errorf(RuleHALibrary, where, "High availability needs the library %s, which is not loaded", conf.LeaseCommandsLibrary)
	}
	where += ".parameters.high-availability"
	list := c.HA()
	if len(list) != 1 {
		c.errorf(RuleHACount, where, "Exactly one relationship is allowed, there are %d", len(list))
	}
	for i := range list {
		c.relationship(&list[i], at(where, i))
	}
}

func (c *checker) relationship(h *conf.HA, where string) {
	switch {
	case h.ThisServerName == "":
		c.errorf(RuleHAThisServer, where, "this-server-name is missing")
	case h.Peer(h.ThisServerName) == nil:
		c.errorf(RuleHAThisServer, where+".this-server-name", "%q is not among the peers", h.ThisServerName)
	}
	c.roles(h, where)
	c.delays(h, where)
	c.listener(h, where)
	c.keys(h.Rest, where)
	if h.MultiThreading != nil {
		c.keys(h.MultiThreading.Rest, where+".multi-threading")
	}
	if h.WaitBackupAck != nil && *h.WaitBackupAck && h.Mode != conf.PassiveBackup {
		c.errorf(RuleHABackupAck, where+".wait-backup-ack", "Only the mode %s can wait for backups", conf.PassiveBackup)
	}
	urls := map[netip.AddrPort]string{}
	for i := range h.Peers {
		p, where := &h.Peers[i], at(where+".peers", i)
		c.keys(p.Rest, where)
		end, problem := endpoint(p.URL)
		if problem != "" {
			c.errorf(RuleHAURL, where+".url", "%q of peer %q %s", p.URL, p.Name, problem)
			continue
		}
		if strings.HasPrefix(p.URL, "https:") && !hasTLS(h, p) {
			c.errorf(RuleHAURL, where+".url", "https needs trust-anchor, cert-file and key-file")
		}
		if other, taken := urls[end]; taken {
			c.errorf(RuleHAURL, where+".url", "Peers %q and %q are both at %s", other, p.Name, end)
		}
		urls[end] = p.Name
	}
}

func hasTLS(h *conf.HA, p *conf.Peer) bool {
	for _, key := range []string{"trust-anchor", "cert-file", "key-file"} {
		v, ok := p.Rest.Get(key)
		if !ok {
			v, _ = h.Rest.Get(key)
		}
		if s, _ := v.(string); s == "" {
			return false
		}
	}
	return true
}

// endpoint reads a url; problem is empty when Kea can use it.
func endpoint(url string) (end netip.AddrPort, problem string) {
	rest, ok := strings.CutPrefix(url, "http://")
	port := "80"
	if !ok {
		if rest, ok = strings.CutPrefix(url, "https://"); !ok {
			return end, "does not begin with http:// or https://"
		}
		port = "443"
	}
	host, _, _ := strings.Cut(rest, "/")
	end, err := netip.ParseAddrPort(host)
	if err != nil {
		if !strings.Contains(host, ":") || strings.HasSuffix(host, "]") {
			host += ":" + port
		}
		end, err = netip.ParseAddrPort(host)
	}
	switch {
	case err != nil:
		return end, "is no address with a port; Kea looks up no names"
	case end.Port() == 0:
		return end, "has port 0"
	case end.Addr().IsUnspecified():
		return end, "is the address of no server"
	}
	return end, ""
}

// roles holds which peers a mode has.
func (c *checker) roles(h *conf.HA, where string) {
	partner := map[string]string{conf.LoadBalancing: conf.Secondary, conf.HotStandby: conf.Standby, conf.PassiveBackup: ""}
	want, known := partner[h.Mode]
	if !known {
		c.errorf(RuleHAMode, where+".mode", "%q is no mode; there are %s, %s and %s", h.Mode, conf.LoadBalancing, conf.HotStandby, conf.PassiveBackup)
		return
	}
	count, names := map[string]int{}, map[string]bool{}
	for i, p := range h.Peers {
		where := at(where+".peers", i)
		switch {
		case p.Name == "":
			c.errorf(RuleHAPeers, where, "The peer has no name")
		case names[p.Name]:
			c.errorf(RuleHAPeers, where+".name", "Two peers are called %q", p.Name)
		}
		names[p.Name] = true
		if p.Role != conf.Primary && p.Role != conf.Backup && (p.Role != want || want == "") {
			c.errorf(RuleHAPeers, where+".role", "%q is no role in the mode %s", p.Role, h.Mode)
			continue
		}
		if count[p.Role]++; count[p.Role] == 2 && p.Role != conf.Backup {
			c.errorf(RuleHAPeers, where+".role", "There are two peers with the role %s", p.Role)
		}
	}
	for _, role := range []string{conf.Primary, want} {
		if role != "" && count[role] == 0 {
			c.errorf(RuleHAPeers, where+".peers", "The mode %s needs a peer with the role %s", h.Mode, role)
		}
	}
}

func (c *checker) delays(h *conf.HA, where string) {
	for _, n := range []struct {
		key   string
		value *int64
		most  int64
	}{
		{"heartbeat-delay", h.HeartbeatDelay, maxDelay},
		{"max-response-delay", h.MaxResponseDelay, maxDelay},
		{"max-ack-delay", h.MaxAckDelay, maxDelay},
		{"max-unacked-clients", h.MaxUnackedClients, math.MaxUint32},
	} {
		if n.value != nil && (*n.value < 0 || *n.value > n.most) {
			c.errorf(RuleHANumber, where+"."+n.key, "%d is not in 0..%d", *n.value, n.most)
		}
	}
	heartbeat, response := int64(10000), int64(60000)
	if h.HeartbeatDelay != nil {
		heartbeat = *h.HeartbeatDelay
	}
	if h.MaxResponseDelay != nil {
		response = *h.MaxResponseDelay
	}
	if response <= heartbeat {
		c.warnf(RuleHADelay, where+".max-response-delay", "%d ms are no longer than the heartbeat of %d ms: one lost heartbeat means that the partner is down", response, heartbeat)
	}
}

// listener looks at how the partner's commands come in: by a listener of the daemon itself, or by the control agent, which
// hands them to the control socket.
func (c *checker) listener(h *conf.HA, where string) {
	on := func(b *bool) bool { return b != nil && *b }
	dedicated := h.MultiThreading != nil && on(h.MultiThreading.DedicatedListener)
	if dedicated && !on(h.MultiThreading.Enable) {
		c.errorf(RuleHAListener, where+".multi-threading", "http-dedicated-listener needs enable-multi-threading")
	}
	if dedicated && c.MultiThreading != nil && c.MultiThreading.Enable != nil && !*c.MultiThreading.Enable {
		c.errorf(RuleHAListener, c.path+".multi-threading", "A dedicated listener of high availability needs a server with multi-threading")
	}
	if dedicated && (c.MultiThreading == nil || c.MultiThreading.Enable == nil) {
		c.warnf(RuleHAListener, where+".multi-threading", "Kea before 2.3.5 starts the dedicated listener only if the server says that it has multi-threading")
	}
	if !dedicated && c.ControlSocket == nil && len(c.ControlSockets) == 0 {
		c.errorf(RuleHAControlSocket, where, "Without a control socket and without a dedicated listener the partner's commands do not reach the server")
	}
}

func (c *checker) keys(rest conf.Object, where string) {
	for _, m := range rest {
		if !slices.Contains(quietKeys, m.Key) {
			c.warnf(RuleHAKey, where+"."+m.Key, "Kea does not know the key and passes over it")
		}
	}
}
