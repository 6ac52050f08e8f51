package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"golang.org/x/crypto/argon2"

	"halxml/internal/errs"
)

// Argon is the cost of an argon2id hash.
type Argon struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultArgon is what OWASP's Password Storage Cheat Sheet asks for at least:
// 19 MiB and two passes, some 20 ms.
func DefaultArgon() Argon { return Argon{Memory: 19 << 10, Time: 2, Threads: 1} }

const (
	saltLength = 16
	keyLength  = 32
	// A stored hash that asks for more than this is damaged.
	maxArgonMemory = 1 << 20 // KiB
	maxArgonTime   = 64
)

// Lengths of a password that is set, in characters.
const (
	MinPassword = 4
	MaxPassword = 100
)

// hasher hashes passwords, a few at a time.
type hasher struct {
	argon Argon
	rand  io.Reader
	turns *turns
	dummy phc // compared with where there is no user, to take as long
	// derive is argon2.IDKey, so that tests can count.
	derive func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte
}

func newHasher(argon Argon, parallel int, rand io.Reader) (*hasher, error) {
	if argon.Time < 1 || argon.Threads < 1 || argon.Memory < 8*uint32(argon.Threads) ||
		argon.Memory > maxArgonMemory || argon.Time > maxArgonTime {
		return nil, fmt.Errorf("auth: argon2id cannot be computed with %+v", argon)
	}
	h := &hasher{argon: argon, rand: rand, turns: newTurns(max(parallel, 1)), derive: argon2.IDKey}
	h.dummy = phc{argon: argon, salt: make([]byte, saltLength), key: make([]byte, keyLength)}
	if _, err := io.ReadFull(rand, h.dummy.salt); err != nil {
		return nil, fmt.Errorf("auth: no randomness: %w", err)
	}
	return h, nil
}

// hash makes the PHC string of a password. The caller has a turn.
func (h *hasher) hash(password string) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("auth: no randomness: %w", err)
	}
	p := phc{argon: h.argon, salt: salt}
	p.key = h.derive([]byte(password), salt, p.argon.Time, p.argon.Memory, p.argon.Threads, keyLength)
	return p.String(), nil
}

// verify compares a password with a stored hash; an empty one matches nothing,
// at the same cost. The caller has a turn.
func (h *hasher) verify(stored, password string) (bool, error) {
	p := h.dummy
	if stored != "" {
		var err error
		if p, err = parsePHC(stored); err != nil {
			return false, err
		}
	}
	key := h.derive([]byte(password), p.salt, p.argon.Time, p.argon.Memory, p.argon.Threads, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(key, p.key) == 1 && stored != "", nil
}

// phc is a hash in the form $argon2id$v=19$m=19456,t=2,p=1$salt$key.
type phc struct {
	argon     Argon
	salt, key []byte
}

// String is the stored form.
func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.argon.Memory, p.argon.Time, p.argon.Threads, b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
}

var errPHC = errors.New("auth: a stored password hash is damaged")

func parsePHC(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.argon.Memory, &p.argon.Time, &p.argon.Threads); err != nil {
		return p, errPHC
	}
	p.salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	if err == nil {
		p.key, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	a := p.argon
	if err != nil || len(p.salt) < 8 || len(p.key) < 16 || len(p.key) > 64 ||
		a.Time < 1 || a.Time > maxArgonTime || a.Threads < 1 || a.Memory > maxArgonMemory {
		return p, errPHC
	}
	return p, nil
}

// HashPassword checks a new password's length and gives what to store of it.
func (a *Auth) HashPassword(ctx context.Context, password string) (string, error) {
	if n := len([]rune(password)); n < MinPassword || n > MaxPassword {
		return "", errs.Errorf(errs.Invalid, "password: %d characters; it must have %d to %d", n, MinPassword, MaxPassword)
	}
	release, err := a.hasher.turns.take(ctx, netip.Addr{})
	if err != nil {
		return "", err
	}
	defer release()
	return a.hasher.hash(password)
}
