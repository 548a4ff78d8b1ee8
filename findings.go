package holdall

import "github.com/holdall-dev/holdall/internal/dashboard"

// Levels of findings.
const (
	Danger  = dashboard.Danger  // strangers can change data, or read what is hidden
	Warning = dashboard.Warning // worth a look
)

// Finding is something about access that deserves a look.
type Finding struct {
	Level      string `json:"level"`
	Collection string `json:"collection"` // by name; "" when it is about the whole server
	Action     string `json:"action"`     // a rule: list, view, create, update, delete; or a part of signing in: methods, tokens
	Text       string `json:"text"`       // a sentence
}

// Findings tells what of the access rules, of signing in and of the origins is open, or at odds with itself: the same
// that the dashboard shows, dangers first.
func (a *App) Findings() []Finding {
	all := []Finding{}
	for _, f := range a.desk.Findings() {
		all = append(all, Finding(f))
	}
	return all
}
