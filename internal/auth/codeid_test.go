package auth_test

import (
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/schema"
)

// TestCodeID: an id shows by itself which address it is of and how old it is, whoever made the address up.
func TestCodeID(t *testing.T) {
	t.Parallel()
	c := &schema.Collection{Auth: &schema.AuthOptions{AuthToken: schema.Token{Secret: "secret"}}}
	ann, bob := auth.Tag(c, "ann"), auth.Tag(c, "bob")
	if len(ann) != auth.TagChars || ann == bob || ann != auth.Tag(c, "ann") {
		t.Fatalf("tags %q and %q", ann, bob)
	}
	given := time.Unix(auth.TimeSpan-5, 0) // the seconds begin anew meanwhile
	one, other := auth.NewID(ann, given), auth.NewID(ann, given.Add(time.Minute))
	if len(one) != auth.IDLength || one == other || auth.TagOf(one) != ann || auth.TagOf(other) != ann {
		t.Errorf("ids %q and %q of %q", one, other, ann)
	}
	for _, spelling := range []string{one + "\x00", "\ufffd" + one + " ", one[:8] + "-" + one[8:]} {
		if auth.TagOf(spelling) != ann {
			t.Errorf("%q has the tag %q", spelling, auth.TagOf(spelling))
		}
	}
	for age, want := range map[time.Duration]bool{0: true, time.Minute: true, 61 * time.Second: false, 24 * time.Hour: false, -2 * time.Second: false} {
		if got := auth.IsYoung(one, time.Minute, given.Add(age)); got != want {
			t.Errorf("after %v: %v, want %v", age, got, want)
		}
	}
	for _, id := range []string{"", "x", one + "x", "??????????" + ann} {
		if auth.IsYoung(id, time.Hour, given) || len(auth.TagOf(id)) > auth.TagChars {
			t.Errorf("%q is taken for a young one", id)
		}
	}
}
