// Package filestest moves large files through a running server, throws at it what is made to hurt, and puts an
// object store behind it that misbehaves; it measures what that costs the server, and everybody else.
package filestest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"time"

	loadtest "github.com/holdall-dev/holdall/test/load"
)

// Store is an object store for the settings of a server.
type Store struct {
	Endpoint, Bucket, Region, Key, Secret string
}

// Large uploads a large file and downloads it.
type Large struct {
	Bin   string
	Dir   string // for the data directory; empty
	Size  int64  // bytes
	Store *Store // nil: files lie in the data directory
}

// Largest is the programme's one line.
type Largest struct {
	Test       string  `json:"test"`
	Where      string  `json:"where"`
	Size       int64   `json:"size"`
	Base       int64   `json:"base_bytes"` // resident before
	UpGrowth   int64   `json:"upload_growth_bytes"`
	DownGrowth int64   `json:"download_growth_bytes"`
	UpRate     float64 `json:"upload_mb_s"`
	DownRate   float64 `json:"download_mb_s"`
}

// MostGrowth is how many bytes more a server may hold resident, however large the file.
const MostGrowth = 32 << 20

// OK reports whether memory stayed within its bound.
func (r *Largest) OK() bool { return r.UpGrowth < MostGrowth && r.DownGrowth < MostGrowth }

// Run plays the programme. It fails when other bytes come back than were sent.
func (l Large) Run(ctx context.Context) (*Largest, error) {
	s, err := loadtest.Start(l.Bin, l.Dir)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	r := &Largest{Test: "large", Where: "disk", Size: l.Size}
	if l.Store != nil {
		r.Where = "s3"
		if err := l.Store.use(s); err != nil {
			return nil, err
		}
	}
	field := map[string]any{"name": "file", "type": "file", "maxSelect": 1, "maxSize": l.Size}
	if err := s.Must(http.MethodPost, "/api/collections", map[string]any{"name": "large", "type": "base", "createRule": "", "fields": []any{field}}, nil); err != nil {
		return nil, err
	}
	if _, _, err := l.pass(ctx, s, min(l.Size, 7<<20), r); err != nil { // warm: what is loaded once is no growth
		return nil, err
	}
	r.Base = s.Memory()
	r.UpGrowth, r.DownGrowth, err = l.pass(ctx, s, l.Size, r)
	return r, err
}

// use makes the store that of the server.
func (st *Store) use(s *loadtest.Server) error {
	return s.Must(http.MethodPatch, "/api/settings", map[string]any{"s3": map[string]any{
		"enabled": true, "endpoint": st.Endpoint, "bucket": st.Bucket, "region": st.Region, "accessKey": st.Key, "secret": st.Secret,
		"forcePathStyle": true, "allowPrivate": true,
	}}, nil)
}

// pass uploads and downloads a file of a size, and returns by how much the server grew.
func (l Large) pass(ctx context.Context, s *loadtest.Server, size int64, r *Largest) (up, down int64, err error) {
	base := s.Memory()
	if err := s.Lower(); err != nil {
		return 0, 0, err
	}
	began := time.Now()
	path, sum, err := upload(ctx, s.Base, size)
	if err != nil {
		return 0, 0, fmt.Errorf("upload: %w", err)
	}
	r.UpRate = float64(size) / 1e6 / time.Since(began).Seconds()
	up = s.Peak() - base
	if err := s.Lower(); err != nil {
		return 0, 0, err
	}
	began = time.Now()
	got, err := download(ctx, s.Base+path)
	if err != nil {
		return 0, 0, fmt.Errorf("download: %w", err)
	}
	r.DownRate = float64(size) / 1e6 / time.Since(began).Seconds()
	if got != sum {
		return 0, 0, errors.New("other bytes came back than were sent")
	}
	return up, s.Peak() - base, nil
}

type sum [sha256.Size]byte

// upload creates a record with a file that is made up as it is sent, and returns where it is served.
func upload(ctx context.Context, base string, size int64) (path string, s sum, err error) {
	var frame bytes.Buffer
	form := multipart.NewWriter(&frame)
	if _, err := form.CreateFormFile("file", "large.bin"); err != nil {
		return "", s, err
	}
	head := frame.Len()
	if err := form.Close(); err != nil {
		return "", s, err
	}
	hash := sha256.New()
	content := io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{byte(size)}), size), hash)
	body := io.MultiReader(bytes.NewReader(frame.Bytes()[:head]), content, bytes.NewReader(frame.Bytes()[head:]))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/collections/large/records", body)
	if err != nil {
		return "", s, err
	}
	req.ContentLength = int64(frame.Len()) + size
	req.Header.Set("Content-Type", form.FormDataContentType())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", s, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	var made struct{ ID, File string }
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", res.StatusCode, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &made)
	}
	return "/api/files/large/" + made.ID + "/" + made.File, sum(hash.Sum(nil)), err
}

func download(ctx context.Context, url string) (s sum, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return s, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	hash := sha256.New()
	if _, err = io.Copy(hash, res.Body); err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", res.StatusCode)
	}
	return sum(hash.Sum(nil)), err
}
