package protocols

import (
	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/sim"
)

// kvMachine is the state machine that ships, package kv, under words: put(k,v) get(k) delete(k).
type kvMachine struct {
	place  *sim.Place
	store  *kv.Store
	reply  kv.Response
	bytes  []byte
	answer []byte
}

func newKV(p *sim.Place) *kvMachine { return &kvMachine{place: p, store: kv.New(kv.Limits{})} }

func (m *kvMachine) execute(command, _ string) string {
	var room arguments
	name, args := room.split(command)
	key := []byte(args[0])
	var req kv.Request
	switch name {
	case "put":
		req.Op, req.Put.Key, req.Put.Value = kv.OpPut, key, []byte(args[1])
	case "get":
		req.Op, req.Range.Key = kv.OpRange, key
	default:
		req.Op, req.Delete.Key = kv.OpDelete, key
	}
	m.bytes = kv.AppendRequest(m.bytes[:0], &req)
	m.answer = m.store.Apply(m.bytes, m.answer[:0])
	if err := kv.DecodeResponse(m.answer, &m.reply); err != nil {
		panic("protocols: the store's own answer does not decode: " + err.Error())
	}
	return m.words(name)
}

// words returns the answer as a text.
func (m *kvMachine) words(name string) string {
	switch {
	case m.reply.Code != kv.OK:
		return m.reply.Code.String()
	case name != "get":
		return "ok"
	case len(m.reply.KVs) == 0:
		return "nothing"
	}
	return string(m.reply.KVs[0].Value)
}

func (m *kvMachine) appendState(dst []byte) []byte { return m.store.AppendState(dst) }

// rows shows what the keys hold that the run's commands name.
func (m *kvMachine) rows(cells []sim.Cell) {
	for i := range cells {
		req := kv.Request{Op: kv.OpRange}
		req.Range.Key = []byte(m.place.Machine.Keys[i])
		m.bytes = kv.AppendRequest(m.bytes[:0], &req)
		cells[i] = sim.Empty
		err := kv.DecodeResponse(m.store.Read(m.bytes, nil), &m.reply)
		if err == nil && m.reply.Code == kv.OK && len(m.reply.KVs) > 0 {
			cells[i] = sim.ValueCell(m.place.Log.Names.OfBytes(m.reply.KVs[0].Value))
		}
	}
}
