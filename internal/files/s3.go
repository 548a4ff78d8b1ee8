package files

import (
	"context"
	"strings"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/s3blob"
	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/internal/settings"
)

// OpenS3 opens the object store that settings speak of, whether it is enabled or not. It is reached through out.
func OpenS3(s settings.S3, out *netguard.Guard) (blob.Bucket, error) {
	if s.AllowPrivate {
		out = out.WithPrivate()
	}
	b, err := s3blob.Open(s3blob.Config{
		Endpoint: s.Endpoint, Region: s.Region, Bucket: s.Bucket,
		AccessKey: s.AccessKey, Secret: s.Secret, PathStyle: s.ForcePathStyle,
		Dial: out.DialContext,
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Probe writes an object into a bucket, finds it there and removes it.
func Probe(ctx context.Context, b blob.Bucket) error {
	prefix := "pb_settings_test_" + random()[:5] + "/"
	if err := b.Put(ctx, prefix+"test.txt", strings.NewReader("test"), blob.About{Type: "text/plain"}); err != nil {
		return err
	}
	return blob.DeleteAll(ctx, b, prefix)
}
