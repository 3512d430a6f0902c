package sim

// queue holds what is due, by time, then by when it was queued: a 4-ary heap of flat items. What
// was cancelled stays in it and is recognised by its generation.
type queue struct {
	items []item
	order uint64
}

type itemKind uint8

const (
	itemArrival itemKind = iota // a: index of the flight
	itemTimer                   // node, a: timer
	itemSync                    // node, lsn
	itemDetect                  // node suspects peer a
	itemTrust                   // node trusts peer a
	itemPing                    // node pings all
)

type item struct {
	at    Micros
	order uint64
	gen   uint64
	lsn   LSN
	a     uint32
	node  Node
	kind  itemKind
}

func (x *item) before(y *item) bool {
	return x.at < y.at || x.at == y.at && x.order < y.order
}

// next returns the order of what is queued now.
func (q *queue) next() uint64 {
	q.order++
	return q.order
}

func (q *queue) push(it item) {
	it.order = q.next()
	q.insert(it)
}

// insert is push for an item that has its order.
func (q *queue) insert(it item) {
	q.items = append(q.items, it)
	i := len(q.items) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !it.before(&q.items[parent]) {
			break
		}
		q.items[i] = q.items[parent]
		i = parent
	}
	q.items[i] = it
}

// pop removes the first item. The queue must not be empty.
func (q *queue) pop() item {
	first := q.items[0]
	last := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	if len(q.items) > 0 {
		q.sink(last)
	}
	return first
}

// replace puts it in place of the first item.
func (q *queue) replace(it item) { q.sink(it) }

// sink puts it where the root was.
func (q *queue) sink(it item) {
	i, n := 0, len(q.items)
	for {
		least := 4*i + 1
		if least >= n {
			break
		}
		for c := least + 1; c < min(4*i+5, n); c++ {
			if q.items[c].before(&q.items[least]) {
				least = c
			}
		}
		if !q.items[least].before(&it) {
			break
		}
		q.items[i] = q.items[least]
		i = least
	}
	q.items[i] = it
}
