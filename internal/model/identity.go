package model

import "time"

// AdministratorID is the id of the user that always exists.
const AdministratorID ID = 0

// User is somebody who can log in.
type User struct {
	ID           ID
	Name         string
	FullName     string
	Description  string
	Email        string
	PasswordHash string // argon2id, PHC string
	Disabled     bool
}

// Ref is the user's reference.
func (u *User) Ref() Ref { return Ref{TypeUser, u.ID} }

// Session is a login. Only a hash of its token is kept.
type Session struct {
	ID        ID
	TokenHash [32]byte // SHA-256 of the token
	UserID    ID
	Created   time.Time
	LastUsed  time.Time // written now and then, not at every request
	Remote    string    // the address it came from
	SpaceID   ID        // the address space it works in; 0 = the default one
}

// EventType is the kind of a history event, in the API's words.
type EventType string

// Kinds of history events.
const (
	Creation     EventType = "Creation"
	Modification EventType = "Modification"
	Deletion     EventType = "Deletion"
	Refresh      EventType = "Refresh"
	ErrorEvent   EventType = "Error"
	Reference    EventType = "Reference"
)

// Event is one entry of the history.
type Event struct {
	ID       ID
	Time     time.Time
	Type     EventType
	Object   Ref
	Name     string // the object's name at that time
	Username string
	Comment  string // the caller's saveComment
	Text     string // what happened, for a person
}
