package conf

// Permit is an allow, deny or ignore statement of a pool. Outside pools these words set server parameters and are read
// as Parameter.
type Permit struct {
	Meta
	Action PermitAction
	Who    PermitWho
	// Class is the class of PermitMembers, After the date of PermitAfter as written.
	Class, After string
}

// PermitAction is the first word of a Permit.
type PermitAction string

// The actions. dhcpd reads ignore in a pool only for known and unknown clients.
const (
	Allow  PermitAction = "allow"
	Deny   PermitAction = "deny"
	Ignore PermitAction = "ignore"
)

// PermitWho says which clients a Permit is about.
type PermitWho string

// The clients of a permit, in the spelling that is printed. "known clients" and "known-clients" are the same.
const (
	PermitKnown           PermitWho = "known-clients"
	PermitUnknown         PermitWho = "unknown-clients"
	PermitAll             PermitWho = "all clients"
	PermitAuthenticated   PermitWho = "authenticated clients"
	PermitUnauthenticated PermitWho = "unauthenticated clients"
	PermitDynamicBOOTP    PermitWho = "dynamic bootp clients"
	PermitMembers         PermitWho = "members of"
	PermitAfter           PermitWho = "after"
)
