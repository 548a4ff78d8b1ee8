package settings

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/rule"
)

// Channel lets clients speak to each other over topics of one form. Its rules are asked like those of
// collections, of a record that has the parameters of the name as its fields, and the topic.
type Channel struct {
	Name        string  `json:"name"`        // "rooms/:room": texts and parameters between slashes
	JoinRule    *string `json:"joinRule"`    // who hears what is said, and who is there; null: superusers alone
	PublishRule *string `json:"publishRule"` // who may say something; null: superusers alone
	Presence    bool    `json:"presence"`    // members are told who is there
}

// Bounds of channels.
const (
	maxChannels    = 100
	maxChannelName = 200 // bytes
)

var (
	channelName = regexp.MustCompile(`^[A-Za-z0-9][\w.-]*(/([\w.-]+|:[a-z]\w*))*$`)
	// reservedName begins names of events that are ours.
	reservedName = regexp.MustCompile(`^(PB|HD)_`)
	parameter    = regexp.MustCompile(`:(\w+)`)
)

func (r Realtime) checkChannels() error {
	if n := len(r.Channels); n > maxChannels {
		return fault.Newf(fault.Invalid, "The length must be no more than %d.", maxChannels).
			Coded("validation_length_too_long").With("min", 0).With("max", maxChannels)
	}
	fs := fault.Fields{}
	forms := map[string]bool{}
	for i, c := range r.Channels {
		form := parameter.ReplaceAllString(c.Name, ":")
		fs.Add(strconv.Itoa(i), c.check(forms[form]))
		forms[form] = true
	}
	return fs.Err()
}

// check judges a channel; known says that another one is for the same topics.
func (c Channel) check(known bool) error {
	fs := fault.Fields{}
	switch {
	case len(c.Name) > maxChannelName, !channelName.MatchString(c.Name), reservedName.MatchString(c.Name), c.badParameters():
		fs.Add("name", first(required(c.Name == ""), fault.Match()))
	case known:
		fs.Add("name", fault.NotUnique())
	}
	fs.Add("joinRule", badRule(c.JoinRule))
	fs.Add("publishRule", badRule(c.PublishRule))
	return fs.Err()
}

// badParameters reports whether a parameter comes twice, or has the name of the field that is the whole topic.
func (c Channel) badParameters() bool {
	seen := map[string]bool{"topic": true}
	for _, m := range parameter.FindAllStringSubmatch(c.Name, -1) {
		if name := m[1]; seen[name] || strings.HasPrefix(name, "collection") {
			return true
		}
		seen[m[1]] = true
	}
	return false
}

// badRule judges what can be judged without knowing the collections.
func badRule(text *string) error {
	if text == nil || *text == "" {
		return nil
	}
	if _, err := rule.Parse(*text); err != nil {
		return InvalidRule(err)
	}
	return nil
}

// InvalidRule is the fault of a rule that cannot be asked.
func InvalidRule(err error) error {
	return fault.Field("validation_invalid_rule", "Invalid rule. Raw error: "+err.Error())
}
