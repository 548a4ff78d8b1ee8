package dashboard_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/dashboard"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// endless is a store whose one collection never ends.
type endless struct{ store.Store }

func (endless) Select(ctx context.Context, _ store.Query, each func(store.Row) error) error {
	for _, text := range []string{"a", "b", "a"} {
		if err := each(row{text: text}); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

type row struct {
	store.Row
	text string
}

func (r row) Text(int) []byte { return []byte(r.text) }

// TestValuesEndInTime: after two seconds what was read is told, and that it is not all; groups need all of it.
func TestValuesEndInTime(t *testing.T) {
	t.Parallel()
	c, err := schema.Decode([]byte(`{"name":"long","type":"base","fields":[{"name":"t","type":"text"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	c.Complete(func(string) bool { return false })
	c.Seal()
	by := &caller.Caller{Trust: caller.Superuser}
	synctest.Test(t, func(t *testing.T) {
		gate := access.New(func() *schema.Catalog { return schema.NewCatalog([]*schema.Collection{c}) })
		s := dashboard.New(dashboard.Needs{Store: endless{}, Gate: gate})
		got, err := s.Values(t.Context(), by, c, "t", "", false)
		if err != nil {
			t.Fatal(err)
		}
		if got.Whole || got.Records != 3 || got.Distinct != 2 || got.Top[0] != (dashboard.Tally{Value: "a", Count: 2}) {
			t.Errorf("got %+v", got)
		}
		if _, err := s.Values(t.Context(), by, c, "t", "", true); !fault.Is(err, fault.Invalid) {
			t.Errorf("groups of what was not read: %v", err)
		}
	})
}
