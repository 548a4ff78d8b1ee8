package schema

import "github.com/holdall-dev/holdall/field"

// The system collections beside [Superusers]: what belongs to records of auth collections.
const (
	MFAs          = "_mfas"
	OTPs          = "_otps"
	ExternalAuths = "_externalAuths"
	AuthOrigins   = "_authOrigins"
)

// UsersID is the id of the auth collection that a fresh store gets.
const UsersID = "_pb_users_auth_"

const ownerRule = `@request.auth.id != '' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId`

// InitialCollections are the collections of a fresh store, sealed, in order of creation (collections.md §5).
// now is a date in wire form.
func InitialCollections(now string) []*Collection {
	list := []*Collection{newMFAs(), newOTPs(), newExternalAuths(), newAuthOrigins(), newSuperusers(), newUsers()}
	for _, c := range list {
		c.Created, c.Updated = now, now
		c.Complete(func(string) bool { return false })
		c.Seal()
	}
	return list
}

// refCollection is a system collection whose rows belong to records of auth collections.
func refCollection(name string, fields ...field.Field) *Collection {
	c := New(Base, name)
	c.System = true
	owner := ownerRule
	c.Rules.List, c.Rules.View = &owner, &owner
	c.add(needed("collectionRef"), needed("recordRef"))
	c.add(fields...)
	c.addDates()
	return c
}

func newMFAs() *Collection {
	c := refCollection(MFAs, needed("method"))
	c.index("INDEX", "idx_mfas_collectionRef_recordRef", "collectionRef,recordRef")
	return c
}

func newOTPs() *Collection {
	code := &field.PasswordField{Cost: 8}
	code.Name, code.System, code.Hidden, code.Required = "password", true, true, true
	sent := new(field.Text)
	sent.Name, sent.System, sent.Hidden = "sentTo", true, true
	c := refCollection(OTPs, code, sent)
	c.index("INDEX", "idx_otps_collectionRef_recordRef", "collectionRef, recordRef")
	return c
}

func newExternalAuths() *Collection {
	c := refCollection(ExternalAuths, needed("provider"), needed("providerId"))
	c.Rules.Delete = c.Rules.List
	c.index("UNIQUE INDEX", "idx_externalAuths_record_provider", "collectionRef, recordRef, provider")
	c.index("UNIQUE INDEX", "idx_externalAuths_collection_provider", "collectionRef, provider, providerId")
	return c
}

func newAuthOrigins() *Collection {
	c := refCollection(AuthOrigins, needed("fingerprint"))
	c.Rules.Delete = c.Rules.List
	c.index("UNIQUE INDEX", "idx_authOrigins_unique_pairs", "collectionRef, recordRef, fingerprint")
	return c
}

func newSuperusers() *Collection {
	c := New(Auth, Superusers)
	c.System = true
	c.Auth.AuthToken.Duration = 86400
	c.addDates()
	return c
}

func newUsers() *Collection {
	c := New(Auth, "users")
	c.ID, c.Indexes = UsersID, nil
	own, open := "id = @request.auth.id", ""
	c.Rules = Rules{List: &own, View: &own, Create: &open, Update: &own, Delete: &own}
	name := &field.Text{Max: 255}
	name.Name = "name"
	avatar := &field.File{MaxSelect: 1, MimeTypes: []string{"image/jpeg", "image/png", "image/svg+xml", "image/gif", "image/webp"}}
	avatar.Name = "avatar"
	c.add(name, avatar)
	c.addDates()
	c.Auth.OAuth2.MappedFields = MappedFields{Name: "name", AvatarURL: "avatar"}
	return c
}

// needed is a system text that must not be blank.
func needed(name string) field.Field {
	f := new(field.Text)
	f.Name, f.System, f.Required = name, true, true
	return f
}

func (c *Collection) add(fields ...field.Field) {
	for _, f := range fields {
		c.AddField(field.Clone(f))
	}
}

func (c *Collection) addDates() {
	created, updated := &field.Autodate{OnCreate: true}, &field.Autodate{OnCreate: true, OnUpdate: true}
	created.Name, created.System = "created", c.System
	updated.Name, updated.System = "updated", c.System
	c.add(created, updated)
}

// index adds an index over columns, written as a list.
func (c *Collection) index(kind, name, columns string) {
	c.Indexes = append(c.Indexes, "CREATE "+kind+" `"+name+"` ON `"+c.Name+"` ("+columns+")")
}
