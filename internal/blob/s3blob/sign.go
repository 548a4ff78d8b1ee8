package s3blob

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
)

// Sign implements blob.Signer. It speaks to nobody.
func (b *Bucket) Sign(ctx context.Context, key string, as blob.Sent, life time.Duration) (string, error) {
	if err := check(key); err != nil {
		return "", err
	}
	q := url.Values{}
	for name, v := range map[string]string{
		"response-content-type": as.Type, "response-content-disposition": as.Disposition, "response-cache-control": as.CacheControl,
	} {
		if v != "" {
			q.Set(name, v)
		}
	}
	u, err := b.core.Presign(ctx, http.MethodGet, b.name, key, life, q)
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", key, err)
	}
	return u.String(), nil
}
