package realtime_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTheWireByteForByte(t *testing.T) {
	t.Parallel()
	h := open(t)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET /api/realtime HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	var got string
	for !strings.HasSuffix(got, "\n\n\r\n") {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got += string(buf[:n])
	}
	head, body, _ := strings.Cut(got, "\r\n\r\n")
	for _, want := range []string{
		"HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-store", "X-Accel-Buffering: no", "Vary: Origin",
		"Transfer-Encoding: chunked", "X-Content-Type-Options: nosniff", "Date: ",
	} {
		if !strings.Contains(head, want) {
			t.Errorf("the head lacks %q:\n%s", want, head)
		}
	}
	m := regexp.MustCompile(`^0*7b\r\nid:([A-Za-z0-9]{40})\nevent:PB_CONNECT\ndata:\{"clientId":"([A-Za-z0-9]{40})"\}\n\n\r\n$`).FindStringSubmatch(body)
	if m == nil || m[1] != m[2] {
		t.Errorf("the first chunk is %q", body)
	}
}

func TestEventsAreExact(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(http.Handler) *httptest.Server{
		"plain": httptest.NewServer,
		"own goroutine": func(hd http.Handler) *httptest.Server {
			return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				hd.ServeHTTP(struct {
					http.ResponseWriter
					http.Flusher
				}{w, w.(http.Flusher)}, r)
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openWith(t, serve)
			c := h.collection(`{"name":"posts","fields":[{"name":"title","type":"text"}]}`)
			s := h.listen("", "posts/*?options=%7B%22a%22%3A1%7D", "posts")
			id := h.create("posts", data{"title": "a<b"})
			record := `{"record":{"collectionId":"` + c + `","collectionName":"posts","id":"` + id + `","title":"a<b"},"action":"create"}`
			want := []event{{s.id, "posts/*?options=%7B%22a%22%3A1%7D", record}, {s.id, "posts", record}}
			if got := s.upToFence(); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("\n got %v\nwant %v", got, want)
			}
		})
	}
}

func TestSubmissions(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := h.connect("")
	many := func(n, size int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.Repeat("x", size-1) + string(rune('a'+i%26))
		}
		return list
	}
	const sentence = "Something went wrong while processing your request."
	tooLong := func(bound int) data {
		return data{
			"code": "validation_length_too_long", "message": fmt.Sprintf("The length must be no more than %d.", bound),
			"params": data{"max": float64(bound), "min": 0.0},
		}
	}
	for name, c := range map[string]struct {
		body   data
		status int
		fields data
	}{
		"most topics":     {data{"clientId": s.id, "subscriptions": many(1000, 10)}, 204, nil},
		"one more":        {data{"clientId": s.id, "subscriptions": many(1001, 10)}, 400, data{"subscriptions": tooLong(1000)}},
		"longest topic":   {data{"clientId": s.id, "subscriptions": many(1, 2500)}, 204, nil},
		"one byte more":   {data{"clientId": s.id, "subscriptions": many(2, 2501)}, 400, data{"subscriptions": data{"0": tooLong(2500), "1": tooLong(2500)}}},
		"no id":           {data{}, 400, data{"clientId": data{"code": "validation_required", "message": "Cannot be blank."}}},
		"long unknown id": {data{"clientId": strings.Repeat("i", 255)}, 404, data{}},
		"too long an id": {data{"clientId": strings.Repeat("i", 256)}, 400, data{"clientId": data{
			"code": "validation_length_out_of_range", "message": "The length must be between 1 and 255.", "params": data{"max": 255.0, "min": 1.0},
		}}},
		"id of an event":  {data{"clientId": s.id + "~a.b", "subscriptions": []string{}}, 204, nil},
		"no topics":       {data{"clientId": s.id}, 204, nil},
		"a text, no list": {data{"clientId": s.id, "subscriptions": "posts/*"}, 400, data{}},
		"a number in it":  {data{"clientId": s.id, "subscriptions": []any{1}}, 400, data{}},
		"a null in it":    {data{"clientId": s.id, "subscriptions": []any{nil}}, 204, nil},
		"a number as id":  {data{"clientId": 5, "subscriptions": []string{}}, 400, data{}},
		"PB_CONNECT":      {data{"clientId": s.id, "subscriptions": []string{"PB_CONNECT", "", "@custom"}}, 204, nil},
	} {
		status, out := h.try("POST", "/api/realtime", "", c.body)
		if status != c.status {
			t.Errorf("%s: status %d, want %d (%v)", name, status, c.status, out)
		}
		if c.status == 400 && (out["message"] != sentence || fmt.Sprint(out["data"]) != fmt.Sprint(c.fields)) {
			t.Errorf("%s:\n got %v\nwant %v", name, out, c.fields)
		}
	}
}

func TestASubmissionReplacesTheOneBefore(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"a"}`)
	h.collection(`{"name":"b"}`)
	s := h.listen("", "a/*")
	s.submit("", "b/*", "b/*", "")
	a, b := h.create("a", nil), h.create("b", nil)
	s.wants(map[string]string{"a": a, "b": b}, "b/* create b")
}

func TestWhoMayTakeAConnectionOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, ann := h.account("ann", nil)
	_, bob := h.account("bob", nil)
	again := h.signIn("users", "ann@example.com", "a long password")
	s := h.connect("")
	for i, step := range []struct {
		token  string
		status int
	}{{"", 204}, {ann, 204}, {"", 403}, {"not a token", 403}, {bob, 403}, {h.super, 403}, {again, 204}} {
		status, out := h.try("POST", "/api/realtime", step.token, data{"clientId": s.id, "subscriptions": []string{}})
		if status != step.status {
			t.Errorf("step %d: %d %v, want %d", i, status, out, step.status)
		}
		if step.status == 403 && out["message"] != "The current and the previous request authorization don't match." {
			t.Errorf("step %d: %v", i, out)
		}
	}
}

func TestAnotherAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ask("PATCH", "/api/settings", h.super, data{"trustedProxy": data{"headers": []string{"X-Real-IP"}}})
	s := h.connect("") // from the socket's address
	req, err := http.NewRequestWithContext(t.Context(), "POST", h.url+"/api/realtime", strings.NewReader(`{"clientId":"`+s.id+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Real-IP", "203.0.113.9")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 400 {
		t.Errorf("status %d, want 400", res.StatusCode)
	}
}

func TestAStreamThatIsGoneIsUnknown(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := h.listen("", "fence")
	_ = s.body.Close()
	ends := time.Now().Add(5 * time.Second)
	for {
		status, _ := h.try("POST", "/api/realtime", "", data{"clientId": s.id, "subscriptions": []string{"fence"}})
		if status == 404 {
			return
		}
		if time.Now().After(ends) {
			t.Fatal("a closed connection is still known")
		}
	}
}
