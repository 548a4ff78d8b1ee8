package faulttest_test

import (
	"testing"

	"github.com/holdall-dev/holdall/test/built"
	faulttest "github.com/holdall-dev/holdall/test/fault"
)

// TestCuts is the short form of the programme: the connection to PostgreSQL breaks in the middle of transactions, and
// what is repeated under its Idempotency-Key is done once.
func TestCuts(t *testing.T) {
	t.Parallel()
	s := faulttest.Cuts{Bin: built.Binary(t), Dir: t.TempDir(), Positions: 40, Away: 17}
	r, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Positions != s.Positions {
		t.Errorf("%+v", r)
	}
	if r.Cut < s.Positions/2 || r.Unknown == 0 || r.Refused == 0 {
		t.Errorf("too little was tried: %+v", r)
	}
}

// TestCutsNameless is the control: without a key the same programme must find requests that were done twice.
func TestCutsNameless(t *testing.T) {
	t.Parallel()
	r, err := faulttest.Cuts{Bin: built.Binary(t), Dir: t.TempDir(), Positions: 3, Away: 3, Nameless: true}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Unknown == 0 || r.Twice == 0 {
		t.Errorf("nothing was done twice: %+v", r)
	}
}
