package soap

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// A filled frame is one text, plain and in one member of gzip, and shares
// what is long with all others.
func TestFrames(t *testing.T) {
	around := []string{"<a>" + strings.Repeat("long ", 50_000), "", "between", strings.Repeat("end ", 9) + "</a>"}
	made := newFrame("text/xml", around)
	seen := map[string]string{}
	for _, filling := range []string{"", "http://a.test/", strings.Repeat("b", maxFilling)} {
		d := made.fill([]byte(filling))
		want := strings.Join(around, filling)
		if got := string(bytes.Join(d.plain, nil)); got != want {
			t.Errorf("with %.20q plain: %d bytes, want %d", filling, len(got), len(want))
		}
		z, err := gzip.NewReader(bytes.NewReader(bytes.Join(d.zipped, nil)))
		if err != nil {
			t.Fatal(err)
		}
		z.Multistream(false)
		if got, err := io.ReadAll(z); err != nil || string(got) != want {
			t.Errorf("with %.20q zipped: %d bytes, want %d, %v", filling, len(got), len(want), err)
		}
		if &d.plain[0][0] != &made.around[0][0] || &d.zipped[1][0] != &made.deflated[0][0] {
			t.Error("what is long is copied")
		}
		if other, ok := seen[d.etag]; ok {
			t.Errorf("the ETag of %.20q is that of %.20q", filling, other)
		}
		seen[d.etag] = filling
	}
}
