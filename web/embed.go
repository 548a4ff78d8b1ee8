// Package web is the dashboard: a single page in TypeScript below src, built by `make web` into dist and
// embedded here, so that nobody needs Node to serve it.
package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"mime"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// An Asset is one file of the dashboard as it goes over the wire.
type Asset struct {
	Body     []byte
	Type     string // of the content
	Encoding string // "br", "gzip", or nothing
	Forever  bool   // its name changes with its content
}

// Index is the page; each "NONCE" in it is to be replaced by the nonce of its answer.
func Index() []byte {
	page, err := dist.ReadFile("dist/index.html")
	if err != nil {
		panic(err) // the build of dist has no page: nothing was built
	}
	return page
}

// Find returns a file by its name below dist, in the best encoding among those that a client accepts, as its header
// Accept-Encoding lists them.
func Find(name, accepts string) (Asset, bool) {
	a := Asset{Type: mime.TypeByExtension(path.Ext(name)), Forever: strings.HasPrefix(name, "assets/")}
	for _, as := range []struct{ suffix, encoding string }{{".br", "br"}, {".gz", "gzip"}} {
		body, err := dist.ReadFile("dist/" + name + as.suffix)
		if err != nil {
			return Asset{}, false
		}
		a.Body, a.Encoding = body, as.encoding
		if strings.Contains(accepts, as.encoding) {
			return a, true
		}
	}
	return a.plain()
}

// plain unpacks a gzip asset, for the rare client that takes no encoding.
func (a Asset) plain() (Asset, bool) {
	r, err := gzip.NewReader(bytes.NewReader(a.Body))
	if err != nil {
		return Asset{}, false
	}
	if a.Body, err = io.ReadAll(r); err != nil {
		return Asset{}, false
	}
	a.Encoding = ""
	return a, true
}
