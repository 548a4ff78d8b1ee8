package api

import (
	"context"
	"errors"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/settings"
)

const (
	s3Failed = "Failed to test the S3 filesystem."
	s3Time   = 30 * time.Second // that a test may take
)

var errS3Off = errors.New("S3 storage filesystem is not enabled")

// testS3 writes to and reads from the object store of the saved settings (files.md §6.3).
func testS3(c *call) error {
	in, err := c.input()
	if err != nil {
		return reworded(err, unreadable)
	}
	which, err := in.Text("filesystem")
	if err != nil {
		return err
	}
	var conf settings.S3
	switch which {
	case "storage":
		conf = c.Settings.Current().S3
	case "backups":
		conf = c.Settings.Current().Backups.S3
	case "":
		return worded(fault.Required().On("filesystem"), s3Failed)
	default:
		return worded(fault.NotIn().On("filesystem"), s3Failed)
	}
	if err := c.probe(conf); err != nil {
		return fault.New(fault.Invalid, s3Failed+" Raw error: \n"+err.Error()+".")
	}
	return c.done()
}

func (c *call) probe(conf settings.S3) error {
	if !conf.Enabled {
		return errS3Off
	}
	b, err := files.OpenS3(conf, c.Out)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), s3Time)
	defer cancel()
	return files.Probe(ctx, b)
}
