package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAnswersToTheDashboardArePacked(t *testing.T) {
	t.Parallel()
	long := []byte(`{"a":"` + strings.Repeat("b", packedFrom) + `"}`)
	for _, c := range []struct {
		about, dashboard, accepts string
		raw                       []byte
		want                      bool
	}{
		{"the dashboard", "1", "gzip, deflate, br", long, true},
		{"another client", "", "gzip", long, false},
		{"a client that takes no gzip", "1", "br", long, false},
		{"a short answer", "1", "gzip", []byte(`{}`), false},
	} {
		r := httptest.NewRequest("GET", "/api/collections", nil)
		r.Header.Set("X-Dashboard", c.dashboard)
		r.Header.Set("Accept-Encoding", c.accepts)
		w := httptest.NewRecorder()
		writeJSON(w, r, 200, c.raw)
		got := w.Body.Bytes()
		if enc := w.Header().Get("Content-Encoding"); (enc == "gzip") != c.want {
			t.Errorf("%s: Content-Encoding %q", c.about, enc)
			continue
		}
		if c.want {
			z, err := gzip.NewReader(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			if got, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, c.raw) {
			t.Errorf("%s: got %d bytes that are not the answer", c.about, len(got))
		}
	}
}
