package schema_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

func free(string) bool { return false }

// decode makes a complete collection of JSON.
func decode(t *testing.T, raw string) *schema.Collection {
	t.Helper()
	c, err := schema.Decode([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	c.Complete(free)
	return c.Seal()
}

func encode(t *testing.T, c *schema.Collection) string {
	t.Helper()
	raw, err := c.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

const idJSON = `{"autogeneratePattern":"[a-z0-9]{15}","help":"","hidden":false,"id":"text3208210256","max":15,"min":15,"name":"id",` +
	`"pattern":"^[a-z0-9]+$","presentable":false,"primaryKey":true,"required":true,"system":true,"type":"text"}`

func TestBaseJSON(t *testing.T) {
	t.Parallel()
	got := encode(t, decode(t, `{"name":"tasks","listRule":"","fields":[{"type":"bool","name":"done"}],"indexes":["create index i on x (done)"],"nonsense":1}`))
	want := `{"id":"pbc_2602490748","listRule":"","viewRule":null,"createRule":null,"updateRule":null,"deleteRule":null,"name":"tasks","type":"base",` +
		`"fields":[` + idJSON + `,{"help":"","hidden":false,"id":"bool271442091","name":"done","presentable":false,"required":false,"system":false,"type":"bool"}],` +
		"\"indexes\":[\"CREATE INDEX `i` ON `tasks` (`done`)\"]," + `"created":"","updated":"","system":false}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for _, c := range schema.InitialCollections("2026-01-02 03:04:05.678Z") {
		want := map[string]string{
			"_mfas": "pbc_2279338944", "_otps": "pbc_1638494021", "_externalAuths": "pbc_2281828961",
			"_authOrigins": "pbc_4275539003", "_superusers": "pbc_3142635823", "users": "_pb_users_auth_",
		}[c.Name]
		if c.ID != want {
			t.Errorf("id of %s = %q, want %q", c.Name, c.ID, want)
		}
		wantIndexes := map[string]string{
			"_mfas":          "CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `_mfas` (collectionRef,recordRef)",
			"_otps":          "CREATE INDEX `idx_otps_collectionRef_recordRef` ON `_otps` (collectionRef, recordRef)",
			"_externalAuths": "CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` (collectionRef, recordRef, provider)",
			"_authOrigins":   "CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` (collectionRef, recordRef, fingerprint)",
			"_superusers":    "CREATE UNIQUE INDEX `idx_tokenKey_pbc_3142635823` ON `_superusers` (`tokenKey`)",
			"users":          "CREATE UNIQUE INDEX `idx_tokenKey__pb_users_auth_` ON `users` (`tokenKey`)",
		}[c.Name]
		if c.Indexes[0] != wantIndexes {
			t.Errorf("index of %s = %s", c.Name, c.Indexes[0])
		}
		if c.System != (c.Name != "users") {
			t.Errorf("system of %s = %v", c.Name, c.System)
		}
	}
	c := schema.New(schema.Base, "tasks")
	c.ID = ""
	taken := map[string]bool{"pbc_2602490748": true, "pbc_26024907482": true}
	c.Complete(func(id string) bool { return taken[id] })
	if c.ID != "pbc_26024907483" {
		t.Errorf("id = %q", c.ID)
	}
}

func TestAuthDefaults(t *testing.T) {
	t.Parallel()
	c := decode(t, `{"name":"people","type":"auth"}`)
	var names []string
	for _, f := range c.Fields {
		names = append(names, f.Base().ID)
	}
	if got, want := strings.Join(names, " "), "text3208210256 password901924565 text2504183744 email3885137012 bool1547992806 bool256245529"; got != want {
		t.Errorf("ids = %s, want %s", got, want)
	}
	wantIndexes := []string{
		"CREATE UNIQUE INDEX `idx_tokenKey_" + c.ID + "` ON `people` (`tokenKey`)",
		"CREATE UNIQUE INDEX `idx_email_" + c.ID + "` ON `people` (`email`) WHERE `email` != ''",
	}
	if got := strings.Join(c.Indexes, "|"); got != strings.Join(wantIndexes, "|") {
		t.Errorf("indexes = %s", got)
	}
	raw := encode(t, c)
	_, options, _ := strings.Cut(raw, `"system":false,"authRule"`)
	if !strings.HasPrefix(options, `:"","manageRule":null,"authAlert":{"enabled":true,"emailTemplate":{"subject":"New sign-in`) {
		t.Errorf("options = %s", options)
	}
	for _, part := range []string{
		`"oauth2":{"providers":[],"mappedFields":{"id":"","name":"","username":"","avatarURL":""},"enabled":false}`,
		`"passwordAuth":{"enabled":true,"identityFields":["email"]}`,
		`"mfa":{"enabled":false,"duration":600,"rule":""}`,
		`"otp":{"enabled":false,"duration":180,"length":8,"emailTemplate":{`,
		`"authToken":{"duration":432000},"passwordResetToken":{"duration":1800},"emailChangeToken":{"duration":1800},"verificationToken":{"duration":86400},"fileToken":{"duration":180}`,
		"{APP_URL}/_/#/auth/confirm-verification/{TOKEN}", "{APP_URL}/_/#/auth/confirm-password-reset/{TOKEN}", "{APP_URL}/_/#/auth/confirm-email-change/{TOKEN}",
		"Verify", "Reset password", "Confirm new email", "one-time password", "from a new location",
	} {
		if !strings.Contains(strings.ReplaceAll(raw, `\"`, `"`), part) {
			t.Errorf("no %s in %s", part, raw)
		}
	}
	if strings.Contains(raw, "ecret\"") {
		t.Errorf("a secret is shown: %s", raw)
	}
	a := c.Auth
	seen := map[string]bool{}
	for _, s := range []string{a.AuthToken.Secret, a.PasswordResetToken.Secret, a.EmailChangeToken.Secret, a.VerificationToken.Secret, a.FileToken.Secret} {
		if len(s) != 50 || seen[s] {
			t.Errorf("secret %q", s)
		}
		seen[s] = true
	}
}

func TestFieldListRules(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"id first", `[{"type":"bool","name":"a","id":"x"}]`, "id:text3208210256 a:x"},
		{"same id replaces in place", `[{"type":"bool","name":"a","id":"x"},{"type":"bool","name":"b","id":"y"},{"type":"text","name":"c","id":"x"}]`, "id:text3208210256 c:x b:y"},
		{"same name without id replaces", `[{"type":"bool","name":"a","id":"x"},{"type":"text","name":"a"}]`, "id:text3208210256 a:x"},
		{"default id taken", `[{"type":"bool","name":"z","id":"text3208210256"}]`, "id:text32082102562 z:text3208210256"},
		{"own id field", `[{"type":"bool","name":"a","id":"x"},{"type":"text","name":"id","id":"own"}]`, "a:x id:own"},
	}
	for _, tt := range tests {
		c, err := schema.Decode([]byte(`{"name":"t","fields":` + tt.in + `}`))
		if err != nil {
			t.Fatal(err)
		}
		c.Complete(free)
		var got []string
		for _, f := range c.Fields {
			got = append(got, f.Base().Name+":"+f.Base().ID)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, s, tt.want)
		}
	}
	if _, err := schema.Decode([]byte(`{"name":"t","fields":[{"type":"nope","name":"a"}]}`)); err == nil {
		t.Error("an unknown type was taken")
	}
}

func TestIDField(t *testing.T) {
	t.Parallel()
	c := decode(t, `{"name":"t","fields":[{"type":"text","name":"id","hidden":true}]}`)
	f := c.Field("id").(*field.Text)
	if f.Min != 0 || f.Max != 0 || f.AutogeneratePattern != "" || f.Hidden || !f.System || !f.PrimaryKey || !f.Required || f.Pattern != "^[a-z0-9]+$" {
		t.Errorf("got %+v", f)
	}
}

func TestAuthFieldsAreForced(t *testing.T) {
	t.Parallel()
	c := decode(t, `{"name":"t","type":"auth","fields":[
		{"type":"number","name":"email","id":"mine"},
		{"type":"password","name":"password","min":20,"hidden":false,"required":false},
		{"type":"text","name":"tokenKey","max":40}]}`)
	if f, ok := c.Field("email").(*field.Email); !ok || f.ID != "mine" || !f.Required || !f.System || c.Ord("email") != 1 {
		t.Errorf("email = %+v at %d", c.Field("email"), c.Ord("email"))
	}
	if f := c.Field("password").(*field.PasswordField); f.Min != 20 || !f.Hidden || !f.Required || !f.System {
		t.Errorf("password = %+v", f)
	}
	if f := c.Field("tokenKey").(*field.Text); f.Max != 40 || f.Min != 0 || !f.Hidden || !f.Required || !f.System {
		t.Errorf("tokenKey = %+v", f)
	}
}

func TestAuthIndexesAreKept(t *testing.T) {
	t.Parallel()
	c := decode(t, "{\"name\":\"t\",\"type\":\"auth\",\"indexes\":[\"CREATE UNIQUE INDEX `e` ON `t` (`EMAIL` COLLATE NOCASE)\"]}")
	if len(c.Indexes) != 2 || !strings.Contains(c.Indexes[0], "`e`") || !strings.Contains(c.Indexes[1], "tokenKey") {
		t.Errorf("indexes = %q", c.Indexes)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	old := decode(t, `{"name":"people","type":"auth","LISTRULE":"id != ''","oauth2":{"providers":[
		{"name":"google","clientId":"g","clientSecret":"gs","extra":{"a":1}},{"name":"github","clientId":"h","clientSecret":"hs"}]}}`)
	before := mustStored(t, old)
	c, err := old.Merge([]byte(`{"otp":{"ENABLED":true},"passwordAuth":{"enabled":false},"listRule":"x = 1","authToken":{"duration":99},
		"authRule":"verified = true","oauth2":{"enabled":true,"providers":[{"name":"github","clientId":"h2"},{"name":"oidc","clientId":"o","clientSecret":"os","pkce":false}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if after := mustStored(t, old); !bytes.Equal(before.Options, after.Options) || *after.ListRule != "id != ''" {
		t.Error("the merge changed what it was made of")
	}
	a := c.Auth
	if !a.OTP.Enabled || a.OTP.Length != 8 || a.PasswordAuth.Enabled || len(a.PasswordAuth.IdentityFields) != 1 {
		t.Errorf("options did not merge: %+v", a)
	}
	if a.AuthToken.Duration != 99 || a.AuthToken.Secret != old.Auth.AuthToken.Secret {
		t.Errorf("authToken = %+v", a.AuthToken)
	}
	raw, err := json.Marshal(a.OAuth2.Providers)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"pkce":null,"name":"github","clientId":"h2","clientSecret":"hs","authURL":"","tokenURL":"","userInfoURL":"","displayName":"","extra":{}},` +
		`{"pkce":false,"name":"oidc","clientId":"o","clientSecret":"os","authURL":"","tokenURL":"","userInfoURL":"","displayName":"","extra":{}}]`
	if string(raw) != want {
		t.Errorf("providers = %s", raw)
	}
	if kept, err := c.Merge([]byte(`{"oauth2":{"enabled":false}}`)); err != nil || len(kept.Auth.OAuth2.Providers) != 2 {
		t.Errorf("providers were lost: %v", err)
	}
	if cleared, err := c.Merge([]byte(`{"oauth2":{"providers":[]}}`)); err != nil || len(cleared.Auth.OAuth2.Providers) != 0 {
		t.Errorf("providers were not cleared: %v", err)
	}
}

func mustStored(t *testing.T, c *schema.Collection) schema.Stored {
	t.Helper()
	s, err := c.Stored()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoredRoundTrip(t *testing.T) {
	t.Parallel()
	list := schema.InitialCollections("2026-01-02 03:04:05.678Z")
	view := decode(t, `{"name":"v","type":"view","viewQuery":"SELECT 1 as id & 2"}`)
	for _, c := range append(list, view) {
		s := mustStored(t, c)
		again, err := schema.FromStored(s)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := encode(t, again), encode(t, c); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if c.Auth != nil && again.Auth.AuthToken.Secret != c.Auth.AuthToken.Secret {
			t.Errorf("%s lost its secret", c.Name)
		}
	}
	if s := mustStored(t, view); string(s.Options) != `{"viewQuery":"SELECT 1 as id & 2"}` {
		t.Errorf("options = %s", s.Options)
	}
	if s := mustStored(t, list[0]); string(s.Options) != `{}` {
		t.Errorf("options = %s", s.Options)
	}
}

func TestFromStoredNulls(t *testing.T) {
	t.Parallel()
	c, err := schema.FromStored(schema.Stored{
		ID: "x", Type: "auth", Name: "x", Indexes: []byte("null"),
		Fields:  []byte(`[{"type":"email","name":"e","id":"e","onlyDomains":null,"exceptDomains":null}]`),
		Options: []byte(`{"oauth2":{"providers":[{"name":"google","extra":null}]},"passwordAuth":{"identityFields":null}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	raw := encode(t, c)
	for _, part := range []string{`"indexes":[]`, `"onlyDomains":[]`, `"exceptDomains":[]`, `"extra":{}`, `"identityFields":[]`} {
		if !strings.Contains(raw, part) {
			t.Errorf("no %s in %s", part, raw)
		}
	}
}

func TestSuperusersHoldTheirNeeds(t *testing.T) {
	t.Parallel()
	var su *schema.Collection
	for _, c := range schema.InitialCollections("") {
		if c.ID == schema.SuperusersID {
			su = c
		}
	}
	c, err := su.Merge([]byte(`{"oauth2":{"enabled":true,"providers":[{"name":"google"}]},"passwordAuth":{"enabled":false},"otp":{"enabled":true}}`))
	if err != nil {
		t.Fatal(err)
	}
	c.Complete(free)
	if a := c.Auth; a.OAuth2.Enabled || len(a.OAuth2.Providers) != 0 || !a.PasswordAuth.Enabled || !a.MFA.Enabled {
		t.Errorf("got %+v", a)
	}
	if su.Auth.AuthToken.Duration != 86400 {
		t.Errorf("token lives %d s", su.Auth.AuthToken.Duration)
	}
}

func TestMappedFieldsFollow(t *testing.T) {
	t.Parallel()
	c := decode(t, `{"name":"p","type":"auth","fields":[{"type":"text","name":"nick"}],"oauth2":{"mappedFields":{"name":"nick","username":"gone"}}}`)
	if m := c.Auth.OAuth2.MappedFields; m.Name != "nick" || m.Username != "" {
		t.Errorf("got %+v", m)
	}
}

func TestScaffolds(t *testing.T) {
	t.Parallel()
	c := schema.Scaffold(schema.Auth)
	raw := encode(t, c)
	if !strings.HasPrefix(raw, `{"id":"","listRule":null`) || !strings.Contains(raw, `"name":""`) || !strings.Contains(raw, "ON `` (`tokenKey`)") || len(c.Indexes) != 2 {
		t.Errorf("got %s", raw)
	}
	if v := schema.Scaffold(schema.View); len(v.Fields) != 0 || !strings.Contains(encode(t, v), `"viewQuery":""`) {
		t.Errorf("got %s", encode(t, v))
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	list := schema.InitialCollections("")
	old := schema.NewCatalog(list)
	again := schema.InitialCollections("")
	changed, err := list[5].Merge([]byte(`{"listRule":""}`))
	if err != nil {
		t.Fatal(err)
	}
	changed.Seal()
	fresh := decode(t, `{"name":"new"}`)
	next := schema.NewCatalog([]*schema.Collection{again[0], list[1], list[3], list[4], changed, fresh})
	p := schema.Diff(old, next)
	if len(p.Drop) != 1 || p.Drop[0].Name != "_externalAuths" || len(p.Create) != 1 || p.Create[0] != fresh || len(p.Change) != 1 || p.Change[0].New != changed {
		t.Errorf("got %+v", p)
	}
	if !schema.Diff(old, old).Empty() {
		t.Error("no difference is a plan")
	}
}
