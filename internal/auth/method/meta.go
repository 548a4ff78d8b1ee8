package method

import (
	"github.com/holdall-dev/holdall/internal/auth/provider"
)

// Meta is what the answer to a sign-in tells of the account at the provider (auth.md §8.6). None of it is
// kept.
type Meta struct {
	AccessToken  string         `json:"accessToken"`
	AvatarURL    string         `json:"avatarURL"`
	OldAvatarURL string         `json:"avatarUrl"` // for old clients
	Email        string         `json:"email"`
	Expiry       string         `json:"expiry"` // of the access token; "" when it is not told
	ID           string         `json:"id"`
	IsNew        bool           `json:"isNew"`
	Name         string         `json:"name"`
	RawUser      map[string]any `json:"rawUser"`
	RefreshToken string         `json:"refreshToken"`
	Username     string         `json:"username"`
}

func metaOf(p *provider.Profile, isNew bool) *Meta {
	m := &Meta{
		AccessToken: p.Token.AccessToken, RefreshToken: p.Token.RefreshToken,
		ID: p.ID, Name: p.Name, Username: p.Username, Email: p.Email, AvatarURL: p.AvatarURL, OldAvatarURL: p.AvatarURL,
		RawUser: p.Raw, IsNew: isNew,
	}
	if !p.Token.Expiry.IsZero() {
		m.Expiry = p.Token.Expiry.UTC().Format("2006-01-02 15:04:05.000Z")
	}
	return m
}
