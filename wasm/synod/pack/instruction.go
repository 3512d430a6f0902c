package main

import "encoding/binary"

// Operations of WebAssembly that the Go compiler uses, as far as they are told apart here.
const (
	opUnreachable = 0x00
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opEnd         = 0x0b
	opBranch      = 0x0c
	opBranchIf    = 0x0d
	opTable       = 0x0e
	opReturn      = 0x0f
	opCall        = 0x10
	opIndirect    = 0x11
	opGet         = 0x20
	opSet         = 0x21
	opTee         = 0x22
	opGlobalGet   = 0x23
	opGlobalSet   = 0x24
	opLoads       = 0x28 // to opStores
	opLoad32      = 0x28
	opLoad64      = 0x29
	opLoadByte    = 0x2d
	opLastLoad    = 0x35
	opStore32     = 0x36
	opStores      = 0x3e
	opMemorySize  = 0x3f
	opMemoryGrow  = 0x40
	opConst32     = 0x41
	opConst64     = 0x42
	opFloat32     = 0x43
	opFloat64     = 0x44
	opZero32      = 0x45
	opZero64      = 0x50
	opLastCompare = 0x5a
	opAdd32       = 0x6a
	opRotr32      = 0x78
	opAdd64       = 0x7c
	opRotr64      = 0x8a
	opWrap        = 0xa7
	opExtend      = 0xad
	opLast        = 0xc4
	opBulk        = 0xfc
	noResult      = 0x40 // type of a block
	type32        = 0x7f
	type64        = 0x7e
)

// instruction is one operation with what follows it.
type instruction struct {
	op   byte
	x, y int    // index, constant, or alignment and offset; of a branch or a block its label
	rest []byte // what else follows, as it was read
}

// instructions reads a function's code up to its end.
func (r *reader) instructions() []instruction {
	var code []instruction
	for len(r.b) > 0 && !r.bad {
		code = append(code, r.instruction())
	}
	return code
}

func (r *reader) instruction() instruction {
	in := instruction{op: r.take(1)[0]}
	switch op := in.op; {
	case op == opBlock || op == opLoop || op == opIf:
		r.bad = r.bad || r.take(1)[0] != noResult
	case op == opBranch || op == opBranchIf || op == opCall || op >= opGet && op <= opGlobalSet:
		in.x = r.number()
	case op == opTable:
		in.rest = r.table()
	case op == opIndirect || op >= opLoads && op <= opStores:
		in.x, in.y = r.number(), r.number()
	case op == opMemorySize || op == opMemoryGrow:
		in.rest = r.take(1)
	case op == opConst32 || op == opConst64:
		in.x = r.signed()
	case op == opFloat32:
		in.rest = r.take(4)
	case op == opFloat64:
		in.rest = r.take(8)
	case op == opBulk:
		in.rest = r.bulk()
	case op > opLast || op > opEnd && op < opBranch || op > opIndirect && op < 0x1a:
		r.bad = true
	}
	return in
}

// table reads the labels of a br_table and returns their bytes.
func (r *reader) table() []byte {
	b := r.b
	for n := r.number(); n >= 0 && !r.bad; n-- {
		r.number()
	}
	return b[:len(b)-len(r.b)]
}

// bulk reads what follows 0xfc: a conversion that saturates, or a copy or fill of memory.
func (r *reader) bulk() []byte {
	switch b := r.b; {
	case len(b) > 0 && b[0] < 8:
		return r.take(1)
	case len(b) > 0 && b[0] == 10:
		return r.take(3)
	case len(b) > 0 && b[0] == 11:
		return r.take(2)
	}
	r.bad = true
	return nil
}

// appendTo appends an instruction whose label, if it has one, is already a depth.
func (in *instruction) appendTo(b []byte) []byte {
	b = append(b, in.op)
	switch op := in.op; {
	case op == opBlock || op == opLoop || op == opIf:
		b = append(b, noResult)
	case op == opBranch || op == opBranchIf || op == opCall || op >= opGet && op <= opGlobalSet:
		b = binary.AppendUvarint(b, uint64(in.x))
	case op == opIndirect || op >= opLoads && op <= opStores:
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(in.x)), uint64(in.y))
	case op == opConst32 || op == opConst64:
		b = appendSigned(b, in.x)
	}
	return append(b, in.rest...)
}

// appendSigned appends n as signed LEB128.
func appendSigned(b []byte, n int) []byte {
	for n < -64 || n > 63 {
		b = append(b, byte(n)|128)
		n >>= 7
	}
	return append(b, byte(n)&127)
}
