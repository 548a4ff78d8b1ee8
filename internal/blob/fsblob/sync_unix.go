//go:build unix

package fsblob

import "errors"

// syncDir makes the names in a folder durable.
func (b *Bucket) syncDir(name string) error {
	d, err := b.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
