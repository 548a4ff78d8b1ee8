package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/internal/sms"
)

// webhook is whatever the operator has: JSON, signed as Standard Webhooks say, so that libraries can check it.
// A secret of the form whsec_… is base64, any other is taken as it is.
func webhook(g gw, m sms.Message) (*ask, error) {
	a, err := postJSON(g.URL, struct {
		Type       string `json:"type"`
		To         string `json:"to"`
		Text       string `json:"text"`
		Code       string `json:"code"`
		Channel    string `json:"channel"`
		Collection string `json:"collection"`
		Record     string `json:"record"`
	}{"sms", m.To, m.Text, m.Code, "sms", m.Collection, m.Record})
	if err != nil {
		return nil, err
	}
	at := strconv.FormatInt(g.now.Unix(), 10)
	mac := hmac.New(sha256.New, signingKey(g.Secret))
	mac.Write([]byte(m.Key + "." + at + "." + string(a.body)))
	a.header.Set("Webhook-Id", m.Key)
	a.header.Set("Webhook-Timestamp", at)
	a.header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	a.judge = judgeWebhook
	return a, nil
}

func signingKey(secret string) []byte {
	if rest, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if key, err := base64.StdEncoding.DecodeString(rest); err == nil {
			return key
		}
	}
	return []byte(secret)
}

const unprocessable = 422

// judgeWebhook takes 422 as a word about the number: no other try, and no other gateway, will do.
func judgeWebhook(status int, _ []byte) *sms.Error {
	if fine(status) {
		return nil
	}
	return &sms.Error{Final: status == unprocessable}
}
