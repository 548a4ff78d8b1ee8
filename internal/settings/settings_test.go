package settings_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/settings"
)

// drawer keeps parameters in memory.
type drawer map[string][]byte

func (d drawer) Param(_ context.Context, key string) ([]byte, error) { return d[key], nil }

func (d drawer) SetParam(_ context.Context, key string, value []byte) error {
	d[key] = value
	return nil
}

func open(t *testing.T, d drawer, key string) *settings.Service {
	t.Helper()
	s, err := settings.Open(t.Context(), d, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const defaults = `{"superuserIPs":[],` +
	`"smtp":{"enabled":false,"port":587,"host":"smtp.example.com","username":"","authMethod":"","tls":false,"localName":"","requireTLS":false},` +
	`"backups":{"cron":"","cronMaxKeep":3,"s3":{"enabled":false,"bucket":"","region":"","endpoint":"","accessKey":"","forcePathStyle":false,"allowPrivate":false,"directDownloads":false}},` +
	`"s3":{"enabled":false,"bucket":"","region":"","endpoint":"","accessKey":"","forcePathStyle":false,"allowPrivate":false,"directDownloads":false},` +
	`"meta":{"accentColor":"#1055c9","appName":"Holdall app","appURL":"http://localhost:8090","senderName":"Support","senderAddress":"support@example.com","hideControls":false},` +
	`"rateLimits":{"rules":[{"label":"*:auth","audience":"","duration":3,"maxRequests":2},{"label":"*:create","audience":"","duration":5,"maxRequests":20},` +
	`{"label":"/api/batch","audience":"","duration":1,"maxRequests":3},{"label":"/api/","audience":"","duration":10,"maxRequests":300}],"excludedIPs":[],"enabled":false},` +
	`"trustedProxy":{"headers":[],"useLeftmostIP":false},` +
	`"batch":{"enabled":false,"maxRequests":50,"timeout":3,"maxBodySize":0},` +
	`"logs":{"maxDays":5,"minLevel":0,"logIP":true,"logAuthId":false,"maxDataSize":0},"realtime":{"maxPerIP":10000,"keepHours":24,"keepChanges":2000000,"channels":[],"maxPublish":20},` +
	`"sms":{"gateways":[],"countries":[],"dailyBudget":500,"countryBudget":200,"numberLimit":5,"addressLimit":10,"testNumbers":{},"testUntil":""},"notices":{"emailChanged":true,"passwordChanged":false,"phoneChanged":true}}`

func TestDefaults(t *testing.T) {
	t.Parallel()
	d := drawer{}
	s := open(t, d, "")
	if got := string(s.Current().Public()); got != defaults {
		t.Errorf("got  %s\nwant %s", got, defaults)
	}
	if len(d["settings"]) == 0 {
		t.Error("the defaults were not kept")
	}
}

func patch(t *testing.T, s *settings.Service, body string) *settings.Settings {
	t.Helper()
	next, err := s.Patch(t.Context(), []byte(body))
	if err != nil {
		t.Fatalf("Patch(%s): %v", body, err)
	}
	return next
}

func TestPatchMerges(t *testing.T) {
	t.Parallel()
	d := drawer{}
	s := open(t, d, "")
	patch(t, s, `{"smtp":{"password":"secret","username":"u"},"s3":{"secret":"s3secret"},"backups":{"s3":{"secret":"bsecret"}},"unknown":1}`)
	patch(t, s, string(s.Current().Public())) // a round trip of the answer
	patch(t, s, ``)
	patch(t, s, `{"trustedProxy":{"headers":["A","B"]},"meta":{"appName":"Shop"}}`)
	got := patch(t, s, `{"rateLimits":{"rules":[{"label":"one","duration":1,"maxRequests":1}]},"trustedProxy":{"headers":["C"]}}`)
	if got.SMTP.Password != "secret" || got.S3.Secret != "s3secret" || got.Backups.S3.Secret != "bsecret" {
		t.Errorf("secrets were lost: %+v", got)
	}
	if got.SMTP.Username != "u" || got.SMTP.Host != "smtp.example.com" || got.Meta.AppName != "Shop" || got.Meta.SenderName != "Support" {
		t.Errorf("values were lost: %+v", got)
	}
	if want := []settings.RateRule{{Label: "one", Duration: 1, MaxRequests: 1}}; !slices.Equal(got.RateLimits.Rules, want) {
		t.Errorf("rules = %v, want %v", got.RateLimits.Rules, want)
	}
	if !slices.Equal(got.TrustedProxy.Headers, []string{"C"}) {
		t.Errorf("headers = %v", got.TrustedProxy.Headers)
	}
	for _, secret := range []string{`"secret"`, `"password"`} {
		if strings.Contains(string(got.Public()), secret) {
			t.Errorf("%s is shown: %s", secret, got.Public())
		}
	}
	again := open(t, d, "")
	if string(again.Current().Public()) != string(got.Public()) || again.Current().SMTP.Password != "secret" {
		t.Error("the stored settings are others")
	}
	if cleared := patch(t, s, `{"smtp":{"password":""}}`); cleared.SMTP.Password != "" {
		t.Error("the secret was not cleared")
	}
}

func TestPatchDoesNotChangeWhatWasRead(t *testing.T) {
	t.Parallel()
	s := open(t, drawer{}, "")
	before := s.Current()
	want := string(before.Public())
	patch(t, s, `{"rateLimits":{"rules":[{"label":"x","duration":9,"maxRequests":9}],"excludedIPs":["1.2.3.4"]},"superuserIPs":["10.0.0.0/8"]}`)
	if got := string(before.Public()); got != want {
		t.Errorf("settings in use changed to %s", got)
	}
}

func TestPatchRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 256)
	tests := []struct{ body, want string }{
		{`{"meta":{"appName":"","senderName":"","appURL":"","senderAddress":""}}`,
			"meta.appName=validation_required meta.appURL=validation_required meta.senderAddress=validation_required meta.senderName=validation_required"},
		{`{"meta":{"appName":"` + long + `","senderName":"` + long + `"}}`,
			"meta.appName=validation_length_out_of_range meta.senderName=validation_length_out_of_range"},
		{`{"meta":{"appURL":"nope nope","senderAddress":"nope","accentColor":"#12"}}`,
			"meta.accentColor=validation_length_invalid meta.appURL=validation_is_url meta.senderAddress=validation_is_email"},
		{`{"meta":{"accentColor":"#12345g"}}`, "meta.accentColor=validation_is_hex_color"},
		{`{"meta":{"accentColor":""}}`, ""},
		{`{"smtp":{"enabled":true,"host":"","port":0}}`, "smtp.host=validation_required smtp.port=validation_required"},
		{`{"smtp":{"host":"no host!","port":-1,"authMethod":"MD5","localName":"no name!"}}`,
			"smtp.authMethod=validation_in_invalid smtp.host=validation_is_host smtp.localName=validation_is_host smtp.port=validation_min_greater_equal_than_required"},
		{`{"smtp":{"host":"","port":0}}`, ""},
		{`{"s3":{"enabled":true}}`,
			"s3.accessKey=validation_required s3.bucket=validation_required s3.endpoint=validation_required s3.region=validation_required s3.secret=validation_required"},
		{`{"backups":{"s3":{"endpoint":"no url!"}}}`, "backups.s3.endpoint=validation_is_url"},
		{`{"backups":{"cron":"* * * *"}}`, "backups.cron=validation_invalid_cron"},
		{`{"backups":{"cron":"60 * * * *"}}`, "backups.cron=validation_invalid_cron"},
		{`{"backups":{"cron":"5/2 * * * *"}}`, "backups.cron=validation_invalid_cron"},
		{`{"backups":{"cron":"*/5 1-4/2 1,15 * 0-6"}}`, ""},
		{`{"backups":{"cron":"@daily","cronMaxKeep":0}}`, "backups.cronMaxKeep=validation_required"},
		{`{"backups":{"cronMaxKeep":-1}}`, "backups.cronMaxKeep=validation_min_greater_equal_than_required"},
		{`{"backups":{"cronMaxKeep":0}}`, ""},
		{`{"batch":{"enabled":true,"maxRequests":0,"timeout":0}}`, "batch.maxRequests=validation_required batch.timeout=validation_required"},
		{`{"batch":{"maxRequests":-1,"timeout":-1,"maxBodySize":-1}}`,
			"batch.maxBodySize=validation_min_greater_equal_than_required batch.maxRequests=validation_min_greater_equal_than_required batch.timeout=validation_min_greater_equal_than_required"},
		{`{"realtime":{"keepHours":0,"keepChanges":1,"maxPerIP":-1}}`, "realtime.keepChanges=validation_min_greater_equal_than_required realtime.keepHours=validation_min_greater_equal_than_required realtime.maxPerIP=validation_min_greater_equal_than_required"},
		{`{"logs":{"maxDays":-1}}`, "logs.maxDays=validation_min_greater_equal_than_required"},
		{`{"superuserIPs":["1.2.3.4","","10.0.0.0/8","nope"]}`, "superuserIPs.1=validation_required superuserIPs.3=validation_invlaid_ip_or_subnet"},
		{`{"rateLimits":{"excludedIPs":["::1","x"]}}`, "rateLimits.excludedIPs.1=validation_invlaid_ip_or_subnet"},
		{`{"rateLimits":{"enabled":true,"rules":[]}}`, "rateLimits.rules=validation_required"},
		{`{"rateLimits":{"rules":[{"label":"","duration":0,"maxRequests":0,"audience":"x"}]}}`,
			"rateLimits.rules.0.audience=validation_in_invalid rateLimits.rules.0.duration=validation_required rateLimits.rules.0.label=validation_required rateLimits.rules.0.maxRequests=validation_required"},
		{`{"rateLimits":{"rules":[{"label":"a","duration":-1,"maxRequests":-1}]}}`,
			"rateLimits.rules.0.duration=validation_min_greater_equal_than_required rateLimits.rules.0.maxRequests=validation_min_greater_equal_than_required"},
	}
	for _, tt := range tests {
		s := open(t, drawer{}, "")
		_, err := s.Patch(t.Context(), []byte(tt.body))
		if got := codes(err); got != tt.want {
			t.Errorf("Patch(%s)\ngot  %s\nwant %s", tt.body, got, tt.want)
		}
	}
}

func TestRateLabels(t *testing.T) {
	t.Parallel()
	for label, ok := range map[string]bool{
		"posts": true, "posts:list": true, "*:create": true, "/api/": true, "/api/a-b_c/": true, "POST /api/": true, "post /x": true,
		"*": false, "a b": false, "a:b:c": false, "/api/{x}": false, "/api/x.json": false, "/api/*": false, "POST  /api/": false,
	} {
		s := open(t, drawer{}, "")
		_, err := s.Patch(t.Context(), fmt.Appendf(nil, `{"rateLimits":{"rules":[{"label":%q,"duration":1,"maxRequests":1}]}}`, label))
		if (err == nil) != ok {
			t.Errorf("label %q: %v", label, err)
		}
	}
}

func TestRateLabelConflicts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rules [][2]string
		want  string
	}{
		{[][2]string{{"a", ""}, {"a", "@auth"}}, "rateLimits.rules.1.label=validation_conflicting_rate_limit_rule"},
		{[][2]string{{"a", "@guest"}, {"a", ""}}, "rateLimits.rules.1.label=validation_conflicting_rate_limit_rule"},
		{[][2]string{{"a", "@guest"}, {"a", "@auth"}}, ""},
		{[][2]string{{"a", ""}, {"ab", ""}}, ""},
	} {
		var rules []settings.RateRule
		for _, r := range tt.rules {
			rules = append(rules, settings.RateRule{Label: r[0], Audience: r[1], Duration: 1, MaxRequests: 1})
		}
		body, err := json.Marshal(map[string]any{"rateLimits": map[string]any{"rules": rules}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = open(t, drawer{}, "").Patch(t.Context(), body)
		if got := codes(err); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.rules, got, tt.want)
		}
	}
}

func TestPatchUnreadable(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{`, `[]`, `{"smtp":{"port":"x"}}`, `"x"`} {
		_, err := open(t, drawer{}, "").Patch(t.Context(), []byte(body))
		f, ok := fault.Of(err)
		if !ok || f.Msg != "An error occurred while loading the submitted data." {
			t.Errorf("Patch(%s) = %v", body, err)
		}
	}
}

func TestOnChangeAndRenameLabels(t *testing.T) {
	t.Parallel()
	s := open(t, drawer{}, "")
	patch(t, s, `{"rateLimits":{"rules":[{"label":"posts:list","duration":1,"maxRequests":1},{"label":"posts2:list","duration":1,"maxRequests":1},{"label":"posts","duration":1,"maxRequests":1}]}}`)
	var heard []*settings.Settings
	s.OnChange(func(next *settings.Settings) { heard = append(heard, next) })
	if err := s.RenameLabels(t.Context(), map[string]string{"other": "x"}); err != nil || len(heard) != 0 {
		t.Errorf("nothing to rename: %v, heard %d", err, len(heard))
	}
	if err := s.RenameLabels(t.Context(), map[string]string{"posts": "articles"}); err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, r := range s.Current().RateLimits.Rules {
		labels = append(labels, r.Label)
	}
	if want := []string{"articles:list", "posts2:list", "posts"}; !slices.Equal(labels, want) {
		t.Errorf("labels = %v, want %v", labels, want)
	}
	if len(heard) != 1 || heard[0] != s.Current() {
		t.Errorf("heard %d changes", len(heard))
	}
}

// codes writes the faults of err as "path=code path=code", sorted.
func codes(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return ""
	}
	var list []string
	var walk func(path string, f *fault.Error)
	walk = func(path string, f *fault.Error) {
		if f.Code != "" {
			list = append(list, path+"="+f.Code)
		}
		for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
			walk(strings.TrimPrefix(path+"."+name, "."), f.Fields[name])
		}
	}
	walk("", f)
	return strings.Join(list, " ")
}
