//go:build !unix

package fsblob

// syncDir has nothing to do: the system keeps names with their files.
func (b *Bucket) syncDir(string) error { return nil }
