package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// The parts of a WebAssembly module that matter here.
//
//	magic and version (8 bytes), then sections: id, size, content
//	data section: count, then segments: 0, i32.const address, end, size, bytes
const (
	header      = 8
	dataSection = 11
	i32Const    = 0x41
	end         = 0x0b
)

// maxImage bounds the memory that a module may fill: bytes.
const maxImage = 64 << 20

var errModule = errors.New("not a module as the Go linker writes it")

// reader reads LEB128 numbers and bytes; the first thing that is not there ends it.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > math.MaxInt32 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

// address reads what follows i32.const: a signed number, of which addresses are the positive.
func (r *reader) address() int {
	n, shift := 0, 0
	for shift < 35 {
		c := r.take(1)
		if r.bad {
			return 0
		}
		n |= int(c[0]&127) << shift
		shift += 7
		if c[0] < 128 {
			r.bad = r.bad || c[0]&64 != 0
			return n
		}
	}
	r.bad = true
	return 0
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return make([]byte, 1)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// pack rewrites a module with one data segment and without line tables; cleared is false if these
// were not found. The memory that the program begins with is otherwise the same, byte for byte.
func pack(module []byte) (packed []byte, cleared bool, err error) {
	if len(module) < header || !bytes.HasPrefix(module, []byte("\x00asm")) {
		return nil, false, errModule
	}
	packed = append(packed, module[:header]...)
	r := reader{b: module[header:]}
	for len(r.b) > 0 && !r.bad {
		id, content := r.take(1)[0], r.take(r.number())
		if id == dataSection {
			memory, err := image(content)
			if err != nil {
				return nil, false, err
			}
			cleared = clearLines(memory)
			content = segment(memory)
		}
		packed = binary.AppendUvarint(append(packed, id), uint64(len(content)))
		packed = append(packed, content...)
	}
	if r.bad {
		return nil, false, errModule
	}
	return packed, cleared, nil
}

// image is the memory from address 0 that a data section fills; what no segment fills is zero.
func image(content []byte) ([]byte, error) {
	var memory []byte
	r := reader{b: content}
	for range r.number() {
		start := r.take(2)
		if r.bad || start[0] != 0 || start[1] != i32Const {
			return nil, errModule
		}
		at := r.address()
		last := r.take(1)[0]
		data := r.take(r.number())
		if r.bad || last != end || at+len(data) > maxImage {
			return nil, errModule
		}
		if grow := at + len(data) - len(memory); grow > 0 {
			memory = append(memory, make([]byte, grow)...)
		}
		copy(memory[at:], data)
	}
	return memory, nil
}

// segment is a data section of one segment, from the first byte of memory that is not zero.
func segment(memory []byte) []byte {
	at := len(memory) - len(bytes.TrimLeft(memory, "\x00"))
	content := []byte{1, 0, i32Const}
	n := at
	for n >= 64 {
		content = append(content, byte(n&127|128))
		n >>= 7
	}
	content = append(content, byte(n), end)
	content = binary.AppendUvarint(content, uint64(len(memory)-at))
	return append(content, memory[at:]...)
}
