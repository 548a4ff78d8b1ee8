package gateway

import (
	"encoding/json"

	"github.com/holdall-dev/holdall/internal/sms"
)

// messageBird is the classic SMS API of that name.
func messageBird(g gw, m sms.Message) (*ask, error) {
	coding := "plain"
	if !ascii(m.Text) {
		coding = "unicode"
	}
	a, err := postJSON(g.at("/messages"), map[string]any{
		"originator": g.From, "recipients": []string{m.To}, "body": m.Text, "datacoding": coding, "reference": m.Key,
	})
	if err != nil {
		return nil, err
	}
	a.header.Set("Authorization", "AccessKey "+g.Secret)
	a.judge = judgeMessageBird
	return a, nil
}

// Codes of parameters that are wrong or missing.
const (
	messageBirdInvalid = 10
	messageBirdMissing = 9
)

func judgeMessageBird(status int, body []byte) *sms.Error {
	var said struct {
		Recipients struct {
			Sent int `json:"totalSentCount"`
		} `json:"recipients"`
		Errors []struct {
			Code      int    `json:"code"`
			Words     string `json:"description"`
			Parameter string `json:"parameter"`
		} `json:"errors"`
	}
	bad := json.Unmarshal(body, &said) != nil
	if fine(status) && !bad && said.Recipients.Sent > 0 {
		return nil
	}
	e := &sms.Error{}
	if len(said.Errors) > 0 {
		first := said.Errors[0]
		wrong := first.Code == messageBirdInvalid || first.Code == messageBirdMissing
		e.Code, e.Words = number(first.Code), first.Words
		e.Final = wrong && (first.Parameter == "recipient" || first.Parameter == "recipients")
	}
	return e
}
