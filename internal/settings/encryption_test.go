package settings_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/settings"
)

const key = "abcdefghijklmnopqrstuvwxyz012345"

// vector is {"meta":{"appName":"Vector"},"smtp":{"password":"hush"}} under the key above.
const vector = "AAECAwQFBgcICQoLDkvVDUNy+nHE/zgtm/4iy7W8ypnj5UR1MF1swCW40y9dz0Aj2C5KTF8pJyPl1Ca6H0bh8HD9+JzJ8aiScApANzYAEllOzLfd"

func TestEncryptionRoundTrip(t *testing.T) {
	t.Parallel()
	d := drawer{}
	patch(t, open(t, d, ""), `{"smtp":{"password":"hush"}}`)
	if !json.Valid(d["settings"]) {
		t.Fatal("settings without a key are no JSON")
	}
	s := open(t, d, key) // reads plain settings, seals at the next save
	patch(t, s, `{"meta":{"appName":"Sealed"}}`)
	sealed := string(d["settings"])
	if _, err := base64.StdEncoding.DecodeString(sealed); err != nil || strings.Contains(sealed, "hush") {
		t.Fatalf("not sealed: %q", sealed)
	}
	got := open(t, d, key).Current()
	if got.SMTP.Password != "hush" || got.Meta.AppName != "Sealed" {
		t.Errorf("got %+v", got)
	}
	patch(t, s, ``)
	if string(d["settings"]) == sealed {
		t.Error("the same nonce was used twice")
	}
}

func TestEncryptedImport(t *testing.T) {
	t.Parallel()
	got := open(t, drawer{"settings": []byte(vector)}, key).Current()
	if !got.S3.AllowPrivate || !got.Backups.S3.AllowPrivate {
		t.Error("an imported directory does not reach its object store any more")
	}
	if got.Meta.AppName != "Vector" || got.SMTP.Password != "hush" || got.Batch.MaxRequests != 50 {
		t.Errorf("got %+v", got)
	}
}

func TestWrongKeys(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"", "short", strings.Repeat("x", 32), key + "x"} {
		if _, err := settings.Open(t.Context(), drawer{"settings": []byte(vector)}, k); err == nil {
			t.Errorf("key %q opened the settings", k)
		}
	}
}
