package api

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// packedFrom is the size in bytes from which an answer is worth packing.
const packedFrom = 1 << 10

var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// packed returns an answer in gzip when it goes to the dashboard, which says who it is by the header X-Dashboard and
// may sit behind a slow line. Other clients get plain JSON, as PocketBase sends it.
func packed(r *http.Request, raw []byte) ([]byte, bool) {
	if len(raw) < packedFrom || r.Header.Get("X-Dashboard") == "" || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		return raw, false
	}
	var out bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&out)
	_, _ = w.Write(raw) // a buffer in memory takes everything
	_ = w.Close()
	return out.Bytes(), true
}
