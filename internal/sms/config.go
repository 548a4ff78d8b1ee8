package sms

import (
	"encoding/json"
	"slices"
)

// Gateway is one configured way out, as the settings hold it. Which of the fields mean something depends on the
// type; see [Types].
type Gateway struct {
	Name    string `json:"name"` // unique; "" is the type
	Type    string `json:"type"`
	URL     string `json:"url"`     // "": the vendor's own
	Account string `json:"account"` // twilio: account SID; vonage: API key; bird: workspace id
	Key     string `json:"key"`     // twilio: SID of an API key, when Secret is that key's
	Secret  string `json:"secret,omitempty"`
	From    string `json:"from"`    // a number or a name that the vendor lets us use
	Channel string `json:"channel"` // twilio: SID of a messaging service, instead of From; bird: channel id
}

// Label is what the gateway is called.
func (g Gateway) Label() string {
	if g.Name != "" {
		return g.Name
	}
	return g.Type
}

// Type is a kind of gateway: what it needs to be told.
type Type struct {
	Name  string
	URL   string   // where the vendor listens; "" must be configured
	Needs []string // names of fields that must be set, by their JSON names; "a|b" is one of two
}

// TypeLog prints messages for whoever develops, and does nothing elsewhere.
const TypeLog = "log"

// Types are all kinds of gateways. A new one is a row here and a file in the package gateway.
var Types = []Type{
	{"twilio", "https://api.twilio.com", []string{"account", "secret", "from|channel"}},
	{"vonage", "https://rest.nexmo.com", []string{"account", "secret", "from"}},
	{"messagebird", "https://rest.messagebird.com", []string{"secret", "from"}},
	{"bird", "https://api.bird.com", []string{"account", "channel", "secret"}},
	{"webhook", "", []string{"url", "secret"}},
	{TypeLog, "", nil},
}

// FindType returns the type of that name.
func FindType(name string) (Type, bool) {
	i := slices.IndexFunc(Types, func(t Type) bool { return t.Name == name })
	if i < 0 {
		return Type{}, false
	}
	return Types[i], true
}

// Value is a field by its JSON name.
func (g Gateway) Value(name string) string {
	switch name {
	case "url":
		return g.URL
	case "account":
		return g.Account
	case "secret":
		return g.Secret
	case "from":
		return g.From
	case "channel":
		return g.Channel
	}
	return ""
}

// Gateways are tried in order.
type Gateways []Gateway

// UnmarshalJSON merges a list by label: what an entry leaves out keeps its value, the secret above all; gateways
// that the list does not name go. null changes nothing.
func (gs *Gateways) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return err
	}
	next := make(Gateways, len(entries))
	for i, e := range entries {
		var head Gateway
		if err := json.Unmarshal(e, &head); err != nil {
			return err
		}
		if old, ok := gs.find(head.Label()); ok && old.sameAs(head) {
			next[i] = old
		}
		if err := json.Unmarshal(e, &next[i]); err != nil {
			return err
		}
	}
	*gs = next
	return nil
}

// sameAs reports whether the entry speaks of g still: a secret never follows to another place.
func (g Gateway) sameAs(e Gateway) bool {
	return (e.Type == "" || e.Type == g.Type) && (e.URL == "" || e.URL == g.URL)
}

func (gs Gateways) find(label string) (Gateway, bool) {
	for _, g := range gs {
		if g.Label() == label {
			return g, true
		}
	}
	return Gateway{}, false
}

// Public is a copy without secrets.
func (gs Gateways) Public() Gateways {
	open := slices.Clone(gs)
	for i := range open {
		open[i].Secret = ""
	}
	return open
}
