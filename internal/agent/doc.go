// Package agent is the part of halxml that runs on the machine of a DHCP server
// when the service runs elsewhere. It dials out to the service, does there what
// package host does, one task at a time, and tells the server's state and its
// lease file. Package gate below it is the service's end.
//
// An agent runs the commands of its own configuration and no others; what the
// service sends are texts, hashes and the names of steps.
package agent
