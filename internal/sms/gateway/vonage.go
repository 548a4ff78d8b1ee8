package gateway

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/holdall-dev/holdall/internal/sms"
)

// vonage is the SMS API: a form, and an answer that is 200 even when it refuses. Numbers go without their plus.
func vonage(g gw, m sms.Message) (*ask, error) {
	form := url.Values{
		"api_key": {g.Account}, "api_secret": {g.Secret}, "from": {strings.TrimPrefix(g.From, "+")},
		"to": {strings.TrimPrefix(m.To, "+")}, "text": {m.Text}, "client-ref": {m.Key},
	}
	if !ascii(m.Text) {
		form.Set("type", "unicode")
	}
	a := postForm(g.at("/sms/json"), form)
	a.judge = judgeVonage
	return a, nil
}

// vonageFinal are the statuses of a number that cannot be reached: unknown to the network, barred.
var vonageFinal = map[string]bool{"6": true, "7": true}

func judgeVonage(status int, body []byte) *sms.Error {
	var said struct {
		Messages []struct {
			Status string `json:"status"`
			Words  string `json:"error-text"`
		} `json:"messages"`
	}
	if !fine(status) || json.Unmarshal(body, &said) != nil || len(said.Messages) == 0 {
		return &sms.Error{}
	}
	for _, part := range said.Messages {
		if part.Status != "0" {
			return &sms.Error{Code: part.Status, Words: part.Words, Final: vonageFinal[part.Status]}
		}
	}
	return nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
