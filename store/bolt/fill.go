package bolt

import "hash/maphash"

const (
	// fullPages is how full pages become where keys come in ascending runs: what
	// is left is for values that grow. halfPages is bbolt's own choice, for keys
	// that may come anywhere.
	fullPages = 0.9
	halfPages = 0.5
	// runEnds is how many runs of a bucket may grow at once and be known for what
	// they are, and runMemory how many inserts the judgement is about.
	runEnds   = 1024
	runMemory = 256
)

// runs judges in which order new keys come to a bucket. bbolt leaves pages half
// empty when they split. That is right for keys in no order; where each comes
// behind the one before, as in tables and in indexes that end in an id, nothing
// ever fills the halves that are left behind.
//
// A run's next key comes before the same key as the one before it did, so those
// are remembered, as hashes, each in its place.
type runs struct {
	seed  maphash.Seed
	nexts [runEnds]uint32
	share float64 // of the inserts that continued a run
}

func newRuns() *runs { return &runs{seed: maphash.MakeSeed(), share: 1} }

// insert notes that a key was inserted before next, nil at the end.
func (r *runs) insert(next []byte) {
	h := maphash.Bytes(r.seed, next)
	at, sum := h%runEnds, uint32(h>>32)
	hit := 0.0
	if r.nexts[at] == sum || next == nil {
		hit = 1
	}
	r.nexts[at] = sum
	r.share += (hit - r.share) / runMemory
}

// fill is how full the bucket's pages are to become.
func (r *runs) fill() float64 {
	if r.share > 0.75 {
		return fullPages
	}
	return halfPages
}
