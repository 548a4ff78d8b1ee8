package api

import (
	"net/http"
	"path"
	"strings"
)

const allowedMethods = "GET,HEAD,PUT,PATCH,POST,DELETE"

// cors tells browsers which pages may read the answers. No cookie is ever set, so any page may, unless the
// operator lists origins: exact ones, or patterns with * and ? (operations.md §8).
func cors(origins []string, next http.Handler) http.Handler {
	allow := originCheck(origins)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		value := ""
		if origin != "" {
			value = allow(origin)
		}
		if value != "" {
			h.Set("Access-Control-Allow-Origin", value)
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		h.Add("Vary", "Access-Control-Request-Method")
		h.Add("Vary", "Access-Control-Request-Headers")
		if value != "" {
			h.Set("Access-Control-Allow-Methods", allowedMethods)
			if wanted := r.Header.Get("Access-Control-Request-Headers"); wanted != "" {
				h.Set("Access-Control-Allow-Headers", wanted)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// originCheck returns what to answer to an origin: "*", the origin itself, or "" for a refusal.
func originCheck(origins []string) func(string) string {
	if len(origins) == 0 {
		origins = []string{"*"}
	}
	return func(origin string) string {
		for _, o := range origins {
			if o == "*" {
				return "*"
			}
			if strings.EqualFold(o, origin) || matchOrigin(o, origin) {
				return origin
			}
		}
		return ""
	}
}

// matchOrigin matches scheme and host apart, so that a * never spans the two.
func matchOrigin(pattern, origin string) bool {
	ps, ph, ok1 := strings.Cut(strings.ToLower(pattern), "://")
	os, oh, ok2 := strings.Cut(strings.ToLower(origin), "://")
	if !ok1 || !ok2 || strings.Contains(oh, "/") {
		return false
	}
	scheme, err1 := path.Match(ps, os)
	host, err2 := path.Match(ph, oh)
	return scheme && host && err1 == nil && err2 == nil
}
