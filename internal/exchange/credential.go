package exchange

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

// ParseCredential reads an Authorization header. A caller that sends one means
// it, so one that cannot be used is an error and not the absence of one.
func ParseCredential(header string) (hal.Credential, error) {
	scheme, value, _ := strings.Cut(strings.TrimSpace(header), " ")
	value = strings.TrimSpace(value)
	switch {
	case scheme == "":
		return hal.Credential{}, nil
	case strings.EqualFold(scheme, "Bearer"):
		if value == "" {
			return hal.Credential{}, errs.Errorf(errs.BadSession, errs.SessionText)
		}
		return hal.Credential{Scheme: "Bearer", Secret: value}, nil
	case strings.EqualFold(scheme, "Basic"):
		plain, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			plain, err = base64.RawStdEncoding.DecodeString(value)
		}
		user, password, ok := strings.Cut(fromLatin1(plain), ":")
		if err != nil || !ok {
			return hal.Credential{}, errs.Errorf(errs.BadLogin, errs.LoginText)
		}
		return hal.Credential{Scheme: "Basic", User: user, Secret: password}, nil
	}
	return hal.Credential{}, errs.Errorf(errs.BadLogin, "The Authorization header's scheme is neither Basic nor Bearer")
}

// fromLatin1 reads bytes as UTF-8 or, where they are not, as ISO-8859-1, which
// older clients put into Basic credentials.
func fromLatin1(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}
