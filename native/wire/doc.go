// Package wire carries bytes between nodes, and from a node to those who watch it, over WebSocket.
// It knows nothing of what it carries: a message is encoded and judged by those who use it.
//
// # What is assumed, and what is not protected
//
// A message may be lost, at any time and without notice: when the peer is down, when its queue is
// full, when a connection breaks. It is never delivered changed (CRC-32C), and never from a node
// that the handshake refused. Order holds within a lane of one connection. Who may connect is
// decided by TLS beneath and by the handshake; the handshake alone is a guard against mistakes, not
// against an enemy.
//
// # Connections
//
// Each node dials each other node whose address it knows, several in turn, and sends on the
// connections that it dialed: between two nodes there are two connections, none of which needs to
// know of the other. A peer that cannot dial, as one at the edge, may answer on the connection on
// which it was asked: both ends read.
//
// The dialer begins with its Hello; the acceptor judges it and answers with its own, which the
// dialer judges. A refusal closes the connection with its reason, so that both logs tell it. Then
// binary frames follow. Of one number only one disk is connected at a time, whoever dialed: another
// would be a second node under the same name. Both ends ping, and give a connection up that does
// not answer in time. A broken connection is dialed again after 50 ms, doubling up to 2 s, each
// time between half and all of that; one that lasted less than 2 s counts as an attempt that
// failed. The log warns of what an operator does not expect: a refusal, once, a connection that
// breaks without a word, a peer that stays away for ten seconds.
//
// Integers are little-endian.
//
//	offset  bytes  hello
//	0       4      "SYNH"
//	4       2      version of the protocol
//	6       2      life
//	8       1      node
//	9       1      length n of the cluster's name
//	10      1      length a of the address
//	11      1      zero
//	12      4      alpha
//	16      8      digest of the limits
//	24      16     disk id
//	40      32     cluster id, zero before genesis
//	72      n      name of the cluster
//	72+n    a      where the node is dialed, host:port
//
//	offset  bytes  frame
//	0       4      "SYN1"
//	4       4      CRC-32C of all that follows
//	8       4      number of messages, from 1
//	12      …      each message: length in 4 bytes, from 1, then as many bytes
//
// # Queues
//
// Each peer has two lanes of fixed size. The small one is for what must not wait behind data, beats
// and elections (PITFALLS B-54), the large one for the rest. All that waits goes into one frame,
// the small lane first, up to a bound. A full lane forgets its oldest message. While the peer is
// down nothing is kept: what it missed is asked for again, and what is old would only be in the
// way.
//
// # The library
//
// This package is the only importer of nhooyr.io/websocket, and conn.go its only file that is: the
// library is deprecated in favour of its successor at another path, and one file changes the day it
// is replaced. Reading goes through its Reader into a reused buffer; its Read allocates each time.
package wire
