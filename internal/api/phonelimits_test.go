package api_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// waits is how long an answer says to wait.
func waits(s said) time.Duration {
	n, _ := strconv.Atoi(s.header.Get("Retry-After"))
	return time.Duration(n) * time.Second
}

// TestPhoneFlood: a number gets a message in a minute, then in two, up to fifteen minutes, and five in a day; it makes
// no difference who asks.
func TestPhoneFlood(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	p.register(fields{"phone": ann})
	n := 0
	ask := func(number string) said {
		n++
		p.ip = fmt.Sprintf("198.51.100.%d", n)
		return p.request(number)
	}
	for i, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
		p.must(200, ask(ann))
		p.next()
		if s := ask(ann); s.status != 429 || waits(s) != want {
			t.Errorf("after message %d: %d, wait %v; want 429, %v", i+1, s.status, waits(s), want)
		}
		if s := ask("+49172000" + fmt.Sprintf("%04d", i)); s.status != 200 {
			t.Errorf("another number: %v", s)
		}
		p.clock.wait(want - time.Second)
		p.must(429, ask(ann))
		p.clock.wait(time.Second)
		if i == 1 {
			p.restart() // the count outlives the process
		}
	}
	p.must(200, ask(ann))
	p.next()
	p.clock.wait(15 * time.Minute)
	if s := ask(ann); s.status != 429 || waits(s) != 24*time.Hour-30*time.Minute {
		t.Errorf("the sixth in a day: %d, wait %v", s.status, waits(s))
	}
	p.clock.wait(24*time.Hour - 30*time.Minute)
	p.must(200, ask(ann))
	p.next()
}

// TestPhonePumping: ten requests an hour from one network, IPv6 by its first half, whatever numbers they name.
func TestPhonePumping(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	for _, ips := range [][]string{{"192.0.2.9"}, {"2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2:3::3"}} {
		for n := range 12 {
			p.ip = ips[n%len(ips)]
			want := 200
			if n >= 10 {
				want = http.StatusTooManyRequests
			}
			s := p.request(fmt.Sprintf("+4917300%05d", n+1000*len(ips)))
			if s.status != want {
				t.Errorf("request %d from %s: %v, want %d", n+1, p.ip, s, want)
			}
			if want == 429 && waits(s) != time.Hour {
				t.Errorf("wait %v, want an hour", waits(s))
			}
		}
	}
	p.ip = "2001:db8:1:3::1"
	p.must(200, p.request("+491730099999"))
}

// TestPhoneBudget: when a day's messages are spent there are none until the next day, for anybody, after a restart
// too; the log has an alarm.
func TestPhoneBudget(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"phoneAuth": fields{"autoCreate": true}})
	p.settings(fields{"sms": fields{"dailyBudget": 5, "countryBudget": 100, "addressLimit": 100}})
	number := func(n int) string { return fmt.Sprintf("+491730%06d", n) }
	for n := range 5 {
		p.must(200, p.request(number(n)))
		p.next()
	}
	refused := func() {
		t.Helper()
		midnight := p.clock.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)
		if s := p.request(number(5)); s.status != 429 || waits(s) != midnight.Sub(p.clock.Now()) {
			t.Errorf("over the budget: %d, wait %v", s.status, waits(s))
		}
	}
	refused()
	p.restart()
	refused()
	p.logged("four fifths of a day's budget")
	p.clock.wait(24 * time.Hour)
	p.super = p.signIn("_superusers", rootEmail, rootPassword)
	p.settings(fields{"sms": fields{"dailyBudget": 100, "countryBudget": 2}})
	for n := range 2 {
		p.must(200, p.request(number(10+n)))
		p.next()
	}
	p.must(429, p.request(number(12)))
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{"sms": fields{"countries": []string{"DE", "FR"}}}))
	p.must(200, p.request("+33612345678"))
	p.next()
}

// TestPhoneBudgetAtOnce: many numbers at once get no message more than the budget has.
func TestPhoneBudgetAtOnce(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"phoneAuth": fields{"autoCreate": true}})
	p.settings(fields{"sms": fields{"dailyBudget": 5, "addressLimit": 100}})
	got := p.atOnce(30, func(n int) said { return p.request(fmt.Sprintf("+491730%06d", n)) })
	if got[200]+got[429] != 30 {
		t.Errorf("the statuses are %v", got)
	}
	for range 5 {
		p.next()
	}
	p.quiet()
	if got[200] > 5 {
		p.logged("the budget is spent")
	}
}

// TestPhoneUnused: twenty codes that nobody uses look like somebody earning on them.
func TestPhoneUnused(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"phoneAuth": fields{"autoCreate": true}})
	p.settings(fields{"sms": fields{"addressLimit": 100}})
	for n := range 20 {
		p.must(200, p.request(fmt.Sprintf("+491730%06d", n)))
		p.next()
	}
	p.logged("few of the codes")
}

// TestPhoneTestNumbers: their codes are fixed, no message is sent, no limit holds them but that of the network, and
// they end.
func TestPhoneTestNumbers(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"phoneAuth": fields{"autoCreate": true}})
	until := p.clock.Now().Add(48 * time.Hour).Format("2006-01-02 15:04:05.000Z")
	s := p.do("PATCH", "/api/settings", p.super, fields{"sms": fields{"testNumbers": fields{"+15550100": "123456"}}})
	if s.status != 400 || s.body["data"].(fields)["sms"].(fields)["testUntil"].(fields)["code"] != "validation_required" {
		t.Errorf("test numbers without an end: %v", s)
	}
	p.settings(fields{"sms": fields{"testNumbers": fields{"+15550100": "123456"}, "testUntil": until}})
	var id any
	for range 3 {
		otp := p.must(200, p.request("+1 555 0100"))["otpId"].(string)
		body := p.eventually(otp, "123456")
		if rec := body["record"].(fields); id != nil && rec["id"] != id {
			t.Error("another account")
		} else {
			id = rec["id"]
		}
	}
	p.clock.wait(48 * time.Hour)
	p.super = p.signIn("_superusers", rootEmail, rootPassword)
	if s := p.request("+15550100"); wrong(s, "phone") != "validation_phone_not_allowed" {
		t.Errorf("after their end: %v", s)
	}
	p.quiet()
}

// eventually uses a code that no message tells to be there.
func (p *phones) eventually(id, code string) fields {
	p.Helper()
	p.settle()
	return p.must(200, p.use(id, code))
}

// TestPhoneOutage: a gateway that is down holds no request up; the message comes when it is back, with the same code,
// and after a restart too.
func TestPhoneOutage(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	p.register(fields{"phone": ann})
	p.status.Store(503)
	id := p.must(200, p.request(ann))["otpId"].(string)
	first := p.next()
	p.logged("tried again")
	p.status.Store(204)
	p.settings(fields{"meta": fields{"appName": "Shop"}}) // any change has all of it tried again
	again := p.next()
	if again.Code != first.Code || again.key != id {
		t.Errorf("the message was %v and is %v", first, again)
	}
	p.must(200, p.use(id, again.Code))

	p.clock.wait(16 * time.Minute)
	p.status.Store(503)
	id = p.must(200, p.request(ann))["otpId"].(string)
	p.next()
	p.status.Store(204)
	p.restart()
	p.must(200, p.use(id, p.next().Code))

	p.clock.wait(16 * time.Minute)
	p.status.Store(422) // the gateway says that it is the number's fault
	p.must(200, p.request(ann))
	p.next()
	p.status.Store(204)
	p.quiet()
}

// TestPhoneSecrets: logs hold no numbers, codes and secrets, and settings show none.
func TestPhoneSecrets(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	p.register(fields{"phone": ann})
	codes := []string{}
	for _, status := range []int32{503, 422, 204} {
		p.status.Store(status)
		_, code := p.phoneCode(ann)
		codes = append(codes, code)
	}
	p.must(400, p.do("POST", "/api/settings/test/sms", p.super, fields{"to": ann, "provider": "nobody"}))
	p.must(204, p.do("POST", "/api/settings/test/sms", p.super, fields{"to": ann, "provider": "ours"}))
	if m := p.next(); m.To != ann || m.Code != "123456" {
		t.Errorf("the test is %v", m)
	}
	p.must(400, p.do("POST", "/api/settings/test/sms", p.super, fields{"to": "171"}))
	for _, canary := range append(codes, p.secret, "canary-in-the-url", strings.TrimPrefix(ann, "+49")) {
		if strings.Contains(p.log.text(), canary) {
			t.Errorf("the log has %q:\n%s", canary, p.log.text())
		}
	}
	shown := p.do("GET", "/api/settings", p.super, nil)
	if text := fmt.Sprint(shown.body); strings.Contains(text, p.secret) || !strings.Contains(text, "ours") {
		t.Errorf("the settings show %s", text)
	}
	gateway := shown.body["sms"].(fields)["gateways"].([]any)[0].(fields)
	p.settings(fields{"sms": fields{"gateways": []any{gateway}}})
	if p.phoneCode(ann); t.Failed() {
		t.Error("the secret went with a change that does not name it")
	}
	gateway["url"] = "https://elsewhere.example"
	if s := p.do("PATCH", "/api/settings", p.super, fields{"sms": fields{"gateways": []any{gateway}}}); s.status != 400 {
		t.Errorf("the secret goes along to another address: %v", s)
	}
}
