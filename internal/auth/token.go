package auth

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// tokenLength is that of Micetro's tokens: 20 of 62 characters are 119 bits.
const tokenLength = 20

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// newToken draws a token. Bytes past the last multiple of 62 are thrown away,
// so that each character is as likely as any other.
func newToken(rand io.Reader) (string, error) {
	const fair = 256 - 256%len(alphabet)
	token := make([]byte, 0, tokenLength)
	var random [2 * tokenLength]byte
	for {
		if _, err := io.ReadFull(rand, random[:]); err != nil {
			return "", fmt.Errorf("auth: no randomness: %w", err)
		}
		for _, b := range random {
			if int(b) >= fair {
				continue
			}
			if token = append(token, alphabet[int(b)%len(alphabet)]); len(token) == tokenLength {
				return string(token), nil
			}
		}
	}
}

// tokenHash is what is stored of a token. ok is false for what cannot be one.
func tokenHash(token string) (sum [sha256.Size]byte, ok bool) {
	token = strings.TrimSpace(token) // of an indented XML element
	if len(token) != tokenLength {
		return sum, false
	}
	var b [tokenLength]byte
	copy(b[:], token)
	return sha256.Sum256(b[:]), true
}
