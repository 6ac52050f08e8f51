// Package check judges Kea configurations: one by itself (File) and those of two partners of high availability together
// (Pair). It is about what `kea-dhcp4 -t` and the command config-test do not see: neither loads the libraries, and so
// neither looks at the parameters of high availability, which fail when the server starts, or never and the servers do
// not do what their administrator means. Of what Kea does see, subnets, pools and reservations are judged, so that a
// configuration can be judged where no Kea is installed.
//
// The rules were measured on Kea 2.2.
package check
