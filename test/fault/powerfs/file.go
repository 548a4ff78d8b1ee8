package powerfs

import (
	"io"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// file is an open file.
type file struct {
	fs   *FS
	node *node
	shm  vfs.SharedMemory
	held vfs.LockLevel
}

// SharedMemory implements vfs.FileSharedMemory.
func (f *file) SharedMemory() vfs.SharedMemory { return f.shm }

// Close implements vfs.File.
func (f *file) Close() error {
	err := f.Unlock(vfs.LOCK_NONE)
	if f.shm != nil {
		if e := f.shm.Close(); err == nil {
			err = e
		}
	}
	return err
}

// ReadAt implements vfs.File.
func (f *file) ReadAt(b []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.fs.dead {
		return 0, sqlite3.IOERR_READ
	}
	if off >= int64(len(f.node.seen)) {
		return 0, io.EOF
	}
	n := copy(b, f.node.seen[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements vfs.File. When the power goes, part of the write may have reached the disk.
func (f *file) WriteAt(b []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	alive, mid := f.fs.change()
	if !alive {
		return 0, sqlite3.IOERR_WRITE
	}
	n := f.node
	if need := int(off) + len(b); need > len(n.seen) {
		if more := int64(need - len(n.seen)); f.fs.capacity > 0 && f.fs.used()+more > f.fs.capacity {
			return 0, sqlite3.FULL
		}
		n.seen = append(n.seen, make([]byte, need-len(n.seen))...)
	}
	copy(n.seen[off:], b)
	for at := off / sector; at*sector < off+int64(len(b)); at++ {
		n.dirty[at] = true
	}
	if mid {
		return 0, f.fs.cut()
	}
	return len(b), nil
}

// Truncate implements vfs.File.
func (f *file) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	alive, mid := f.fs.change()
	if !alive {
		return sqlite3.IOERR_TRUNCATE
	}
	n := f.node
	if size < int64(len(n.seen)) {
		n.seen = n.seen[:size]
	} else {
		n.seen = append(n.seen, make([]byte, int(size)-len(n.seen))...)
	}
	if mid {
		return f.fs.cut()
	}
	return nil
}

// Sync implements vfs.File.
func (f *file) Sync(vfs.SyncFlag) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	alive, mid := f.fs.change()
	if !alive {
		return sqlite3.IOERR_FSYNC
	}
	if mid {
		return f.fs.cut()
	}
	if f.fs.failSync != nil && f.fs.failSync(f.node.name) {
		clear(f.node.dirty) // as kernels do: what could not be written is forgotten
		return sqlite3.IOERR_FSYNC
	}
	f.node.flush()
	f.fs.removed = nil
	f.fs.syncs.add(f.node.name)
	return nil
}

// Size implements vfs.File.
func (f *file) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return int64(len(f.node.seen)), nil
}

// SectorSize implements vfs.File.
func (f *file) SectorSize() int { return 4096 }

// DeviceCharacteristics implements vfs.File; the same as for files of the operating system.
func (f *file) DeviceCharacteristics() vfs.DeviceCharacteristic { return vfs.IOCAP_POWERSAFE_OVERWRITE }

// lockState is who holds a database file, among the connections of this process.
type lockState struct {
	shared            int
	reserved, pending bool
}

// Lock implements vfs.File.
func (f *file) Lock(want vfs.LockLevel) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.held >= want {
		return nil
	}
	l := &f.node.lock
	switch want {
	case vfs.LOCK_SHARED:
		if l.pending {
			return sqlite3.BUSY
		}
		l.shared++
	case vfs.LOCK_RESERVED:
		if l.reserved {
			return sqlite3.BUSY
		}
		l.reserved = true
	case vfs.LOCK_EXCLUSIVE:
		if l.pending && f.held < vfs.LOCK_PENDING {
			return sqlite3.BUSY
		}
		l.reserved, l.pending = true, true
		f.held = vfs.LOCK_PENDING
		if l.shared > 1 {
			return sqlite3.BUSY
		}
	}
	f.held = want
	return nil
}

// Unlock implements vfs.File.
func (f *file) Unlock(to vfs.LockLevel) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.held <= to {
		return nil
	}
	l := &f.node.lock
	if f.held >= vfs.LOCK_RESERVED {
		l.reserved = false
	}
	if f.held >= vfs.LOCK_PENDING {
		l.pending = false
	}
	if to < vfs.LOCK_SHARED {
		l.shared--
	}
	f.held = to
	return nil
}

// CheckReservedLock implements vfs.File.
func (f *file) CheckReservedLock() (bool, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return f.node.lock.reserved, nil
}
