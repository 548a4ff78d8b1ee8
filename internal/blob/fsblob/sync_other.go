//go:build !unix

package fsblob

import "os"

// syncDir has nothing to do: the system keeps names with their files.
func syncDir(*os.File) error { return nil }
