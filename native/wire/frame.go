package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

const (
	frameMagic  = "SYN1"
	frameFixed  = 12
	lengthBytes = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errFrame is wrapped by every error of checkFrame.
var errFrame = errors.New("wire: not a frame")

// beginFrame empties a buffer and leaves room for what stands before the messages.
func beginFrame(b []byte) []byte {
	return append(b[:0], "SYN1\x00\x00\x00\x00\x00\x00\x00\x00"...)
}

// sealFrame writes what stands before the messages, of which b holds count.
func sealFrame(b []byte, count int) {
	binary.LittleEndian.PutUint32(b[8:], uint32(count))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[8:], castagnoli))
}

// checkFrame judges a frame as a whole, before any message of it is delivered, and returns the
// number of its messages.
func checkFrame(b []byte) (count int, err error) {
	le := binary.LittleEndian
	if len(b) < frameFixed || string(b[:4]) != frameMagic {
		return 0, fmt.Errorf("%w: %d bytes that begin with %q", errFrame, len(b),
			b[:min(len(b), 4)])
	}
	if got, want := crc32.Checksum(b[8:], castagnoli), le.Uint32(b[4:]); got != want {
		return 0, fmt.Errorf("%w: CRC-32C %08x, expected %08x", errFrame, got, want)
	}
	rest := b[frameFixed:]
	for len(rest) > 0 {
		if len(rest) < lengthBytes {
			return 0, fmt.Errorf("%w: %d bytes left over", errFrame, len(rest))
		}
		n := int(le.Uint32(rest))
		if n == 0 || n > len(rest)-lengthBytes {
			return 0, fmt.Errorf("%w: message of %d bytes, %d are there", errFrame, n,
				len(rest)-lengthBytes)
		}
		rest = rest[lengthBytes+n:]
		count++
	}
	if said := le.Uint32(b[8:]); count == 0 || uint32(count) != said {
		return 0, fmt.Errorf("%w: %d messages, %d announced", errFrame, count, said)
	}
	return count, nil
}

// eachMessage calls do for the messages of a checked frame, in order.
func eachMessage(b []byte, do func(msg []byte)) {
	for rest := b[frameFixed:]; len(rest) > 0; {
		n := lengthBytes + int(binary.LittleEndian.Uint32(rest))
		do(rest[lengthBytes:n])
		rest = rest[n:]
	}
}
