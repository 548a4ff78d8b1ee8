package gateway

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/holdall-dev/holdall/internal/sms"
)

// twilio is the Messages resource of 2010-04-01: a form, with basic credentials of the account or of an API key.
func twilio(g gw, m sms.Message) (*ask, error) {
	form := url.Values{"To": {m.To}, "Body": {m.Text}}
	if g.Channel != "" {
		form.Set("MessagingServiceSid", g.Channel)
	} else {
		form.Set("From", g.From)
	}
	a := postForm(g.at("/2010-04-01/Accounts/"+url.PathEscape(g.Account)+"/Messages.json"), form)
	user := g.Key
	if user == "" {
		user = g.Account
	}
	a.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+g.Secret)))
	a.judge = judgeTwilio
	return a, nil
}

// twilioFinal are the codes of a number that takes no messages: none such, unreachable, unsubscribed, a landline.
var twilioFinal = map[int]bool{21211: true, 21214: true, 21217: true, 21421: true, 21610: true, 21614: true}

func judgeTwilio(status int, body []byte) *sms.Error {
	var said struct {
		Status       json.RawMessage `json:"status"` // of the message, or that of HTTP when it failed
		Code         int             `json:"code"`
		Message      string          `json:"message"`
		ErrorCode    int             `json:"error_code"`
		ErrorMessage string          `json:"error_message"`
	}
	bad := json.Unmarshal(body, &said) != nil
	switch state := string(said.Status); {
	case fine(status) && !bad && state != `"failed"` && state != `"undelivered"`:
		return nil
	case said.Code == 0:
		said.Code, said.Message = said.ErrorCode, said.ErrorMessage
	}
	return &sms.Error{Code: number(said.Code), Words: said.Message, Final: twilioFinal[said.Code]}
}

// number is a code as text, "" for none.
func number(code int) string {
	if code == 0 {
		return ""
	}
	return strconv.Itoa(code)
}
