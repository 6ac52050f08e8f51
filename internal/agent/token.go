package agent

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strings"
)

// tokenMark begins a token, so that one that got lost is known for what it is.
const tokenMark = "halxml-agent-"

// tokenSize is the random part of a token, bytes: too much to guess, so that a
// plain hash keeps it.
const tokenSize = 32

// NewToken makes a token.
func NewToken(random io.Reader) (string, error) {
	secret := make([]byte, tokenSize)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", err
	}
	return tokenMark + base64.RawURLEncoding.EncodeToString(secret), nil
}

// ParseToken finds a token in the text of its file.
func ParseToken(text string) (string, error) {
	text = strings.TrimSpace(text)
	secret, ok := strings.CutPrefix(text, tokenMark)
	if raw, err := base64.RawURLEncoding.DecodeString(secret); !ok || err != nil || len(raw) != tokenSize {
		return "", errors.New("is no token of an agent; halxml agent-token makes one")
	}
	return text, nil
}

// TokenHash is what the service keeps of a token.
type TokenHash [sha256.Size]byte

// HashToken is a token's hash.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }

const hashMark = "sha256:"

// String is the hash as a configuration file has it.
func (h TokenHash) String() string { return hashMark + hex.EncodeToString(h[:]) }

// ParseTokenHash reads what String writes.
func ParseTokenHash(text string) (h TokenHash, err error) {
	digits, ok := strings.CutPrefix(text, hashMark)
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil || len(raw) != len(h) {
		return h, errors.New("is not sha256: and 64 hexadecimal digits")
	}
	copy(h[:], raw)
	return h, nil
}
