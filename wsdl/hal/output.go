package hal

// Rows makes the items of a response's list while the list is encoded, so that
// a long one is never in memory as a whole.
type Rows[T any] struct {
	// Make calls yield with one item after another until yield reports false; an
	// item and what it points to are done with when yield returns, so one may
	// serve for all. Its error ends the answer.
	Make func(yield func(item *T) bool) error
	// Token, if not nil, is a comparable value that Rows have in common only if
	// they make the same items.
	Token any
}

// Output encodes responses, whole or piece by piece.
type Output struct {
	Profile Profile
	// Flush, if set, is called between the items of Rows whenever Room bytes
	// have gathered. It sends them and returns a buffer to go on with.
	Flush func(b []byte) ([]byte, error)
	Room  int
	// Lists, if set, keeps lists that are asked for again.
	Lists *Lists

	flushed bool
	err     error
}

// AppendXML appends a response as its AppendXML does. After an error what is in
// the buffer, and what Flush was given, is not a whole answer.
func (o *Output) AppendXML(b []byte, response Message) ([]byte, error) {
	m, ok := response.(coder)
	if !ok {
		return response.AppendXML(b, o.Profile), nil
	}
	s := o.Profile.xml()
	s.out, o.err, o.flushed = o, nil, false
	b = m.encode(b, s)
	return b, o.err
}

// AppendJSON appends a response as its AppendJSON does; errors are those of
// AppendXML.
func (o *Output) AppendJSON(b []byte, response Message) ([]byte, error) {
	m, ok := response.(coder)
	if !ok {
		return response.AppendJSON(b, o.Profile), nil
	}
	s, start := o.Profile.json(), len(b)
	s.out, o.err, o.flushed = o, nil, false
	b = m.encode(b, s)
	if !o.flushed {
		b = orNothing(b, start)
	}
	return b, o.err
}

// flush sends what has gathered but for the last byte, from which the encoder
// tells what comes next.
func (o *Output) flush(b *[]byte) bool {
	end := len(*b) - 1
	last := (*b)[end]
	rest, err := o.Flush((*b)[:end])
	o.flushed = true
	*b = append(rest, last)
	if err != nil {
		o.fail(err)
	}
	return err == nil
}

// fail notes the first error. Rows that can fail are for an Output: a message by
// itself has nowhere to put an error.
func (o *Output) fail(err error) {
	if o == nil {
		panic(err)
	}
	if o.err == nil {
		o.err = err
	}
}
