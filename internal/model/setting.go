package model

// Setting is a system setting that somebody has set; one that is absent has its
// default value.
type Setting struct {
	ID    ID
	Name  string
	Value string
}
