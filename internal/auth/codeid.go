package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

// The id of a code ends with the second in which it was given out and a tag, which all codes of one address have in
// common: tries are counted by it as long as the code may be good, on whichever server, whether anybody has the address
// or not, and without looking it up. Who has the id of a code can give it no other tag.
const (
	idChars   = "0123456789abcdefghijklmnopqrstuvwxyz"
	idLength  = 15
	timeChars = 4 // of seconds; they begin anew after 19 days
	tagChars  = 5
	timeSpan  = 36 * 36 * 36 * 36
)

// newID is a new id of a code that is given out now.
func newID(tag string, now time.Time) string {
	second := strconv.FormatInt(now.Unix()%timeSpan+timeSpan, 36)[1:]
	return field.RandomText(idLength-timeChars-tagChars, idChars) + second + tag
}

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

// isYoung reports whether an id of ours was given out no longer ago than a code lives. Others seldom seem to be.
func isYoung(id string, life time.Duration, now time.Time) bool {
	if len(id) != idLength {
		return false
	}
	second, err := strconv.ParseInt(id[idLength-timeChars-tagChars:idLength-tagChars], 36, 64)
	age := (now.Unix()%timeSpan - second + timeSpan) % timeSpan
	return err == nil && time.Duration(age)*time.Second <= life
}
