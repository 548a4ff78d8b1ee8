// Package objectstore is an object store in memory that speaks as much of S3 as a client needs, for tests.
package objectstore

import (
	"bytes"
	"crypto/md5" //nolint:gosec // what an ETag is
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Store is the store, served as an http.Handler. Its access key is "key".
type Store struct {
	mu      sync.Mutex
	objects map[string]object // by bucket and key
	parts   map[string]map[int][]byte
	heads   map[string]http.Header // of uploads in parts
	calls   []string               // methods, as they came
	refuse  int                    // a status for everything; 0 for none
}

// Refuse makes all requests fail with a status; 0 ends that.
func (s *Store) Refuse(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = status
}

// Keys lists the objects by bucket and key, in order.
func (s *Store) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// Open is how many uploads in parts were begun and not ended.
func (s *Store) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.parts)
}

// Calls counts the requests with a method so far.
func (s *Store) Calls(method string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.calls {
		if m == method {
			n++
		}
	}
	return n
}

type object struct {
	data []byte
	head http.Header
	at   time.Time
}

func (o object) etag() string {
	sum := md5.Sum(o.data) //nolint:gosec // see above
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// New makes an empty store.
func New() *Store {
	return &Store{objects: map[string]object{}, parts: map[string]map[int][]byte{}, heads: map[string]http.Header{}}
}

// ServeHTTP implements http.Handler.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	s.calls = append(s.calls, r.Method)
	key := strings.TrimPrefix(r.URL.Path, "/")
	switch {
	case s.refuse > 0:
		s.fail(w, s.refuse, "AccessDenied")
	case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=key/"):
		s.fail(w, http.StatusForbidden, "AccessDenied")
	case r.Method == http.MethodGet && q.Has("list-type"):
		s.list(w, strings.TrimSuffix(key, "/"), q.Get("prefix"), q.Get("continuation-token"))
	case r.Method == http.MethodPost && q.Has("uploads"):
		s.parts[key], s.heads[key] = map[int][]byte{}, r.Header.Clone()
		s.xml(w, struct {
			XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
			UploadId string   //nolint:revive,staticcheck // as it is spelt there
		}{UploadId: "1"})
	case r.Method == http.MethodPut && q.Has("partNumber"):
		n, _ := strconv.Atoi(q.Get("partNumber"))
		s.parts[key][n] = content(r)
		w.Header().Set("ETag", object{data: s.parts[key][n]}.etag())
	case r.Method == http.MethodPost && q.Has("uploadId"):
		var all []byte
		for _, n := range slices.Sorted(maps.Keys(s.parts[key])) {
			all = append(all, s.parts[key][n]...)
		}
		s.objects[key] = object{all, s.heads[key], time.Now()}
		delete(s.parts, key)
		s.xml(w, struct {
			XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
			Bucket  string
			ETag    string
		}{Bucket: "bucket", ETag: s.objects[key].etag()})
	case r.Method == http.MethodDelete && q.Has("uploadId"):
		delete(s.parts, key)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPut:
		o := object{content(r), r.Header.Clone(), time.Now()}
		if want := r.Header.Get("X-Amz-Decoded-Content-Length"); want != "" && want != strconv.Itoa(len(o.data)) {
			s.fail(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
		s.objects[key] = o
		w.Header().Set("ETag", o.etag())
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		s.get(w, r, key)
	}
}

// content is the body, without the signatures between its chunks when it has some.
func content(r *http.Request) []byte {
	raw, _ := io.ReadAll(r.Body)
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING") {
		return raw
	}
	var out []byte
	for {
		line, rest, _ := bytes.Cut(raw, []byte("\r\n"))
		size, _, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil || n == 0 {
			return out
		}
		out, raw = append(out, rest[:n]...), rest[n+2:]
	}
}

func (s *Store) get(w http.ResponseWriter, r *http.Request, key string) {
	o, ok := s.objects[key]
	if !ok {
		s.fail(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	for name, v := range o.head {
		if name == "Content-Type" || strings.HasPrefix(name, "X-Amz-Meta-") {
			w.Header()[name] = v
		}
	}
	w.Header().Set("ETag", o.etag())
	http.ServeContent(w, r, "", o.at, bytes.NewReader(o.data))
}

// list answers two objects at a time.
func (s *Store) list(w http.ResponseWriter, bucket, prefix, after string) {
	type entry struct {
		Key          string
		Size         int
		LastModified string
		ETag         string
	}
	var page struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string
		Contents              []entry
	}
	for _, full := range slices.Sorted(maps.Keys(s.objects)) {
		key, ok := strings.CutPrefix(full, bucket+"/")
		if !ok || !strings.HasPrefix(key, prefix) || after != "" && key <= after {
			continue
		}
		if len(page.Contents) == 2 {
			page.IsTruncated, page.NextContinuationToken = true, page.Contents[1].Key
			break
		}
		o := s.objects[full]
		page.Contents = append(page.Contents, entry{key, len(o.data), o.at.UTC().Format("2006-01-02T15:04:05.000Z"), o.etag()})
	}
	s.xml(w, page)
}

func (s *Store) xml(w http.ResponseWriter, v any) {
	raw, err := xml.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write(raw)
}

func (s *Store) fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>it is so</Message></Error>", code)
}
