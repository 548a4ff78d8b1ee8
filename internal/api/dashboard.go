package api

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"strconv"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/web"
)

func goToDashboard(c *call) error {
	to := "/_/"
	if c.r.URL.RawQuery != "" {
		to += "?" + c.r.URL.RawQuery
	}
	http.Redirect(c.w, c.r, to, http.StatusTemporaryRedirect)
	return nil
}

// pagePolicy is what the dashboard's page may do; NONCE stands for the nonce of an answer.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self' data: blob:; " +
	"connect-src 'self'; font-src 'self'; frame-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// page is the one page of the dashboard, and of the links in mails.
func page(c *call) error {
	nonce := []byte(rand.Text())
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", string(bytes.ReplaceAll([]byte(pagePolicy), []byte("NONCE"), nonce)))
	h.Set("Cache-Control", "no-store")
	return c.asset(bytes.ReplaceAll(web.Index(), []byte("NONCE"), nonce))
}

// pageFile is a script, a style or a picture of that page.
func pageFile(c *call) error {
	a, ok := web.Find(c.r.PathValue("path"), c.r.Header.Get("Accept-Encoding"))
	if !ok {
		return fault.New(fault.NotFound, "")
	}
	h := c.w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if a.Forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if a.Encoding != "" {
		h.Set("Content-Encoding", a.Encoding)
	}
	return c.asset(a.Body)
}

func (c *call) asset(body []byte) error {
	h := c.w.Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(body)
	}
	return nil
}
