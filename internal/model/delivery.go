package model

import "time"

// Delivery is what this service has brought to a server. Its id is the server's.
// Configurations are named by the SHA-256 of their text, in hexadecimal.
type Delivery struct {
	ID        ID
	Delivered string // what was last delivered and works; "" = nothing yet
	// Attempted is what was put in the place of the live configuration before
	// it was known to work: a live file that is neither is somebody else's.
	// Where an attempt was cut off and another began, both, with a space between.
	// Of a server that tells what it runs with, a hash of that comes with it.
	Attempted string
	// Live is the live configuration since Delivered came; "" is Delivered too.
	Live    string
	At      time.Time // when Delivered came to the server
	Failed  string    // what could not be delivered; "" = nothing since
	Failure string    // why, as history tells it
	Stopped bool      // the server was stopped on request, and is not to be started by a delivery
}
