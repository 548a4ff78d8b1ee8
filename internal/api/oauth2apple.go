package api

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/provider"
)

const (
	appleIDLength   = 10
	maxAppleSeconds = 15777000 // six months
)

var privateKeyPEM = regexp.MustCompile(`(?s)-----BEGIN PRIVATE KEY-----.+-----END PRIVATE KEY-----`)

// appleSecret signs a client secret (mails.md §6.2). Nothing is stored.
func appleSecret(c *call) error {
	const invalid = "Invalid client secret data."
	in, err := c.input()
	if err != nil {
		return reworded(err, invalid)
	}
	key, life, err := readAppleKey(in)
	if err != nil {
		return err
	}
	secret, err := key.Secret(c.Now(), life)
	if err != nil {
		return fault.New(fault.Invalid, "Failed to generate client secret. Raw error: \n"+err.Error()+".")
	}
	raw, err := json.Marshal(map[string]string{"secret": secret})
	if err != nil {
		return err
	}
	return c.answer(raw)
}

func readAppleKey(in auth.Input) (key provider.AppleKey, life time.Duration, err error) {
	for name, to := range map[string]*string{"clientId": &key.ClientID, "teamId": &key.TeamID, "keyId": &key.KeyID, "privateKey": &key.PEM} {
		if *to, err = in.Text(name); err != nil {
			return key, 0, err
		}
	}
	seconds, err := in.Seconds("duration")
	if err != nil {
		return key, 0, err
	}
	f := fault.Fields{}
	if key.ClientID == "" {
		f.Add("clientId", fault.Required())
	}
	f.Add("teamId", badAppleID(key.TeamID))
	f.Add("keyId", badAppleID(key.KeyID))
	if key.PEM = strings.TrimSpace(key.PEM); key.PEM == "" {
		f.Add("privateKey", fault.Required())
	} else if !privateKeyPEM.MatchString(key.PEM) {
		f.Add("privateKey", fault.Match())
	}
	f.Add("duration", badLife(seconds))
	if e := f.Error(); e != nil {
		return key, 0, worded(e, "Invalid client secret data.")
	}
	return key, time.Duration(seconds) * time.Second, nil
}

func badAppleID(s string) error {
	switch len(s) {
	case 0:
		return fault.Required()
	case appleIDLength:
		return nil
	}
	return fault.LengthRange(appleIDLength, appleIDLength).Coded("validation_length_invalid")
}

func badLife(seconds int64) error {
	switch {
	case seconds == 0:
		return fault.Required()
	case seconds < 1:
		return fault.AtLeast(1)
	case seconds > maxAppleSeconds:
		return fault.AtMost(maxAppleSeconds)
	}
	return nil
}
