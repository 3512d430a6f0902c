package sim

import "github.com/synodlab/synod/core/trace"

// judge lets n suspect or trust peers, because a detector or a person says so.
func (w *World) judge(n Node, in *Input) (refusal string) {
	if refusal = w.run(n, *in, w.cause); refusal != "" {
		return refusal
	}
	for _, p := range in.Peers {
		if in.Kind == Suspect {
			w.nodes[n].suspected |= 1 << p
		} else {
			w.nodes[n].suspected &^= 1 << p
		}
	}
	return ""
}

// verdicts is judge with a record for each peer, unless the node refuses.
func (w *World) verdicts(n Node, in *Input) (refusal string) {
	before := len(w.Log.Records)
	for _, p := range in.Peers {
		w.recordVerdict(n, in.Kind, p)
	}
	if refusal = w.judge(n, in); refusal != "" {
		w.Log.Records = w.Log.Records[:before]
	}
	return refusal
}

// verdict is judge with its record, for one peer. A protocol that knows no detector ignores it.
func (w *World) verdict(n Node, kind InputKind, peer Node) {
	nd := &w.nodes[n]
	switch {
	case !nd.up || nd.suspected>>peer&1 == 1 == (kind == Suspect):
		return
	case nd.paused:
		nd.inbox = append(nd.inbox, waiting{kind: kind, peer: peer})
		return
	}
	at := w.recordVerdict(n, kind, peer)
	w.cause = uint32(at + 1)
	w.judge(n, &Input{Kind: kind, Now: w.Now, Peers: []Node{peer}})
	w.cause = 0
}

func (w *World) recordVerdict(n Node, kind InputKind, peer Node) int {
	r := trace.New(trace.Note, n)
	r.To, r.Note = peer, w.note(noteSuspects)
	if kind == Trust {
		r.Note = w.note(noteTrusts)
	}
	return w.record(r)
}

// Suspects reports whether n suspects peer.
func (w *World) Suspects(n, peer Node) bool { return w.nodes[n].suspected>>peer&1 == 1 }

// detects reports whether n takes part in failure detection.
func (w *World) detects(n Node) bool { return w.place.Roles[n]&^(Client|Spare) != 0 }

// watch begins the detector of a node that has just started.
func (w *World) watch(n Node) {
	if w.settings.Detector != DetectPings || !w.detects(n) {
		return
	}
	w.nodes[n].detection[n]++ // the pings of a life before are over
	w.queueDetection(itemPing, n, n, 0)
	for p := range w.nodes {
		if Node(p) != n && w.detects(Node(p)) {
			w.silence(n, Node(p))
		}
	}
}

// missed lets the accurate detector notice the crash of n, later.
func (w *World) missed(n Node) { w.notice(n, itemDetect) }

// back lets the accurate detector notice that n is up again, later, and n notice who is down.
func (w *World) back(n Node) {
	w.notice(n, itemTrust)
	if w.settings.Detector != DetectAccurate || !w.detects(n) {
		return
	}
	for p := range w.nodes {
		if !w.nodes[p].up && w.detects(Node(p)) {
			w.nodes[n].detection[p]++
			w.queueDetection(itemDetect, n, Node(p), w.settings.Every)
		}
	}
}

func (w *World) notice(n Node, kind itemKind) {
	if w.settings.Detector != DetectAccurate || !w.detects(n) {
		return
	}
	for p := range w.nodes {
		if Node(p) != n && w.detects(Node(p)) {
			w.nodes[p].detection[n]++
			w.queueDetection(kind, Node(p), n, w.settings.Every)
		}
	}
}

// silence lets n suspect peer unless it is heard before a timeout.
func (w *World) silence(n, peer Node) {
	nd := &w.nodes[n]
	nd.detection[peer]++
	h := draw(w.place.Seed, purposeTimer, uint64(n), uint64(128+uint64(peer)), nd.detection[peer])
	w.queueDetection(itemDetect, n, peer, w.place.Timeout.In(h))
}

func (w *World) queueDetection(kind itemKind, n, peer Node, after Micros) {
	w.queue.push(item{kind: kind, at: w.Now + after, node: n, a: uint32(peer),
		gen: w.nodes[n].detection[peer]})
}

func (w *World) staleDetection(it *item) bool {
	nd := &w.nodes[it.node]
	if it.kind == itemPing {
		return !nd.up || nd.detection[it.node] != it.gen
	}
	return nd.detection[it.a] != it.gen
}

func (w *World) detect(it *item) {
	peer := Node(it.a)
	switch it.kind {
	case itemPing:
		w.pings(it.node)
	case itemDetect:
		w.verdict(it.node, Suspect, peer)
	default:
		if w.nodes[peer].up {
			w.verdict(it.node, Trust, peer)
		}
	}
}

// pings sends a ping to everyone and comes again.
func (w *World) pings(n Node) {
	if !w.nodes[n].paused {
		for p := range w.nodes {
			if Node(p) != n && w.detects(Node(p)) {
				w.pinging = NewMessage(w.ping)
				w.pinging.From, w.pinging.To = n, Node(p)
				w.transmit(&w.pinging, nil)
			}
		}
	}
	w.nodes[n].detection[n]++
	w.queueDetection(itemPing, n, n, w.settings.Every)
	w.happened()
}

// heard takes in a ping.
func (w *World) heard(n, from Node) {
	w.verdict(n, Trust, from)
	w.silence(n, from)
}
