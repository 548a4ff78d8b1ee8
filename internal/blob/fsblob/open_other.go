//go:build !linux

package fsblob

import (
	"errors"
	"os"
)

// open opens a file below the folder.
func (b *Bucket) open(name string) (*os.File, error) { return b.root.Open(name) }

// openDir opens a folder below the folder.
func (b *Bucket) openDir(name string) (*os.File, error) { return b.root.Open(name) }

// openTo opens a file that is there to be written over.
func (b *Bucket) openTo(name string) (*os.File, error) { return b.root.OpenFile(name, os.O_WRONLY, 0) }

// mkdir makes a folder.
func (b *Bucket) mkdir(_ *os.File, name string) error { return b.root.Mkdir(name, 0o700) }

// canLink says that files have to have names.
func (b *Bucket) canLink() bool { return false }

// unlink removes a file.
func (b *Bucket) unlink(_ *folder, name string) error { return b.root.Remove(name) }

func newUnnamed(*os.File) (*os.File, error) { return nil, errors.ErrUnsupported }

func (b *Bucket) link(*os.File, *folder, string) error { return errors.ErrUnsupported }

// syncData flushes the bytes of a file.
func syncData(f *os.File) error { return f.Sync() }
