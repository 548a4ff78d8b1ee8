package web_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/web"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for accepts, want := range map[string]string{"gzip, deflate, br": "br", "gzip": "gzip", "": ""} {
		a, ok := web.Find("boot.js", accepts)
		if !ok || a.Encoding != want || !strings.HasPrefix(a.Type, "text/javascript") || a.Forever {
			t.Errorf("boot.js for %q: found %v, encoding %q, type %q, forever %v", accepts, ok, a.Encoding, a.Type, a.Forever)
		}
		if want == "" && !bytes.Contains(a.Body, []byte("window.boot")) {
			t.Errorf("boot.js for %q is not plain text", accepts)
		}
	}
	for _, name := range []string{"nothing.js", "../embed.go", "index.html", ""} {
		if _, ok := web.Find(name, "br"); ok {
			t.Errorf("%q was found", name)
		}
	}
}

func TestLicencesAreThere(t *testing.T) {
	t.Parallel()
	a, ok := web.Find("licences.txt", "")
	if !ok || !strings.HasPrefix(a.Type, "text/plain") || !bytes.Contains(a.Body, []byte("react-dom")) {
		t.Errorf("what the bundle is made of is not told: found %v, type %q, %d bytes", ok, a.Type, len(a.Body))
	}
}

func TestIndexLeavesTheBundleToBoot(t *testing.T) {
	t.Parallel()
	page := string(web.Index())
	if !strings.Contains(page, "NONCE") || !strings.Contains(page, "data-main=") {
		t.Errorf("the page has no place for a nonce, or names no bundle:\n%s", page)
	}
	if strings.Contains(page, "modulepreload") || strings.Contains(page, `type="module"`) {
		t.Errorf("the page loads the bundle although a mail's page must not:\n%s", page)
	}
}
