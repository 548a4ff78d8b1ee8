package api

import (
	"embed"
	"net/http"
	"strconv"
)

//go:embed pages
var pages embed.FS

const pagePolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func goToDashboard(c *call) error {
	http.Redirect(c.w, c.r, "/_/", http.StatusTemporaryRedirect)
	return nil
}

// welcome says that the server runs and what to do next.
func welcome(c *call) error { return c.page("pages/welcome.html", "text/html; charset=utf-8") }

func welcomeStyle(c *call) error { return c.page("pages/welcome.css", "text/css; charset=utf-8") }

// landingScript shows the page that a link in a mail leads to.
func landingScript(c *call) error {
	return c.page("pages/landing.js", "text/javascript; charset=utf-8")
}

func (c *call) page(name, kind string) error {
	raw, err := pages.ReadFile(name)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(raw)
	}
	return nil
}
