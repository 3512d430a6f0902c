package disk

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
)

const (
	manifestName = "DISK"
	manifestNew  = "DISK.new"
)

// ID is the identity of one data directory: 128 random bits.
type ID [16]byte

// String is the id as 32 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// manifest is the file DISK: what must be in the directory. It is written before the oldest
// segments are removed and after the newest is durable, so a segment that it names is missing only
// by damage.
type manifest struct {
	id             ID
	oldest, newest uint64 // numbers of segments
}

// text is the file, with its own CRC-32C in the last line.
func (m manifest) text() []byte {
	b := fmt.Appendf(nil, "synod disk 1\nid %s\noldest %d\nnewest %d\n", m.id, m.oldest, m.newest)
	return fmt.Appendf(b, "crc %08x\n", crc32.Checksum(b, castagnoli))
}

// parseManifest accepts exactly what text writes.
func parseManifest(b []byte) (manifest, error) {
	var m manifest
	var id []byte
	var crc uint32
	_, err := fmt.Sscanf(string(b), "synod disk 1\nid %x\noldest %d\nnewest %d\ncrc %08x\n",
		&id, &m.oldest, &m.newest, &crc)
	if err == nil && len(id) == len(m.id) {
		m.id = ID(id)
	}
	if err != nil || !bytes.Equal(b, m.text()) || m.oldest == 0 || m.newest < m.oldest {
		return manifest{}, corrupt(manifestName, 0, "not a valid description of a disk")
	}
	return m, nil
}

// readManifest tells whether there is a manifest, and reads it.
func readManifest(dir FS) (m manifest, found bool, err error) {
	b, err := dir.ReadFile(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	m, err = parseManifest(b)
	return m, true, err
}

// write replaces the manifest durably: there is the old one or the new one, whenever power fails.
func (m manifest) write(dir FS) error {
	f, err := dir.Create(manifestNew, 0)
	if err != nil {
		return err
	}
	if _, err = f.WriteAt(m.text(), 0); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := dir.Rename(manifestNew, manifestName); err != nil {
		return err
	}
	return dir.SyncDir()
}
