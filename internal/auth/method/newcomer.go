package method

import (
	"context"
	"maps"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/provider"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	pictureTime  = 10 * time.Second
	pictureBytes = 32 << 20
)

// newcomer is somebody who signs in for the first time: what the client says of the account that shall be,
// and what the provider says.
type newcomer struct {
	create  map[string]any
	profile *provider.Profile
}

// signUp makes the account (auth.md §8.4). A picture that the collection does not take is left out.
func (m *OAuth2) signUp(ctx context.Context, d auth.Desk, a auth.Attempt, ext auth.External, n newcomer) (*record.Record, bool, error) {
	up, err := n.body(ctx, d, a.Collection)
	if err != nil {
		return nil, false, err
	}
	target := m.picture(ctx, a.Collection, n, &up)
	rec, isNew, err := d.Join(ctx, a, ext, &up)
	if f, ok := fault.Of(err); ok && target != "" && f.Fields[target] != nil {
		m.Log.WarnContext(ctx, "an avatar was left out", "collection", a.Collection.Name, "error", short(err))
		up.Files = nil
		return d.Join(ctx, a, ext, &up)
	}
	return rec, isNew, err
}

// body is what the account is made of: the client's values, the vouched e-mail, and what is mapped to fields
// that the client does not mention.
func (n newcomer) body(ctx context.Context, d auth.Desk, c *schema.Collection) (body.Body, error) {
	data, p, to := map[string]any{}, n.profile, c.Auth.OAuth2.MappedFields
	maps.Copy(data, n.create)
	if v := data["email"]; (v == nil || v == "") && p.Email != "" {
		data["email"] = p.Email
	}
	put := func(target, value string) {
		if _, sent := data[target]; target != "" && !sent {
			data[target] = value
		}
	}
	put(to.ID, p.ID)
	put(to.Name, p.Name)
	free, err := fits(ctx, d, c, to.Username, p.Username)
	if free {
		put(to.Username, p.Username)
	}
	if c.Field(to.AvatarURL) != nil && fileField(c, to.AvatarURL) == nil && p.AvatarURL != "" {
		put(to.AvatarURL, p.AvatarURL)
	}
	return body.Body{Data: data}, err
}

// fits reports whether a field would take the username, and no other account has it.
func fits(ctx context.Context, d auth.Desk, c *schema.Collection, target, name string) (bool, error) {
	f := c.Field(target)
	if f == nil || name == "" {
		return false, nil
	}
	v, err := f.Clean(name)
	if err != nil || f.Check(v) != nil {
		return false, nil //nolint:nilerr // then the field makes a name of its own
	}
	if _, unique := c.UniqueOn(target); !unique {
		return true, nil
	}
	taken, err := d.Find(ctx, c, target, name)
	return taken == nil && err == nil, err
}

func fileField(c *schema.Collection, name string) *field.File {
	f, _ := c.Field(name).(*field.File)
	return f
}

// picture downloads the avatar when it goes into a file, and returns the name of the field. A sign-up does
// not fail for a picture.
func (m *OAuth2) picture(ctx context.Context, c *schema.Collection, n newcomer, up *body.Body) (target string) {
	target = c.Auth.OAuth2.MappedFields.AvatarURL
	f := fileField(c, target)
	if _, sent := up.Data[target]; sent || f == nil || n.profile.AvatarURL == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	file, err := m.Providers.Picture(ctx, n.profile.AvatarURL, min(f.MaxFile(), pictureBytes))
	if err != nil {
		m.Log.WarnContext(ctx, "an avatar could not be downloaded", "collection", c.Name, "error", short(err))
		return ""
	}
	up.Files = map[string][]field.Upload{target: {file}}
	return target
}
