package main

import (
	"encoding/binary"
	"maps"
	"strconv"
	"strings"
)

// mnemonics are the operations of the functions that pack adds to a program; all are of 32 bits.
var mnemonics = map[string]byte{
	"block": opBlock, "loop": opLoop, "if": opIf, "end": opEnd, "br": opBranch,
	"br_if": opBranchIf, "return": opReturn, "call": opCall, "get": opGet, "set": opSet,
	"tee": opTee, "load": opLoad32, "byte": opLoadByte, "store": opStore32, "num": opConst32,
	"eqz": opZero32, "eq": 0x46, "lt": 0x49, "gt": 0x4b, "ge": 0x4f, "add": opAdd32, "sub": 0x6b,
	"mul": 0x6c, "and": 0x71, "or": 0x72, "shl": 0x74, "shr": 0x76, "fill": opBulk,
}

// assembled returns the body of a function: its text has one operation after the other, each with
// a word behind it if it needs one: a number, one of the words given, or any word for a label. Its
// locals are named first, up to "do"; its argument, if it has one, is the first of them.
func assembled(text, argument string, words map[string]int) []byte {
	begin, code, _ := strings.Cut(text, "do\n")
	locals := strings.Fields(begin)
	a := assembly{strings.Fields(code), maps.Clone(words), map[string]int{}}
	for i, w := range append(strings.Fields(argument), locals...) {
		a.words[w] = i
	}
	declared := []byte{1, byte(len(locals)), type32}
	return assemble(declared, append(a.code(), instruction{op: opEnd}))
}

// assembly is a text that becomes code.
type assembly struct {
	rest   []string
	words  map[string]int
	labels map[string]int
}

func (a *assembly) code() []instruction {
	var code []instruction
	for len(a.rest) > 0 {
		w := a.word()
		op, ok := mnemonics[w]
		if !ok {
			panic("pack: no operation is called " + w)
		}
		in := instruction{op: op}
		switch op {
		case opBlock, opLoop, opIf, opBranch, opBranchIf:
			in.x = a.label()
		case opLoad32, opStore32:
			in.x, in.y = 2, a.number()
		case opLoadByte:
			in.y = a.number()
		case opCall, opGet, opSet, opTee, opConst32:
			in.x = a.number()
		case opBulk:
			in.rest = []byte{11, 0}
		}
		code = append(code, in)
	}
	return code
}

func (a *assembly) word() string {
	w := a.rest[0]
	a.rest = a.rest[1:]
	return w
}

// label numbers a label by its name.
func (a *assembly) label() int {
	w := a.word()
	if _, ok := a.labels[w]; !ok {
		a.labels[w] = len(a.labels)
	}
	return a.labels[w]
}

func (a *assembly) number() int {
	w := a.word()
	if n, ok := a.words[w]; ok {
		return n
	}
	n, err := strconv.Atoi(w)
	if err != nil {
		panic("pack: no word is " + w)
	}
	return n
}

// sized is a function's body behind its size.
func sized(body []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(body))), body...)
}
