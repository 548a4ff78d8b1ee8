package holdall

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// followRename rewrites the labels of rate limits that name a renamed collection.
func (a *App) followRename(renamed map[string]string, _ []string) {
	limits := a.settings.Current().RateLimits
	limits.Rules = slices.Clone(limits.Rules)
	changed := false
	for i, r := range limits.Rules {
		name, action, ok := strings.Cut(r.Label, ":")
		if to, hit := renamed[name]; ok && hit {
			limits.Rules[i].Label, changed = to+":"+action, true
		}
	}
	if !changed {
		return
	}
	raw, err := json.Marshal(map[string]any{"rateLimits": limits})
	if err == nil {
		_, err = a.settings.Patch(context.Background(), raw)
	}
	if err != nil {
		a.o.Log.Error("rate limits of a renamed collection keep its old name", "error", err)
	}
}
