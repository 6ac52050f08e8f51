// Package control speaks to running Kea daemons: over their unix socket, over the HTTP(S) socket that daemons have since
// Kea 2.7, and through the control agent of earlier ones. It sends commands and reads answers; what to say is the
// caller's affair.
package control
