//go:build !linux

package fsblob

import (
	"os"

	"github.com/holdall-dev/holdall/internal/blob"
)

// setAttribute says that files remember nothing but their bytes.
func setAttribute(*os.File, blob.About) bool { return false }

func attribute(*os.File) (about blob.About, ok bool) { return about, false }
