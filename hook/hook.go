// Package hook is where programs join what Holdall does: points, phases and events.
package hook

import (
	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/record"
)

// Write is the event of Create, Update and Delete.
type Write struct {
	By       *caller.Caller
	Old, New *record.Record // Old is nil on create, New on delete
}

// Points are all points there are.
type Points struct{}
