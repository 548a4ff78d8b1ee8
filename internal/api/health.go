package api

import (
	"github.com/holdall-dev/holdall/field"
)

// proxyHeaders are what proxies of the world usually tell the client's address by.
var proxyHeaders = []string{"CF-Connecting-IP", "Fly-Client-IP", "X-Forwarded-For"}

// health says that the server answers; superusers also learn what it takes them for (operations.md §5).
func health(c *call) error {
	out := []byte(`{"message":"API is healthy.","code":200,"data":{`)
	if c.by.IsSuper() {
		out = append(out, `"canBackup":true,"possibleProxyHeader":`...)
		out = field.AppendString(out, c.proxyHeader())
		out = append(out, `,"realIP":`...)
		out = field.AppendString(out, c.by.IP)
		out = appendRealtime(out, c.Realtime.Stats())
	}
	return c.answer(append(out, "}}"...))
}

// proxyHeader is the first header that a proxy seems to have set.
func (c *call) proxyHeader() string {
	for _, list := range [][]string{c.Settings.Current().TrustedProxy.Headers, proxyHeaders} {
		for _, name := range list {
			if c.r.Header.Get(name) != "" {
				return name
			}
		}
	}
	return ""
}
