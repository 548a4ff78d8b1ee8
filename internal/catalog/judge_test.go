package catalog_test

import (
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/schema"
)

// stage makes the collections that the tables below speak of.
func stage(t *testing.T) *house {
	h := open(t)
	h.create(`{"name":"posts","id":"postsid","fields":[{"type":"text","name":"title","id":"ft"},{"type":"relation","name":"author","collectionId":"_pb_users_auth_","id":"fr"}],
		"indexes":["CREATE INDEX idx_posts_title ON posts (title)"]}`)
	h.create(`{"name":"list","type":"view","viewQuery":"SELECT id, title FROM posts"}`)
	return h
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	h := stage(t)
	long := strings.Repeat("a", 256)
	tests := []struct{ body, want string }{
		{`{}`, "name=validation_required"},
		{`{"name":"` + long + `"}`, "name=validation_length_out_of_range"},
		{`{"name":"a_VIA_b"}`, "name=validation_found_via"},
		{`{"name":"a b"}`, "name=validation_match_invalid"},
		{`{"name":"POSTS"}`, "name=validation_collection_name_exists"},
		{`{"name":"postsid"}`, "name=validation_collection_name_id_duplicate"},
		{`{"name":"_params"}`, "name=validation_collection_name_invalid"},
		{`{"name":"_COLLECTIONS"}`, "name=validation_collection_name_invalid"},
		{`{"name":"sqlite_x"}`, "name=validation_collection_name_invalid"},
		{`{"name":"x","type":"nope"}`, "type=validation_in_invalid"},
		{`{"name":"x","id":"a-b"}`, "id=validation_match_invalid"},
		{`{"name":"x","id":"` + long[:101] + `"}`, "id=validation_length_out_of_range"},
		{`{"name":"x","id":"postsid"}`, "id=validation_invalid_or_existing_id"},
		{`{"name":"x","type":"view"}`, "fields=validation_required viewQuery=validation_required"},
		{`{"name":"x","type":"view","viewQuery":"SELECT nope FROM posts"}`, "fields=validation_required viewQuery=validation_invalid_view_query"},
		{`{"name":"x","type":"view","viewQuery":"SELECT * FROM posts"}`, "fields=validation_required viewQuery=validation_invalid_view_query"},
		{`{"name":"x","type":"view","viewQuery":"SELECT p.* FROM posts p"}`, "fields=validation_required viewQuery=validation_invalid_view_query"},
		{`{"name":"x","type":"view","viewQuery":"SELECT title FROM posts"}`, "fields=validation_missing_primary_key viewQuery=validation_invalid_view_query"},
		{`{"name":"x","type":"view","viewQuery":"DELETE FROM posts"}`, "fields=validation_required viewQuery=validation_invalid_view_query"},
		{`{"name":"x","type":"view","viewQuery":"SELECT id FROM posts; SELECT id FROM posts"}`, "fields=validation_required viewQuery=validation_invalid_view_query"},
		{`{"name":"x","type":"view","viewQuery":"SELECT id, count(*) FROM posts"}`, "fields.1.name=validation_match_invalid"},
		{`{"name":"x","type":"view","viewQuery":"SELECT id FROM posts","indexes":["CREATE INDEX a ON x (id)"]}`, "indexes=validation_indexes_not_supported"},
		{`{"name":"x","type":"view","viewQuery":"SELECT id FROM posts","createRule":"","updateRule":"","deleteRule":""}`,
			"createRule=validation_nil deleteRule=validation_nil updateRule=validation_nil"},
		{`{"name":"x","fields":[{"type":"text","name":"a"},{"type":"text","name":"A","id":"other"}]}`, "fields.2.name=validation_duplicated_field_name"},
		{`{"name":"x","fields":[{"type":"number","name":"id"}]}`, "fields.1.name=validation_duplicated_field_name"},
		{`{"name":"x","fields":[{"type":"text","name":""}]}`, "fields.1.name=validation_required"},
		{`{"name":"x","fields":[{"type":"text","name":"a","min":-1}]}`, "fields.1.min=validation_min_greater_equal_than_required"},
		{`{"name":"x","fields":[{"type":"relation","name":"a","collectionId":"gone"}]}`, "fields.1.collectionId=validation_field_relation_missing_collection"},
		{`{"name":"x","fields":[{"type":"relation","name":"a","collectionId":"` + h.find("list").ID + `"}]}`, "fields.1.collectionId=validation_relation_field_non_view_base_collection"},
		{`{"name":"x","id":"xid","fields":[{"type":"relation","name":"a","collectionId":"xid"}]}`, ""},
		{`{"name":"y","type":"auth","fields":[{"type":"text","name":"passwordConfirm"},{"type":"text","name":"oldPassword"}]}`,
			"fields.1.name=validation_reserved_field_name fields.2.name=validation_reserved_field_name"},
		{`{"name":"y","fields":[{"type":"text","name":"passwordConfirm"}]}`, ""},
		{`{"name":"z","indexes":["nope","CREATE INDEX ON z (id)"]}`, "indexes.0=validation_invalid_index_expression indexes.1=validation_invalid_index_expression"},
		{`{"name":"z","indexes":["CREATE INDEX zi ON z (id)","CREATE INDEX ZI ON z (id)"]}`, "indexes.1=validation_duplicated_index_name"},
		{`{"name":"z","indexes":["CREATE INDEX zi ON z (id)","CREATE INDEX zj ON z (id)"]}`, "indexes.1=validation_duplicated_index_definition"},
		{`{"name":"z","indexes":["CREATE INDEX Idx_Posts_Title ON z (id)"]}`, "indexes.0=validation_existing_index_name"},
		{`{"name":"z","indexes":["CREATE INDEX zi ON z (id)","CREATE INDEX zj ON z (gone)"]}`, "indexes.1=validation_invalid_index_expression"},
		{`{"name":"A","type":"auth","id":"aid","indexes":["CREATE INDEX idx_email_aid ON x (email)"]}`, "indexes.2=validation_duplicated_index_name"},
		{`{"name":"a b","type":"auth","fields":[{"type":"text","name":"a-b"}],"otp":{"enabled":true,"length":1}}`,
			"fields.1.name=validation_match_invalid name=validation_match_invalid otp.length=validation_min_greater_equal_than_required"},
	}
	for _, tt := range tests {
		_, err := h.Create(t.Context(), []byte(tt.body))
		want(t, "create", tt.body, err, tt.want, "Failed to create collection.")
	}
}

func want(t *testing.T, what, body string, err error, codesWant, msg string) {
	t.Helper()
	if err == nil && codesWant == "" {
		return
	}
	if got := codes(err); got != codesWant {
		t.Errorf("%s %s\ngot  %s\nwant %s", what, body, got, codesWant)
	}
	if got := message(err); got != msg {
		t.Errorf("%s %s: message %q, want %q", what, body, got, msg)
	}
}

func TestChangeRefuses(t *testing.T) {
	t.Parallel()
	h := stage(t)
	h.change("_otps", `{"fields":[`+fieldsJSON(t, h.find("_otps"))+`,{"type":"text","name":"note"}]}`)
	tests := []struct{ name, body, want string }{
		{"posts", `{"id":"other"}`, "id=validation_values_mismatch"},
		{"posts", `{"system":true}`, "system=validation_collection_system_flag_change"},
		{"posts", `{"name":"USERS","type":"view"}`, "fields=validation_required indexes=validation_indexes_not_supported name=validation_collection_name_exists type=validation_collection_type_change viewQuery=validation_required"},
		{"posts", `{"type":"auth"}`, "type=validation_collection_type_change"},
		{"posts", `{"name":"Posts"}`, ""},
		{"posts", `{"name":"_params"}`, "name=validation_collection_name_invalid"},
		{"posts", `{"fields":[{"type":"number","name":"title","id":"ft"},{"type":"relation","name":"author","collectionId":"_pb_users_auth_","id":"fr"}]}`, "fields.1=validation_field_type_change"},
		{"posts", `{"fields":[{"type":"text","name":"title","id":"ft"},{"type":"relation","name":"author","collectionId":"postsid","id":"fr"}]}`, "fields.2.collectionId=validation_field_relation_change"},
		{"_otps", `{"name":"codes"}`, "name=validation_collection_system_name_change"},
		{"_otps", `{"listRule":null,"createRule":""}`, "createRule=validation_collection_system_rule_change listRule=validation_collection_system_rule_change"},
		{"_otps", `{"fields":[]}`, "fields=validation_system_field_change listRule=validation_invalid_rule viewRule=validation_invalid_rule"},
		{"_otps", `{"fields":[` + strings.Replace(fieldsJSON(t, h.find("_otps")), `"name":"sentTo"`, `"name":"sent"`, 1) + `]}`, "fields=validation_system_field_change"},
		{"_otps", `{"indexes":[]}`, ""},
		{"_authOrigins", `{"indexes":[]}`, "indexes=validation_invalid_unique_system_field_index"},
		{"_authOrigins", `{"indexes":["CREATE UNIQUE INDEX other ON x (collectionRef, recordRef DESC, fingerprint COLLATE NOCASE) WHERE fingerprint != ''"]}`, ""},
		{"_superusers", `{"authRule":"verified = true","manageRule":"id != ''"}`,
			"authRule=validation_collection_system_rule_change manageRule=validation_collection_system_rule_change"},
		{"_superusers", `{"mfa":{"rule":"verified = false"},"passwordAuth":{"enabled":false}}`, ""},
		{"_superusers", `{"name":"root"}`, "name=validation_collection_system_name_change"},
		{"users", `{"fields":[{"type":"text","name":"email","id":"mine"}]}`, "fields=validation_system_field_change"},
		{"list", `{"viewQuery":"SELECT id, author AS title FROM posts"}`, ""},
		{"list", `{"viewQuery":"nope","listRule":"title != ''"}`, "fields=validation_required listRule=validation_invalid_rule viewQuery=validation_invalid_view_query"},
		{"list", `{"viewQuery":""}`, "fields=validation_required viewQuery=validation_required"},
		{"list", `{"fields":[{"type":"text","name":"whatever"}]}`, ""},
	}
	for _, tt := range tests {
		_, err := h.Change(t.Context(), h.find(tt.name), []byte(tt.body))
		want(t, "change "+tt.name, tt.body, err, tt.want, "Failed to update collection.")
	}
}

// fieldsJSON is the inside of a collection's list of fields.
func fieldsJSON(t *testing.T, c *schema.Collection) string {
	t.Helper()
	s, err := c.Stored()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(s.Fields), "[]")
}

func TestAuthOptionsAreChecked(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.change("users", `{"fields":[`+fieldsJSON(t, h.find("users"))+`,{"type":"text","name":"nick"},{"type":"text","name":"handle"}],
		"indexes":["CREATE UNIQUE INDEX idx_nick ON users (nick) WHERE nick != ''","CREATE UNIQUE INDEX idx_both ON users (nick, handle)"]}`)
	long := strings.Repeat("s", 256)
	google := `{"name":"google","clientId":"a","clientSecret":"b"}`
	tests := []struct{ body, want string }{
		{`{"manageRule":""}`, "manageRule=validation_nil_or_not_empty_required"},
		{`{"authAlert":{"enabled":false,"emailTemplate":{"subject":"","body":""}}}`, "authAlert.emailTemplate.body=validation_required authAlert.emailTemplate.subject=validation_required"},
		{`{"verificationTemplate":{"subject":""},"resetPasswordTemplate":{"body":""},"confirmEmailChangeTemplate":{"body":""}}`,
			"confirmEmailChangeTemplate.body=validation_required resetPasswordTemplate.body=validation_required verificationTemplate.subject=validation_required"},
		{`{"otp":{"emailTemplate":{"subject":""}}}`, "otp.emailTemplate.subject=validation_required"},
		{`{"otp":{"enabled":true,"duration":0,"length":0}}`, "otp.duration=validation_required otp.length=validation_required"},
		{`{"otp":{"enabled":true,"duration":9,"length":3}}`, "otp.duration=validation_min_greater_equal_than_required otp.length=validation_min_greater_equal_than_required"},
		{`{"otp":{"enabled":true,"duration":86401}}`, "otp.duration=validation_max_less_equal_than_required"},
		{`{"otp":{"enabled":false,"duration":0,"length":0}}`, ""},
		{`{"otp":{"duration":180,"length":8}}`, ""},
		{`{"mfa":{"enabled":true,"duration":5}}`, "mfa.duration=validation_min_greater_equal_than_required"},
		{`{"mfa":{"enabled":true}}`, "mfa.enabled=validation_mfa_not_enough_auths"},
		{`{"mfa":{"enabled":true},"passwordAuth":{"enabled":false},"otp":{"enabled":true}}`, "mfa.enabled=validation_mfa_not_enough_auths"},
		{`{"passwordAuth":{"identityFields":[]}}`, "passwordAuth.identityFields=validation_required"},
		{`{"passwordAuth":{"enabled":false,"identityFields":[]}}`, ""},
		{`{"passwordAuth":{"enabled":true,"identityFields":["gone"]}}`, "passwordAuth.identityFields=validation_missing_field"},
		{`{"passwordAuth":{"enabled":true,"identityFields":["handle"]}}`, "passwordAuth.identityFields=validation_missing_unique_constraint"},
		{`{"passwordAuth":{"enabled":true,"identityFields":["email","nick","nick"]}}`, ""},
		{`{"passwordAuth":{"identityFields":["gone"]},"manageRule":""}`, "manageRule=validation_nil_or_not_empty_required"},
		{`{"authToken":{"secret":""}}`, "authToken.secret=validation_required"},
		{`{"fileToken":{"secret":"short"}}`, "fileToken.secret=validation_length_out_of_range"},
		{`{"passwordResetToken":{"secret":"` + long + `"}}`, "passwordResetToken.secret=validation_length_out_of_range"},
		{`{"emailChangeToken":{"duration":0},"verificationToken":{"duration":9}}`, "emailChangeToken.duration=validation_required verificationToken.duration=validation_min_greater_equal_than_required"},
		{`{"authToken":{"duration":94670857}}`, "authToken.duration=validation_max_less_equal_than_required"},
		{`{"oauth2":{"enabled":false,"providers":[{"name":"nope"}]}}`, ""},
		{`{"oauth2":{"enabled":true,"providers":[{},{"name":"nope","clientId":"a","clientSecret":"b"},` + google + `,` + google + `,{"name":"oidc","clientId":"a","clientSecret":"b","authURL":"no url!","tokenURL":"x y","userInfoURL":"?"}]}}`,
			"oauth2.providers.0.clientId=validation_required oauth2.providers.0.clientSecret=validation_required oauth2.providers.0.name=validation_required " +
				"oauth2.providers.1.name=validation_missing_provider oauth2.providers.3.name=validation_duplicated_provider " +
				"oauth2.providers.4.authURL=validation_is_url oauth2.providers.4.tokenURL=validation_is_url oauth2.providers.4.userInfoURL=validation_is_url"},
		{`{"oauth2":{"enabled":true,"providers":[` + google + `]},"mfa":{"enabled":true,"duration":600}}`, ""},
	}
	for _, tt := range tests {
		_, err := h.Change(t.Context(), h.find("users"), []byte(tt.body))
		want(t, "change", tt.body, err, tt.want, "Failed to update collection.")
	}
}

func TestRulesAreChecked(t *testing.T) {
	t.Parallel()
	h := stage(t)
	tests := []struct{ name, body, want string }{
		{"posts", `{"listRule":"gone = 1","viewRule":"(","createRule":"title = ","updateRule":"author.gone = 1","deleteRule":"@collection.gone.id = 1"}`,
			"createRule=validation_invalid_rule deleteRule=validation_invalid_rule listRule=validation_invalid_rule updateRule=validation_invalid_rule viewRule=validation_invalid_rule"},
		{"posts", `{"listRule":"author.verified = true && @request.auth.id != '' && @collection.users.id = author","viewRule":"","createRule":null,"updateRule":"@request.body.title:isset = false"}`, ""},
		{"posts", `{"listRule":"fresh = 1","fields":[{"type":"text","name":"title","id":"ft"},{"type":"relation","name":"author","collectionId":"_pb_users_auth_","id":"fr"},{"type":"number","name":"fresh"}]}`, ""},
		{"posts", `{"fields":[{"type":"text","name":"title","id":"ft"},{"type":"relation","name":"author","collectionId":"_pb_users_auth_","id":"fr"}]}`, "listRule=validation_invalid_rule"},
		{"users", `{"authRule":"gone = 1","manageRule":"gone = 1"}`, "authRule=validation_invalid_rule manageRule=validation_invalid_rule"},
		{"users", `{"mfa":{"enabled":true,"rule":"gone = 1"},"otp":{"enabled":true}}`, "mfa.rule=validation_invalid_rule"},
		{"users", `{"mfa":{"enabled":false,"rule":"gone = 1"}}`, ""},
		{"users", `{"authRule":"verified = true","manageRule":"posts_via_author.title ?= 'x'"}`, ""},
		{"list", `{"listRule":"title != ''","viewRule":"author = ''"}`, "viewRule=validation_invalid_rule"},
		{"list", `{"createRule":"(","deleteRule":"title = 1"}`, "createRule=validation_nil deleteRule=validation_nil"},
	}
	for _, tt := range tests {
		_, err := h.Change(t.Context(), h.find(tt.name), []byte(tt.body))
		want(t, "change "+tt.name, tt.body, err, tt.want, "Failed to update collection.")
		if f, ok := fault.Of(err); ok && f.Fields["listRule"] != nil && !strings.Contains(f.Fields["listRule"].Msg, "Raw error: ") {
			t.Errorf("no reason in %q", f.Fields["listRule"].Msg)
		}
	}
}
