//go:build wasip1

package main

import (
	"strconv"

	"github.com/synodlab/synod/core/paxos"
)

// maxReplica bounds the memory of a replica that a recording opens in the tab.
const maxReplica = 256 << 20

// recording is a node's recording that is played: what was played, and the beginning of an event
// whose end did not come yet.
var recording struct {
	player *paxos.Player
	rest   []byte
}

// replay plays n bytes of input, the next piece of a recording that a node made; n = 0 begins a new
// one. The result is the hash of all that came out so far in hexadecimal, then how many events and
// drains were played. It returns 0 if the recording is refused; the result then says why.
//
//go:wasmexport replay
func replay(n uint32) uint32 {
	r := &recording
	if n == 0 || r.player == nil {
		r.player, r.rest = paxos.NewPlayer(maxReplica), nil
	}
	r.rest = append(r.rest, text(n)...)
	played, err := r.player.Play(r.rest)
	if err != nil {
		r.player = nil
		return fail(err)
	}
	r.rest = r.rest[:copy(r.rest, r.rest[played:])]
	b := session.out[:0]
	hash := strconv.FormatUint(r.player.Hash(), 16)
	for range 16 - len(hash) {
		b = append(b, '0')
	}
	b = append(append(b, hash...), ' ')
	b = append(strconv.AppendUint(b, r.player.Events(), 10), ' ')
	session.out = strconv.AppendUint(b, r.player.Drains(), 10)
	return 1
}
