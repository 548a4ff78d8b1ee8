package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

// The id of a code ends with a tag, which all codes of one address have in common: tries are counted by it, on
// whichever server, whether anybody has the address or not, and without looking it up. Who has the id of a code
// can give it no other tag.
const (
	idChars  = "0123456789abcdefghijklmnopqrstuvwxyz"
	idLength = 15
	tagChars = 5
)

// newID is a new id of a code.
func newID(tag string) string { return field.RandomText(idLength-len(tag), idChars) + tag }

// tag is the tag of an address, as nobody knows it who was not given an id for it.
func tag(c *schema.Collection, address string) string {
	sum := hmac.New(sha256.New, []byte(c.Auth.AuthToken.Secret))
	sum.Write([]byte("code\x00" + address))
	text := sum.Sum(nil)[:tagChars]
	for i, b := range text {
		text[i] = idChars[int(b)%len(idChars)]
	}
	return string(text)
}

// tagOf is the tag of an id. Ids that we did not make have one as well. Spellings that a database may take for one
// id have the same.
func tagOf(id string) string {
	id = strings.Map(func(r rune) rune {
		if strings.ContainsRune(idChars, r) {
			return r
		}
		return -1
	}, strings.ToLower(id))
	return id[max(0, len(id)-tagChars):]
}
