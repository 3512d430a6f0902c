package main

import (
	"net"
	"syscall"

	"golang.org/x/net/netutil"
)

const (
	// ownFiles are the open files that a node keeps for itself: its log and snapshots, and the
	// connections that it dials.
	ownFiles = 128
	// mostOfClients and mostOfPage bound the connections to two listeners, and so their memory.
	mostOfClients, mostOfPage = 10_000, 1024
	// leastOfAll is what each listener may have, however few files the system allows.
	leastOfAll = 16
)

// crowd bounds how many connections each listener has at a time, so that whoever opens more than
// the system allows cannot keep the log from opening its next file, which would stop the node, nor
// the other nodes from coming in. More wait outside until others end.
func crowd(files int, listen *[3]net.Listener) {
	room := files - ownFiles
	most := [...]int{clientEnd: min(room/2, mostOfClients), peerEnd: room / 4,
		pageEnd: min(room/4, mostOfPage)}
	for i, l := range listen {
		listen[i] = netutil.LimitListener(l, max(most[i], leastOfAll))
	}
}

// openFiles is how many files this process may have open, as far as that matters here.
func openFiles() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return ownFiles
	}
	return int(min(limit.Cur, 4*mostOfClients))
}
