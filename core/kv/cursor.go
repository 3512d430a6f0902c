package kv

import (
	"encoding/binary"
	"strconv"
)

// formatVersion is the first byte of every encoded request and response.
const formatVersion = 1

// FormatError tells where encoded bytes are not what they must be.
type FormatError struct {
	What   string // what was decoded: "request", "response", "state"
	Offset int    // of the first byte that does not fit
	Want   string // what was expected there
}

// Error returns what was decoded, where it went wrong, and what was expected there.
func (e *FormatError) Error() string {
	return "kv: " + e.What + ": byte " + strconv.Itoa(e.Offset) + ": want " + e.Want
}

// cursor reads encoded fields from the front of data. After the first misfit it keeps the error and
// every further field is zero, so that a decoder checks once: at the end, or before it allocates.
type cursor struct {
	what string
	data []byte
	base int // what data begins with is this byte of the whole
	at   int
	err  *FormatError
}

func (c *cursor) fail(want string) {
	if c.err == nil {
		c.err = &FormatError{What: c.what, Offset: c.base + c.at, Want: want}
	}
}

// end returns what went wrong, counting bytes left over as wrong.
func (c *cursor) end() error {
	if c.at != len(c.data) {
		c.fail("the end")
	}
	return c.failure()
}

// failure returns what went wrong.
func (c *cursor) failure() error {
	if c.err != nil {
		return c.err
	}
	return nil
}

// byte reads one byte of at most most.
func (c *cursor) byte(most uint8, want string) uint8 {
	if c.err != nil || c.at >= len(c.data) || c.data[c.at] > most {
		c.fail(want)
		return 0
	}
	b := c.data[c.at]
	c.at++
	return b
}

// exact reads one byte that must be want.
func (c *cursor) exact(value uint8, want string) {
	if c.err == nil && (c.at >= len(c.data) || c.data[c.at] != value) {
		c.fail(want)
		return
	}
	c.at++
}

func (c *cursor) bool(want string) bool { return c.byte(1, want) == 1 }

// uvarint reads a base-128 number. Only its shortest form is taken, so that one command has one
// encoding.
func (c *cursor) uvarint(want string) uint64 {
	if c.err != nil {
		return 0
	}
	u, n := binary.Uvarint(c.data[c.at:])
	if n <= 0 || n > 1 && c.data[c.at+n-1] == 0 {
		c.fail(want)
		return 0
	}
	c.at += n
	return u
}

func (c *cursor) int64(want string) int64 { return int64(c.uvarint(want)) }

// count reads how many elements follow, at most most and no more than can fit when each takes at
// least size bytes: what the caller allocates is bounded by what it was sent.
func (c *cursor) count(most, size int, want string) int {
	start := c.at
	n := c.uvarint(want)
	if c.err != nil {
		return 0
	}
	if n > uint64(most) || n > uint64((len(c.data)-c.at)/size) {
		c.at = start
		c.fail(want)
		return 0
	}
	return int(n)
}

// bytes reads a length and that many bytes, which it does not copy; nil if there are none.
func (c *cursor) bytes(want string) []byte {
	n := c.count(len(c.data), 1, want)
	if n == 0 {
		return nil
	}
	b := c.data[c.at : c.at+n : c.at+n]
	c.at += n
	return b
}

func appendBytes(dst, b []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(b)))
	return append(dst, b...)
}

func appendInt64(dst []byte, n int64) []byte { return binary.AppendUvarint(dst, uint64(n)) }

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}
