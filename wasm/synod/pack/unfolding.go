package main

import (
	"bytes"
	"encoding/binary"
)

// unfolding is how a program makes its function table when it starts: addresses, and how many
// functions there are.
type unfolding struct {
	count   int
	entries int // where the table is to be
	buckets int // where the columns are, and where the table from a PC to a function is to be
	size    int // bytes of that table
}

// number is a function that reads the next number of a column.
const number = `p v shift do
	get column load 0 set p
	loop more
		get v get p byte 0 num 127 and get shift shl or set v
		get shift num 7 add set shift
		get p num 1 add tee p num -1 add byte 0 num 127 gt br_if more
	end
	get column get p store 0
	get v`

// item is a function that returns where the next item of a column is. A new one ends with a zero
// byte, but its first byte may be one, too; stack maps tell how many they are and of how many bits.
const item = `n at p do
	get column call number tee n
	if old
		get n num 1 eq if absent get column load 20 return end
		get column load 12 get n num 2 sub num 2 shl add load 0 return
	end
	get column load 4 tee at set p
	block passed
		get column num maps lt
		if text
			loop more get p num 1 add tee p byte 0 br_if more end
			get p num 1 add set p
			br passed
		end
		get at load 4 num 7 add num 3 shr get at load 0 mul get at num 8 add add set p
	end
	get column get p store 4
	get column load 16 get at get column load 8 sub tee at store 0
	get column get column load 16 num 4 add store 16
	get at`

// unfold is what runs when the program starts. An entry is written as the runtime reads it.
const unfold = `i out n p do
	num behind num 8 add set out
	loop rows
		get i num 3 shl num entries add tee p get i num first add store 0
		get p get out num entries sub store 4
		get out get i num first add store 0
		get out num name call item store 4
		get out num size call number store 8
		get out num defer call number store 12
		get out num moved call item store 16
		get out num tables store 28
		get out num flags call number tee n store 40
		get out num stack call item store 48
		get out num maps call item store 52
		get out num vars call item store 56
		get out num 60 add set out
		get n num 24 shr set n
		loop data
			get n num 2 gt if further
				get out num more call number num 1 sub store 0
				get out num 4 add set out
				get n num 1 sub set n
				br data
			end
		end
		get i num 1 add tee i num count lt br_if rows
	end
	num behind num first num count add store 0
	num buckets num 0 num bytes fill
	num 0 set i
	loop filled
		get i num 20 mul num buckets add get i num 4 shr store 0
		get i num 1 add tee i num all lt br_if filled
	end`

// words are what the texts call things, the functions that are added by the number of the first.
func (u unfolding) words(function int) map[string]int {
	words := map[string]int{
		"number": function, "item": function + 1,
		"entries": u.entries, "behind": u.entries + 8*u.count, "first": firstFunction,
		"count": u.count, "tables": tableStack + 1, "buckets": u.buckets, "bytes": u.size,
		"all": (u.size + bucketBytes - 1) / bucketBytes,
	}
	for column, word := range []string{
		columnName: "name", columnMoved: "moved", columnStack: "stack", columnArgs: "maps",
		columnVars: "vars", columnSize: "size", columnDefer: "defer", columnFlags: "flags",
		columnMore: "more",
	} {
		words[word] = u.buckets + columnBytes*column
	}
	return words
}

// firstType is the type of the functions of a Go program, whose number is 0; startType is that of
// what runs at the start.
var firstType, startType = []byte{0x60, 1, type32, 1, type32}, []byte{0x60, 0, 0}

// add adds the functions that unfold the table to a module; false if it is not as Go's linker
// writes it.
func (u unfolding) add(all *parts, imports int) bool {
	types, own := reader{b: all[typeSection]}, reader{b: all[functionSection]}
	start, first := types.number(), imports+own.number()
	if !bytes.HasPrefix(types.b, firstType) || all[startSection] != nil || start > 127 {
		return false
	}
	w := u.words(first)
	all[typeSection] = grown(all[typeSection], startType)
	all[functionSection] = grown(all[functionSection], []byte{0}, []byte{0}, []byte{byte(start)})
	all[startSection] = binary.AppendUvarint(nil, uint64(first+2))
	all[codeSection] = grown(all[codeSection], sized(assembled(number, "column", w)),
		sized(assembled(item, "column", w)), sized(assembled(unfold, "", w)))
	return true
}

// grown is the content of a section with more parts.
func grown(content []byte, more ...[]byte) []byte {
	r := reader{b: content}
	b := binary.AppendUvarint(nil, uint64(r.number()+len(more)))
	return append(append(b, r.b...), bytes.Join(more, nil)...)
}
