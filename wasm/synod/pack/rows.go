package main

import "encoding/binary"

// The columns of the function table. An item of those before columnSize is told by whether it is
// new, or which one of the column it is: new ones follow one another.
const (
	columnName  = iota // a function's name
	columnMoved        // its table of how far the stack pointer was moved
	columnStack        // its table of the numbers of stack maps
	columnArgs         // stack maps of its arguments
	columnVars         // stack maps of its variables
	columnSize         // bytes of its arguments
	columnDefer        // where it goes on when it recovered
	columnFlags        // a word whose highest byte is how many data it has
	columnMore         // where its further data are, plus 1
	columnAll
)

// row is what is left of a function's entry when it was trimmed.
type row struct {
	items [columnSize]int // where they are
	plain [3]int          // columnSize to columnFlags
	more  []int           // where its further data are
}

// columns are the function table, column by column.
type columns struct {
	items   [columnSize][]byte
	streams [columnAll][]byte
	more    int // data of columnMore
}

// size is how many bytes of the columns are needed only at the start.
func (c *columns) size() int {
	size := columnAll * columnBytes
	for _, s := range c.streams {
		size += len(s)
	}
	return size
}

// rows reads the function table; false if the functions are not numbered one after the other.
func (f functions) rows() ([]row, bool) {
	rows := make([]row, f.count)
	for i := range rows {
		e, _ := f.entry(i)
		if e.get(0) != firstFunction+i || len(f.name(e.get(nameAt))) == 0 {
			return nil, false
		}
		rows[i] = e.row()
	}
	return rows, true
}

// row reads an entry. Data that are not there need not be told at its end.
func (e entry) row() row {
	r := row{items: [...]int{e.get(nameAt), e.get(spAt), 0, none, none}}
	if e.tables > tableStack {
		r.items[columnStack] = e.get(entryBytes + 4*tableStack)
	}
	for d := range e.data {
		if d < columnSize-columnArgs {
			r.items[columnArgs+d] = e.get(e.dataAt(d))
			continue
		}
		r.more = append(r.more, e.get(e.dataAt(d)))
	}
	for len(r.more) > 0 && r.more[len(r.more)-1] == none {
		r.more = r.more[:len(r.more)-1]
	}
	flags := e.get(identityAt)&0xffffff | (columnSize-columnArgs+len(r.more))<<24
	r.plain = [...]int{e.get(argsAt), e.get(deferAt), flags}
	return r
}

// columns turns rows into columns; false if something is not where it should be.
func (f functions) columns(rows []row) (c columns, ok bool) {
	var known [columnSize]map[int]int
	for i := range known {
		known[i] = map[int]int{}
	}
	ok = true
	put := func(column, n int) {
		c.streams[column] = binary.AppendUvarint(c.streams[column], uint64(n))
	}
	for _, r := range rows {
		for i, at := range r.items {
			item := f.item(i, at)
			n, was := known[i][at]
			switch {
			case item == nil:
				ok = ok && (at == none || at == 0)
				n = 1
			case was:
				n += 2
			default:
				known[i][at] = len(known[i])
				c.items[i] = append(c.items[i], item...)
			}
			put(i, n)
		}
		for i, n := range r.plain {
			put(columnSize+i, n)
		}
		c.more += len(r.more)
		for _, at := range r.more {
			put(columnMore, int(uint32(f.moved(at)+1)))
		}
	}
	return c, ok
}

// moved is where data are counted from the header, from which all are counted then.
func (f functions) moved(at int) int {
	if at == none {
		return at
	}
	return at + f.address(describedData) - f.header
}

// item returns the bytes of an item of a column, nil if there is none.
func (f functions) item(column, at int) []byte {
	switch {
	case column == columnName:
		n := len(f.name(at)) + 1
		return f.names[at:][:n]
	case column < columnArgs:
		return f.table(at, nil)
	case at == none || at+8 > len(f.data):
		return nil
	}
	maps := int(binary.LittleEndian.Uint32(f.data[at:]))
	bits := int(binary.LittleEndian.Uint32(f.data[at+4:]))
	n := 8 + maps*((bits+7)/8)
	if n > len(f.data)-at {
		return nil
	}
	return f.data[at:][:n]
}
