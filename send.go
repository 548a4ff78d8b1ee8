package holdall

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/holdall-dev/holdall/fault"
)

// Send tells all clients that listen to a topic what the program wants to tell them: data, as JSON. Rules are not
// asked, and nobody needs to have declared the topic; a topic of a collection is none of a program's. What is
// sent is not kept: a client that is not there does not hear of it.
//
// Faults: Invalid for a topic of a collection.
func (a *App) Send(ctx context.Context, topic string, data any) error {
	name, _, _ := strings.Cut(topic, "/")
	if c, ok := a.catalog.Current().Find(name); ok && (c.Name == name || c.ID == name) {
		return fault.Newf(fault.Invalid, "%q is a topic of the collection %s.", topic, c.Name)
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("send to %s: %w", topic, err)
	}
	return a.realtime.Send(ctx, topic, raw)
}
