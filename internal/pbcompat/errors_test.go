package pbcompat_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/pbcompat"
)

func TestTranslate(t *testing.T) {
	t.Parallel()
	nested := fault.Fields{"otp": fault.AtLeast(4).On("length"), "fields": fault.Required().On("name").On("2")}
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"no fault":        {errors.New("disk on fire"), `{"data":{},"message":"Something went wrong while processing your request.","status":500}`},
		"internal words":  {fault.New(fault.Internal, "table x is gone"), `{"data":{},"message":"Something went wrong while processing your request.","status":500}`},
		"invalid":         {fault.New(fault.Invalid, ""), `{"data":{},"message":"Something went wrong while processing your request.","status":400}`},
		"unauthorized":    {fault.New(fault.Unauthorized, ""), `{"data":{},"message":"Missing or invalid authentication.","status":401}`},
		"forbidden":       {fault.New(fault.Forbidden, ""), `{"data":{},"message":"You are not allowed to perform this request.","status":403}`},
		"not found":       {fault.New(fault.NotFound, ""), `{"data":{},"message":"The requested resource wasn't found.","status":404}`},
		"too large":       {fault.New(fault.TooLarge, ""), `{"data":{},"message":"Request entity too large.","status":413}`},
		"too many":        {fault.New(fault.TooMany, ""), `{"data":{},"message":"Too Many Requests.","status":429}`},
		"unavailable":     {fault.New(fault.Unavailable, ""), `{"data":{},"message":"The service is busy. Try again in a moment.","status":503}`},
		"wrapped":         {fmt.Errorf("view x/y: %w", fault.New(fault.NotFound, "gone")), `{"data":{},"message":"Gone.","status":404}`},
		"sentence":        {fault.New(fault.Invalid, "übel? <b>"), `{"data":{},"message":"Übel? <b>.","status":400}`},
		"asks":            {fault.New(fault.Invalid, "really?"), `{"data":{},"message":"Really?","status":400}`},
		"fields":          {fault.Required().On("title"), `{"data":{"title":{"code":"validation_required","message":"Cannot be blank."}},"message":"Something went wrong while processing your request.","status":400}`},
		"nested":          {nested.Err(), `{"data":{"fields":{"2":{"name":{"code":"validation_required","message":"Cannot be blank."}}},"otp":{"length":{"code":"validation_min_greater_equal_than_required","message":"Must be no less than 4.","params":{"threshold":4}}}},"message":"Something went wrong while processing your request.","status":400}`},
		"secret field":    {fault.New(fault.Invalid, "SQL error").On("a"), `{"data":{"a":{"code":"validation_invalid_value","message":"Invalid value."}},"message":"Something went wrong while processing your request.","status":400}`},
		"fields of a 403": {&fault.Error{Kind: fault.Forbidden, Fields: nested}, `{"data":{},"message":"You are not allowed to perform this request.","status":403}`},
	} {
		if got := string(pbcompat.Translate(tc.err).AppendJSON(nil)); got != tc.want {
			t.Errorf("%s:\n got  %s\n want %s", name, got, tc.want)
		}
	}
}
