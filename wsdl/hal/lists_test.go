package hal

import (
	"fmt"
	"strings"
	"testing"
)

// scopesNamed makes n scopes and counts how often.
func scopesNamed(made *int, token any, name string, n int) *GetDHCPScopesResponse {
	return &GetDHCPScopesResponse{
		TotalResults: Some(uint32(n)),
		DHCPScopesFrom: Rows[DHCPScope]{Token: token, Make: func(yield func(*DHCPScope) bool) error {
			*made++
			item := new(DHCPScope)
			for i := range n {
				*item = DHCPScope{Name: Some(fmt.Sprint(name, i))}
				if !yield(item) {
					break
				}
			}
			return nil
		}},
	}
}

// A list with a token is made twice, then it is known: in its own format and
// profile, and for its own token.
func TestListsAreKept(t *testing.T) {
	lists := NewLists(1 << 20)
	type token struct {
		list    string
		version int
	}
	for _, p := range []Profile{Current, Profile2017} {
		for _, json := range []bool{false, true} {
			for version := range 2 {
				name, made := fmt.Sprint("v", version, "-"), 0
				plain := *scopesNamed(&made, nil, name, 3)
				plain.DHCPScopesFrom.Make(func(item *DHCPScope) bool { plain.DHCPScopes = append(plain.DHCPScopes, *item); return true })
				plain.DHCPScopesFrom = Rows[DHCPScope]{}
				want := string(plain.AppendXML(nil, p))
				if json {
					want = string(plain.AppendJSON(nil, p))
				}
				made = 0
				for range 4 {
					out := Output{Profile: p, Lists: lists}
					got, err := out.AppendXML(nil, scopesNamed(&made, token{"scopes", version}, name, 3))
					if json {
						got, err = out.AppendJSON(nil, scopesNamed(&made, token{"scopes", version}, name, 3))
					}
					if err != nil || string(got) != want {
						t.Errorf("%s, %v, want %s", got, err, want)
					}
				}
				if made != 2 {
					t.Errorf("made %d times", made)
				}
			}
		}
	}
}

// What is kept stays within its bound, whatever is asked for.
func TestListsAreBounded(t *testing.T) {
	lists := NewLists(100_000)
	made := 0
	for i := range 3 * maxLists {
		for range 3 {
			out := Output{Lists: lists}
			if _, err := out.AppendXML(nil, scopesNamed(&made, i, strings.Repeat("x", i), 10)); err != nil {
				t.Fatal(err)
			}
		}
		held := 0
		for _, e := range lists.all {
			held += len(e.items)
		}
		if held != lists.bytes || held > lists.size || len(lists.all) > maxLists {
			t.Fatalf("%d lists of %d bytes, %d counted", len(lists.all), held, lists.bytes)
		}
	}
}

// A list that went out in pieces, or failed, is not kept.
func TestPartsOfListsAreNotKept(t *testing.T) {
	lists := NewLists(1 << 20)
	for range 3 {
		made, sent := 0, 0
		out := Output{Lists: lists, Room: 50, Flush: func(b []byte) ([]byte, error) { sent += len(b); return b[:0], nil }}
		b, err := out.AppendXML(nil, scopesNamed(&made, "long", "a name", 10))
		if err != nil || made != 1 || sent < 100 || len(b) > 200 {
			t.Fatalf("made %d times, %d bytes sent, %d left, %v", made, sent, len(b), err)
		}
	}
}
