package fsblob

// Loose is how many folders, of one and those above it, are not known to outlive a power cut. The folder is made when
// it is not there, and not flushed.
func (b *Bucket) Loose(dir string) (int, error) {
	f, err := b.folder(dir)
	if err != nil {
		return 0, err
	}
	return len(f.loose), f.close()
}
