package gateway_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/internal/sms"
	"github.com/holdall-dev/holdall/internal/sms/gateway"
)

var (
	now     = time.Unix(1_700_000_000, 0)
	message = sms.Message{To: "+491711234567", Text: "Shop: your code is 042137\n\n@shop.example #042137", Code: "042137", Key: "otp1", Collection: "users", Record: "ann"}
)

// vendor is a gateway's server: it checks a request and answers as it is told to.
type vendor struct {
	*httptest.Server
	asked  atomic.Int32
	status int
	say    string
}

func newVendor(t *testing.T, status int, say string, check func(*testing.T, *http.Request, []byte)) *vendor {
	t.Helper()
	v := &vendor{status: status, say: say}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.asked.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		if check != nil {
			check(t, r, body)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(v.status)
		_, _ = io.WriteString(w, v.say)
	}))
	t.Cleanup(v.Close)
	return v
}

// sender sends through gateways that listen on this machine.
func sender(t *testing.T, list ...sms.Gateway) *gateway.Sender {
	t.Helper()
	guard, err := netguard.New(netguard.Options{Allow: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	client := guard.Client(netguard.Limits{Bytes: 4 << 10, Time: 5 * time.Second})
	t.Cleanup(client.CloseIdleConnections)
	return &gateway.Sender{Client: client, Now: func() time.Time { return now }, Gateways: func() sms.Gateways { return list }}
}

func wantForm(want url.Values) func(*testing.T, *http.Request, []byte) {
	return func(t *testing.T, r *http.Request, body []byte) {
		t.Helper()
		got, err := url.ParseQuery(string(body))
		if err != nil || !reflect.DeepEqual(got, want) || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("the form is %v, want %v (%v)", got, want, err)
		}
	}
}

func wantJSON(want string) func(*testing.T, *http.Request, []byte) {
	return func(t *testing.T, r *http.Request, body []byte) {
		t.Helper()
		var a, b any
		if json.Unmarshal(body, &a) != nil || json.Unmarshal([]byte(want), &b) != nil || !reflect.DeepEqual(a, b) || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("the body is %s, want %s", body, want)
		}
	}
}

func wantRequest(path, authorization string, then func(*testing.T, *http.Request, []byte)) func(*testing.T, *http.Request, []byte) {
	return func(t *testing.T, r *http.Request, body []byte) {
		t.Helper()
		if r.URL.Path != path || r.Header.Get("Authorization") != authorization {
			t.Errorf("asked %s as %q, want %s as %q", r.URL.Path, r.Header.Get("Authorization"), path, authorization)
		}
		then(t, r, body)
	}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// vendors are how each gateway wants to be asked, by the vendors' references, and what it answers.
var vendors = []struct {
	name   string
	config sms.Gateway
	check  func(*testing.T, *http.Request, []byte)
	taken  answer
	// refuses are answers that are no success; final ones are about the number.
	refuses []answer
}{
	{
		"twilio", sms.Gateway{Type: "twilio", Account: "AC1", Secret: "s3cret", From: "+15005550006"},
		wantRequest("/2010-04-01/Accounts/AC1/Messages.json", basic("AC1", "s3cret"),
			wantForm(url.Values{"To": {"+491711234567"}, "From": {"+15005550006"}, "Body": {message.Text}})),
		answer{201, `{"sid":"SM1","status":"queued","error_code":null,"error_message":null}`, "", false},
		[]answer{
			{400, `{"code":21211,"message":"Invalid 'To' Phone Number","more_info":"…","status":400}`, "21211", true},
			{400, `{"code":21610,"message":"Attempt to send to unsubscribed recipient","status":400}`, "21610", true},
			{401, `{"code":20003,"message":"Authenticate","status":401}`, "20003", false},
			{429, `{"code":20429,"message":"Too many requests","status":429}`, "20429", false},
			{201, `{"sid":"SM1","status":"failed","error_code":30008,"error_message":"Unknown"}`, "30008", false},
			{503, `<html>`, "", false},
		},
	},
	{
		"twilio with an API key and a service", sms.Gateway{Type: "twilio", Account: "AC1", Key: "SK1", Secret: "s3cret", Channel: "MG1"},
		wantRequest("/2010-04-01/Accounts/AC1/Messages.json", basic("SK1", "s3cret"),
			wantForm(url.Values{"To": {"+491711234567"}, "MessagingServiceSid": {"MG1"}, "Body": {message.Text}})),
		answer{201, `{"sid":"SM1","status":"accepted"}`, "", false}, nil,
	},
	{
		"vonage", sms.Gateway{Type: "vonage", Account: "key", Secret: "s3cret", From: "+447700900000"},
		wantRequest("/sms/json", "", wantForm(url.Values{
			"api_key": {"key"}, "api_secret": {"s3cret"}, "from": {"447700900000"}, "to": {"491711234567"}, "text": {message.Text}, "client-ref": {"otp1"},
		})),
		answer{200, `{"message-count":"1","messages":[{"to":"491711234567","message-id":"1","status":"0","remaining-balance":"3.1"}]}`, "", false},
		[]answer{
			{200, `{"message-count":"1","messages":[{"status":"1","error-text":"Throughput Rate Exceeded"}]}`, "1", false},
			{200, `{"message-count":"1","messages":[{"status":"4","error-text":"Bad Credentials"}]}`, "4", false},
			{200, `{"message-count":"1","messages":[{"status":"6","error-text":"Unroutable message"}]}`, "6", true},
			{200, `{"message-count":"1","messages":[{"status":"7","error-text":"Number barred"}]}`, "7", true},
			{200, `{"message-count":"2","messages":[{"status":"0"},{"status":"9"}]}`, "9", false},
			{200, `{"messages":[]}`, "", false},
			{429, ``, "", false},
		},
	},
	{
		"messagebird", sms.Gateway{Type: "messagebird", Secret: "s3cret", From: "Shop"},
		wantRequest("/messages", "AccessKey s3cret", wantJSON(`{"originator":"Shop","recipients":["+491711234567"],"body":"Shop: your code is 042137\n\n@shop.example #042137","datacoding":"plain","reference":"otp1"}`)),
		answer{201, `{"id":"1","recipients":{"totalCount":1,"totalSentCount":1,"totalDeliveredCount":0,"items":[]}}`, "", false},
		[]answer{
			{201, `{"id":"1","recipients":{"totalCount":1,"totalSentCount":0}}`, "", false},
			{422, `{"errors":[{"code":9,"description":"no (correct) recipients found","parameter":"recipient"}]}`, "9", true},
			{422, `{"errors":[{"code":10,"description":"originator is invalid","parameter":"originator"}]}`, "10", false},
			{401, `{"errors":[{"code":2,"description":"Request not allowed (incorrect access_key)","parameter":"access_key"}]}`, "2", false},
			{402, `{"errors":[{"code":25,"description":"Not enough balance","parameter":null}]}`, "25", false},
		},
	},
	{
		"bird", sms.Gateway{Type: "bird", Account: "w1", Channel: "c1", Secret: "s3cret"},
		wantRequest("/workspaces/w1/channels/c1/messages", "AccessKey s3cret", wantJSON(`{"receiver":{"contacts":[{"identifierKey":"phonenumber","identifierValue":"+491711234567"}]},"body":{"type":"text","text":{"text":"Shop: your code is 042137\n\n@shop.example #042137"}},"reference":"otp1"}`)),
		answer{202, `{"id":"1","status":"accepted"}`, "", false},
		[]answer{
			{401, `{"code":"Unauthorized","message":"no"}`, "Unauthorized", false},
			{422, `{"code":"InvalidPayload","message":"no"}`, "InvalidPayload", false},
			{500, ``, "", false},
		},
	},
	{
		"webhook", sms.Gateway{Type: "webhook", Secret: "whsec_c2VjcmV0IG9mIHNvbWUgbGVuZ3Ro"},
		wantRequest("/", "", signed([]byte("secret of some length"),
			wantJSON(`{"type":"sms","to":"+491711234567","text":"Shop: your code is 042137\n\n@shop.example #042137","code":"042137","channel":"sms","collection":"users","record":"ann"}`))),
		answer{204, ``, "", false},
		[]answer{{422, ``, "", true}, {410, ``, "", false}, {500, ``, "", false}, {302, ``, "", false}},
	},
}

// signed checks what Standard Webhooks ask for.
func signed(key []byte, then func(*testing.T, *http.Request, []byte)) func(*testing.T, *http.Request, []byte) {
	return func(t *testing.T, r *http.Request, body []byte) {
		t.Helper()
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("otp1.1700000000." + string(body)))
		want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if r.Header.Get("webhook-id") != "otp1" || r.Header.Get("webhook-timestamp") != "1700000000" || r.Header.Get("webhook-signature") != want {
			t.Errorf("the headers are %v, want the signature %s", r.Header, want)
		}
		then(t, r, body)
	}
}

type answer struct {
	status int
	body   string
	code   string
	final  bool
}

func TestVendors(t *testing.T) {
	t.Parallel()
	for _, tc := range vendors {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for i, a := range append([]answer{tc.taken}, tc.refuses...) {
				v := newVendor(t, a.status, a.body, tc.check)
				tc.config.URL = v.URL
				err := sender(t, tc.config).Send(t.Context(), message)
				if i == 0 {
					if err != nil || v.asked.Load() != 1 {
						t.Errorf("%v after %d requests", err, v.asked.Load())
					}
					continue
				}
				e, ok := errors.AsType[*sms.Error](err)
				if !ok || e.Status != a.status && e.Cause == nil || e.Code != a.code || errors.Is(err, sms.ErrFinal) != a.final {
					t.Errorf("%d %s: %#v (%v), want code %q, final %v", a.status, a.body, e, err, a.code, a.final)
				}
				for _, secret := range []string{"s3cret", "1711234567", "042137", v.URL} {
					if err != nil && strings.Contains(err.Error(), secret) {
						t.Errorf("the error says %q", err)
					}
				}
			}
		})
	}
}

// TestEveryType: each type of the table has its vendor, and each vendor is examined.
func TestEveryType(t *testing.T) {
	t.Parallel()
	for _, typ := range sms.Types {
		examined := typ.Name == sms.TypeLog
		for _, v := range vendors {
			examined = examined || v.config.Type == typ.Name
		}
		if !examined {
			t.Errorf("nobody examines %s", typ.Name)
		}
	}
}

func TestUnicode(t *testing.T) {
	t.Parallel()
	m := message
	m.Text = "Café: 042137"
	v := newVendor(t, 200, `{"messages":[{"status":"0"}]}`, func(t *testing.T, _ *http.Request, body []byte) {
		if form, _ := url.ParseQuery(string(body)); form.Get("type") != "unicode" || form.Get("text") != m.Text {
			t.Errorf("%s", body)
		}
	})
	if err := sender(t, sms.Gateway{Type: "vonage", URL: v.URL}).Send(t.Context(), m); err != nil {
		t.Error(err)
	}
}

// TestFailOver: a gateway that fails leaves the message to the next; one that knows the number ends it.
func TestFailOver(t *testing.T) {
	t.Parallel()
	down := newVendor(t, 503, ``, nil)
	good := newVendor(t, 201, `{"recipients":{"totalSentCount":1}}`, nil)
	knows := newVendor(t, 400, `{"code":21211}`, nil)
	bird := sms.Gateway{Type: "messagebird", URL: good.URL}
	if err := sender(t, sms.Gateway{Type: "webhook", URL: down.URL}, bird).Send(t.Context(), message); err != nil || good.asked.Load() != 1 {
		t.Errorf("%v, the second was asked %d times", err, good.asked.Load())
	}
	err := sender(t, sms.Gateway{Type: "twilio", URL: knows.URL}, bird).Send(t.Context(), message)
	if !errors.Is(err, sms.ErrFinal) || good.asked.Load() != 1 {
		t.Errorf("%v, the second was asked %d times", err, good.asked.Load())
	}
	if err := sender(t).Send(t.Context(), message); !errors.Is(err, sms.ErrNoGateway) {
		t.Errorf("without a gateway: %v", err)
	}
}

// TestBadGateways: an endless answer, none at all, and an address that must not be reached are errors, and soon.
func TestBadGateways(t *testing.T) {
	t.Parallel()
	endless := newVendor(t, 200, strings.Repeat("x", 8<<10), nil)
	deaf := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client is gone
		<-r.Context().Done()
	}))
	defer deaf.Close()
	guard, err := netguard.New(netguard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := sender(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Through(ctx, sms.Gateway{Type: "webhook", URL: deaf.URL}, message); err == nil {
		t.Error("a deaf gateway took a message")
	}
	if err := s.Through(t.Context(), sms.Gateway{Type: "webhook", URL: endless.URL}, message); !errors.Is(err, netguard.ErrTooLarge) {
		t.Errorf("an endless answer: %v", err)
	}
	s.Client = guard.Client(netguard.Limits{Bytes: 4 << 10, Time: time.Second})
	defer s.Client.CloseIdleConnections()
	if err := s.Through(t.Context(), sms.Gateway{Type: "webhook", URL: endless.URL}, message); !errors.Is(err, netguard.ErrClosed) {
		t.Errorf("a private address: %v", err)
	}
	if err := s.Through(t.Context(), sms.Gateway{Type: "webhook", URL: ":"}, message); err == nil {
		t.Error("a malformed URL")
	}
	if err := s.Through(t.Context(), sms.Gateway{Type: "pigeon"}, message); err == nil {
		t.Error("a gateway of no type")
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	s := sender(t, sms.Gateway{Type: sms.TypeLog})
	if err := s.Send(t.Context(), message); err == nil || strings.Contains(err.Error(), message.Code) {
		t.Errorf("outside of development: %v", err)
	}
	shown := 0
	s.Show = func(sms.Message) error { shown++; return nil }
	if err := s.Send(t.Context(), message); err != nil {
		t.Error(err)
	}
	s.Gateways = func() sms.Gateways { return nil }
	if err := s.Send(t.Context(), message); err != nil || shown != 2 {
		t.Errorf("%v, %d shown", err, shown)
	}
}
