package caller_test

import (
	"context"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

func TestTheZeroCallerIsAGuest(t *testing.T) {
	t.Parallel()
	by := new(caller.Caller)
	if by.Trust != caller.Guest || by.IsSuper() {
		t.Errorf("trust %d, super %v", by.Trust, by.IsSuper())
	}
	for trust, want := range map[caller.Trust]bool{caller.User: false, caller.Superuser: true, caller.System: true} {
		if got := (&caller.Caller{Trust: trust}).IsSuper(); got != want {
			t.Errorf("trust %d: IsSuper = %v", trust, got)
		}
	}
}

func TestIsNeedsBothRecordAndCollection(t *testing.T) {
	t.Parallel()
	users, others := schema.New(schema.Auth, "users"), schema.New(schema.Auth, "others")
	users.ID, others.ID = "users1", "others1"
	users.Seal()
	rec := record.New(users)
	if err := rec.Set("id", "ann"); err != nil {
		t.Fatal(err)
	}
	by := &caller.Caller{Trust: caller.User, Auth: rec}
	if !by.Is(users, "ann") || by.Is(users, "bob") || by.Is(others, "ann") {
		t.Error("the same id in another collection is somebody else")
	}
	if new(caller.Caller).Is(users, "") {
		t.Error("a guest is somebody")
	}
}

func TestInLeavesTheCallerAlone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	by := caller.AsSystem(now)
	if in := by.In(caller.ContextExpand); in.Context != caller.ContextExpand || in.Trust != caller.System || !in.Now.Equal(now) {
		t.Errorf("In = %+v", in)
	}
	if by.Context != caller.ContextDefault {
		t.Errorf("the caller's own context became %q", by.Context)
	}
}

func TestContextCarriesTheCaller(t *testing.T) {
	t.Parallel()
	by := new(caller.Caller)
	if got := caller.From(caller.With(t.Context(), by)); got != by {
		t.Errorf("From = %p, want %p", got, by)
	}
	if got := caller.From(context.Background()); got != nil {
		t.Errorf("a caller out of nowhere: %v", got)
	}
}
