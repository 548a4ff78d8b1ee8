package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"

	"github.com/holdall-dev/holdall/field"
)

// Picture downloads an avatar of up to most bytes. Its name is the last part of the URL's path.
func (s *Service) Picture(ctx context.Context, from string, most int64) (field.Upload, error) {
	u, err := url.Parse(from)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return field.Upload{}, errors.Join(errors.New("the avatar has no web address"), err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return field.Upload{}, err
	}
	resp, err := s.Pictures.Do(r)
	if err != nil {
		return field.Upload{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		return field.Upload{}, &refused{resp.StatusCode}
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return field.Upload{}, err
	}
	if int64(len(raw)) > most {
		return field.Upload{}, fmt.Errorf("the avatar has more than %d bytes", most)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }
	return field.Upload{Name: path.Base(u.Path), Size: int64(len(raw)), Open: open}, nil
}
