// Package exchange carries one POST from HTTP to a wire format and back: it
// reads and inflates the body, finds the codec that takes it, hands it a
// Request through which the codec calls the Dispatcher, and writes the answer
// once, compressed when the caller likes. It holds what all formats share;
// each format is a Codec in a package of its own. It knows no format itself.
package exchange
