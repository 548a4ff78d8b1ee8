package auth

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/phone"
	"github.com/holdall-dev/holdall/internal/sms"
)

// TestSMS sends a message with a made-up code, to see whether it arrives. No limit holds it: superusers know what they pay.
// Fault: Invalid; its message has the gateway's own words.
func (s *Service) TestSMS(ctx context.Context, in Input) error {
	text, err := in.Text("to")
	if err != nil {
		return err
	}
	via, err := in.Text("provider")
	if err != nil {
		return err
	}
	number, ok := phone.Normal(text)
	fs := fault.Fields{}
	switch {
	case text == "":
		fs.Add("to", fault.Required())
	case !ok:
		fs.Add("to", fault.Field("validation_invalid_phone", "Must be a phone number with its country, such as +491711234567."))
	}
	if f := fs.Error(); f != nil {
		f.Msg = "Failed to send the test message."
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	err = s.SMS.Send(ctx, sms.Message{
		To: number, Text: s.Settings().Meta.AppName + ": this is a test, your code is 123456", Code: "123456",
		Key: "test-" + field.RandomText(idLength, idChars), Via: via,
	})
	if err == nil {
		return nil
	}
	words := err.Error()
	if e, ok := errors.AsType[*sms.Error](err); ok && e.Words != "" {
		words += ": " + e.Words
	}
	return fault.Newf(fault.Invalid, "Failed to send the test message. Raw error: \n%v", words).Because(err)
}
