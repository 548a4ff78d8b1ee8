package gateway

import (
	"encoding/json"
	"net/url"

	"github.com/holdall-dev/holdall/internal/sms"
)

// bird is the Channels API: a message to a contact, named by its number.
func bird(g gw, m sms.Message) (*ask, error) {
	type contact struct {
		Key   string `json:"identifierKey"`
		Value string `json:"identifierValue"`
	}
	type text struct {
		Text string `json:"text"`
	}
	a, err := postJSON(g.at("/workspaces/"+url.PathEscape(g.Account)+"/channels/"+url.PathEscape(g.Channel)+"/messages"), map[string]any{
		"receiver":  map[string]any{"contacts": []contact{{"phonenumber", m.To}}},
		"body":      map[string]any{"type": "text", "text": text{m.Text}},
		"reference": m.Key,
	})
	if err != nil {
		return nil, err
	}
	a.header.Set("Authorization", "AccessKey "+g.Secret)
	a.header.Set("Idempotency-Key", m.Key)
	a.judge = judgeBird
	return a, nil
}

func judgeBird(status int, body []byte) *sms.Error {
	if fine(status) {
		return nil
	}
	var said struct {
		Code  string `json:"code"`
		Words string `json:"message"`
	}
	_ = json.Unmarshal(body, &said) // what cannot be read has no code
	return &sms.Error{Code: said.Code, Words: said.Words}
}
