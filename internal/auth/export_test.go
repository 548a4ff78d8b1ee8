package auth

// What ids of codes are made of, for their test.
const (
	IDLength = idLength
	TagChars = tagChars
	TimeSpan = timeSpan
)

// Functions of ids of codes.
var (
	NewID   = newID
	Tag     = tag
	TagOf   = tagOf
	IsYoung = isYoung
)
