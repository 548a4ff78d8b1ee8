package realtime_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestClients (RT-3): connections are listed with who they are and what they listen to, and one can be ended.
func TestClients(t *testing.T) {
	t.Parallel()
	h := open(t)
	guest := h.listen("", "fence/*")
	root := h.listen(h.super, "fence/abc?options=%7B%7D")
	var list []struct {
		ID     string
		IP     string
		Auth   *struct{ Collection, Email string }
		Topics []string
	}
	if err := json.Unmarshal([]byte(h.raw("GET", "/api/dashboard/realtime/clients", h.super)), &list); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range list {
		got[c.ID] = fmt.Sprint(c.IP, c.Topics)
		if c.Auth != nil {
			got[c.ID] += c.Auth.Collection + " " + c.Auth.Email
		}
	}
	want := map[string]string{
		guest.id: "127.0.0.1[fence/*]",
		root.id:  "127.0.0.1[fence/abc?options=%7B%7D fence/*]_superusers root@example.com",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if status, _ := h.try("DELETE", "/api/dashboard/realtime/clients/"+guest.id, h.super, nil); status != 204 {
		t.Errorf("ending a connection: %d", status)
	}
	if e, err := guest.next(); err == nil {
		t.Errorf("the ended stream brings %v", e)
	}
	if status, _ := h.try("DELETE", "/api/dashboard/realtime/clients/"+guest.id, h.super, nil); status != 404 {
		t.Errorf("ending it again: %d", status)
	}
}
