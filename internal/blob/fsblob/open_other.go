//go:build !linux

package fsblob

import "os"

// open opens a file below the folder.
func (b *Bucket) open(name string) (*os.File, error) { return b.root.Open(name) }
