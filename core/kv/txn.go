package kv

import (
	"bytes"
	"cmp"
)

// branch is what t runs when its compares hold, or do not.
func (t *Txn) branch(holds bool) []Request {
	if holds {
		return t.Success
	}
	return t.Failure
}

// decide appends the outcome of every transaction that r will run, outermost first, each followed
// by those within. All are decided on the state before the command, so that no operation can change
// the outcome of a compare beside it.
func (s *Store) decide(r *Request, path []bool) []bool {
	if r.Op != OpTxn {
		return path
	}
	holds := true
	for i := range r.Txn.Compare {
		if holds = s.holds(&r.Txn.Compare[i]); !holds {
			break
		}
	}
	path = append(path, holds)
	ops := r.Txn.branch(holds)
	for i := range ops {
		path = s.decide(&ops[i], path)
	}
	return path
}

// outcome is what decide found for the transaction that is entered next.
func (s *Store) outcome() bool {
	holds := s.path[s.step]
	s.step++
	return holds
}

func (s *Store) runTxn(t *Txn, out *Response) {
	out.Succeeded = s.outcome()
	ops := t.branch(out.Succeeded)
	if len(ops) == 0 {
		return
	}
	out.Responses = make([]Response, len(ops))
	for i := range ops {
		s.run(&ops[i], &out.Responses[i])
	}
}

// holds says whether c is true of every pair in its range. A range without pairs is compared as a
// pair of zeros, except for values: an absent value equals none, not even the empty one.
func (s *Store) holds(c *Compare) bool {
	all, some := true, false
	s.scan(c.Key, c.End, s.revision, func(v *version) bool {
		some = true
		all = c.holds(&v.KeyValue)
		return all
	})
	if !some {
		return c.Target != CompareValue && c.holds(&KeyValue{})
	}
	return all
}

func (c *Compare) holds(kv *KeyValue) bool {
	order := 0
	switch c.Target {
	case CompareVersion:
		order = cmp.Compare(kv.Version, c.Number)
	case CompareCreate:
		order = cmp.Compare(kv.Create, c.Number)
	case CompareMod:
		order = cmp.Compare(kv.Mod, c.Number)
	case CompareValue:
		order = bytes.Compare(kv.Value, c.Value)
	case CompareLease:
		order = cmp.Compare(kv.Lease, c.Number)
	}
	switch c.Result {
	case Equal:
		return order == 0
	case Greater:
		return order > 0
	case Less:
		return order < 0
	}
	return order != 0
}
