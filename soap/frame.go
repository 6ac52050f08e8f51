package soap

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// frame is a long document that is the same for all callers but for a short
// text in some places. What it is made of is kept and compressed once, so that
// callers who name this host in many ways, or read slowly, cost no more than
// others.
type frame struct {
	contentType string
	around      [][]byte // before, between and behind the places
	deflated    [][]byte // the same as parts of one deflate stream
	sum         [sha256.Size]byte
}

func newFrame(contentType string, around []string) *frame {
	t := &frame{contentType: contentType}
	sum := sha256.New()
	for i, text := range around {
		t.around = append(t.around, []byte(text))
		sum.Write(t.around[i])
		sum.Write([]byte{0})
		var out bytes.Buffer
		// The level is a valid one, and writing to memory does not fail.
		z, _ := flate.NewWriter(&out, flate.BestSpeed)
		_, _ = z.Write(t.around[i])
		if i < len(around)-1 {
			_ = z.Flush() // up to a whole byte
		} else {
			_ = z.Close()
		}
		t.deflated = append(t.deflated, out.Bytes())
	}
	sum.Sum(t.sum[:0])
	return t
}

// maxFilling is how long a text may be to stand in a frame, bytes: it is
// a stored block of the deflate stream.
const maxFilling = 1<<16 - 1

// fill is the document with text in all places.
func (t *frame) fill(text []byte) *document {
	text = text[:min(len(text), maxFilling)]
	sum := sha256.Sum256(append(t.sum[:], text...))
	d := &document{contentType: t.contentType, etag: base64.RawURLEncoding.EncodeToString(sum[:12])}
	// RFC 1951, 3.2.4: a stored block that is not the last.
	stored := binary.LittleEndian.AppendUint16([]byte{0}, uint16(len(text)))
	stored = append(binary.LittleEndian.AppendUint16(stored, ^uint16(len(text))), text...)
	// RFC 1952, 2.3: deflate, no flags, no time, unknown system.
	d.zipped = append(d.zipped, []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})
	crc, size := uint32(0), 0
	for i, piece := range t.around {
		if i > 0 {
			d.plain, d.zipped = append(d.plain, text), append(d.zipped, stored)
			crc, size = crc32.Update(crc, crc32.IEEETable, text), size+len(text)
		}
		d.plain, d.zipped = append(d.plain, piece), append(d.zipped, t.deflated[i])
		crc, size = crc32.Update(crc, crc32.IEEETable, piece), size+len(piece)
	}
	end := binary.LittleEndian.AppendUint32(nil, crc)
	d.zipped = append(d.zipped, binary.LittleEndian.AppendUint32(end, uint32(size)))
	return d
}
