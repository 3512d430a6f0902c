package main

import (
	"bytes"
	"encoding/binary"
)

// A column in memory until the program starts, in words: where it is read, where the next new item
// is, from where items are counted, where the known items are and where those end, and what stands
// for none.
const columnBytes = 24

// The table from a PC to a function, which has as much for each function as one of 64 KB would
// need: the number of the function, and then nothing.
const (
	bucketBytes = 20
	bucketShift = 4 // buckets of a function, as a power of two
)

// fold writes the function table as columns, which the program unfolds when it starts: most of what
// the linker lays out to be found fast can be computed. What the names and tables say comes in the
// order of the functions, and the stack maps come behind the names. Nothing changes if the table is
// not as the linker lays it out, or has no room.
func (f functions) fold() (unfolding, bool) {
	data := f.address(describedData)
	u := unfolding{count: f.count, entries: f.address(describedFunctions),
		buckets: f.address(describedBuckets)}
	u.size = f.address(describedEnd) - u.buckets
	rows, ok := f.rows()
	if !ok || u.size <= 0 || u.buckets < data || u.buckets+u.size > len(f.memory) ||
		!regular(f.memory[u.buckets:][:u.size]) {
		return u, false
	}
	c, ok := f.columns(rows)
	if !ok || !f.room(&c, u) {
		return u, false
	}
	f.drop(rows)
	clear(f.memory[f.header+headerBytes : data])
	clear(f.memory[u.buckets:][:u.size])
	f.lay(&c, u.buckets)
	binary.LittleEndian.PutUint64(f.memory[f.description+8*describedData:], uint64(f.header))
	return u, true
}

// room tells whether the columns have room, and the entries that will be.
func (f functions) room(c *columns, u unfolding) bool {
	names, maps := len(c.items[columnName]), len(c.items[columnArgs])+len(c.items[columnVars])
	tables := 1 + len(c.items[columnMoved]) + len(c.items[columnStack])
	entries := 8*f.count + 8 + (entryBytes+16)*f.count + 4*c.more
	return names+maps <= len(f.names) && tables <= len(f.tables) &&
		entries <= f.address(describedData)-u.entries &&
		c.size()+4*columnSize*f.count <= u.size
}

// regular tells whether the table from a PC to a function is as it can be computed.
func regular(table []byte) bool {
	for i := 0; i < len(table); i += bucketBytes {
		bucket := table[i:min(i+bucketBytes, len(table))]
		if len(bucket) < 4 || len(bytes.Trim(bucket[4:], "\x00")) > 0 ||
			int(binary.LittleEndian.Uint32(bucket)) != i/bucketBytes>>bucketShift {
			return false
		}
	}
	return true
}

// drop clears the stack maps where they were, unless a function has them as something else.
func (f functions) drop(rows []row) {
	data := newSpace(f.data)
	for _, r := range rows {
		for c := columnArgs; c <= columnVars; c++ {
			if item := f.item(c, r.items[c]); item != nil {
				data.dropped[r.items[c]] = len(item)
			}
		}
		for _, at := range r.more {
			data.kept[at] = true
		}
	}
	data.clear()
}

// lay writes the columns: their items to where they stay, and what is read at the start to where
// the table from a PC to a function will be.
func (f functions) lay(c *columns, at int) {
	names := f.header + headerBytes
	tables := f.header + int(word(f.memory[f.header:], 7))
	next := [...]int{names, tables + 1, 0, names + len(c.items[columnName]), 0}
	next[columnStack] = next[columnMoved] + len(c.items[columnMoved])
	next[columnVars] = next[columnArgs] + len(c.items[columnArgs])
	base := [...]int{names, tables, tables, f.header, f.header}
	absent := [...]int{0, 0, 0, none, none}
	stream, known := at+columnAll*columnBytes, at+c.size()
	for i, s := range c.streams {
		state := []int{stream, 0, 0, 0, 0, 0}
		if i < columnSize {
			copy(f.memory[next[i]:], c.items[i])
			state = []int{stream, next[i], base[i], known, known, absent[i]}
			known += 4 * f.count
		}
		for w, value := range state {
			binary.LittleEndian.PutUint32(f.memory[at+columnBytes*i+4*w:], uint32(value))
		}
		stream += copy(f.memory[stream:], s)
	}
}
