package node

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

// Why the driver dropped what a peer sent, or could not send; the replica counts for itself.
const (
	dropGarbage = iota // it cannot be read
	dropEarly          // before genesis
	dropCluster        // of another cluster
	dropSender         // speaks for another node or life than its handshake
	dropUnsent         // too large for its lane, or for a node that is no peer
	drops
)

var dropNames = [drops]string{"garbage", "early", "cluster", "sender", "unsent"}

// meters count what operators watch. The loop copies its own numbers now and then; who collects
// reads the copy.
type meters struct {
	drop  [drops]atomic.Uint64
	fsync prometheus.Histogram

	mu       sync.Mutex
	counters []uint64 // of the replica, by paxos.Counter
	queued   int
	open     int
}

func newMeters() *meters {
	return &meters{fsync: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "synod_fsync_seconds",
		Help:    "Time that one sync of the log took.",
		Buckets: prometheus.ExponentialBuckets(50e-6, 2, 16),
	})}
}

func (m *meters) dropped(why int) { m.drop[why].Add(1) }

func (m *meters) synced(took time.Duration) { m.fsync.Observe(took.Seconds()) }

// copy takes the loop's numbers over.
func (m *meters) copy(d *driver) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queued, m.open = len(d.desk.queue), len(d.desk.own)
	if d.replica == nil {
		return
	}
	m.counters = m.counters[:0]
	for i := range paxos.Counters() {
		m.counters = append(m.counters, d.replica.Counter(paxos.Counter(i)))
	}
}

func describeMetric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("synod_"+name, help, labels, nil)
}

var (
	chosenDesc   = describeMetric("chosen_slots", "Last slot of the chosen prefix known here.")
	appliedDesc  = describeMetric("applied_slots", "Last slot executed here.")
	leaderDesc   = describeMetric("leads", "1 if this node leads, else 0.")
	leadDesc     = describeMetric("leader", "Number of the leader that is followed, 0 if none is.")
	roundDesc    = describeMetric("ballot_round", "Round of the highest ballot promised.")
	revisionDesc = describeMetric("store_revision", "Revision of the store.")
	keysDesc     = describeMetric("store_keys", "Keys that have a value.")
	eraDesc      = describeMetric("era", "Era of the newest configuration that is decided.")
	votesDesc    = describeMetric("votes", "1 if a configuration that governs names this disk.")
	peersDesc    = describeMetric("peers_connected", "Peers that this node reaches.")
	pendingDesc  = describeMetric("commands_pending", "Commands of clients without an answer.")
	openDesc     = describeMetric("commands_under_way", "Commands given to a leader.")
	queuedDesc   = describeMetric("commands_queued", "Commands that wait for a leader or for room.")
	coreDesc     = describeMetric("replica_total", "What the replica counted, by what.", "what")
	refusedDesc  = describeMetric("refused_total", "Commands refused here, by reason.", "reason")
	droppedDesc  = describeMetric("dropped_total", "Messages dropped, by reason.", "reason")
	logBytesDesc = describeMetric("log_written_bytes_total", "Bytes written to the log.")
	logRecsDesc  = describeMetric("log_records_total", "Records appended to the log.")
	logSyncsDesc = describeMetric("log_writes_total", "Writes of the log, each made durable.")
	lostDesc     = describeMetric("peer_lost_total", "Messages to a peer given up.", "peer", "why")
	refusalsDesc = describeMetric("handshakes_refused_total", "Handshakes refused, by whom.", "by")
)

// Describe is that of prometheus.Collector: the set of metrics is found by collecting.
func (n *Node) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(n, ch) }

// Collect is that of prometheus.Collector.
func (n *Node) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	n.collectReplica(gauge)
	n.collectCounters(gauge, count)
	n.collectPeers(gauge, count)
	collectLog(n.log.Status(), count)
	n.meters.fsync.Collect(ch)
}

func (n *Node) collectReplica(gauge func(*prometheus.Desc, float64, ...string)) {
	s := n.Status()
	leads, leader := 0.0, 0.0
	if s.Role == paxos.Leader {
		leads = 1
	}
	if s.Leader != paxos.NoNode {
		leader = float64(s.Leader)
	}
	votes := 0.0
	if s.Votes {
		votes = 1
	}
	gauge(eraDesc, float64(s.Era))
	gauge(votesDesc, votes)
	gauge(chosenDesc, float64(s.Chosen))
	gauge(appliedDesc, float64(s.Applied))
	gauge(leaderDesc, leads)
	gauge(leadDesc, leader)
	gauge(roundDesc, float64(s.Promised.Round()))
	gauge(revisionDesc, float64(s.Store.Revision))
	gauge(keysDesc, float64(s.Store.Keys))
	gauge(pendingDesc, float64(n.pending.Load()))
}

// collectCounters gives refusals and drops their own names, and the rest one for all.
func (n *Node) collectCounters(gauge func(*prometheus.Desc, float64, ...string),
	count func(*prometheus.Desc, uint64, ...string)) {
	m := n.meters
	for i := range m.drop {
		count(droppedDesc, m.drop[i].Load(), dropNames[i])
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	gauge(openDesc, float64(m.open))
	gauge(queuedDesc, float64(m.queued))
	for i, v := range m.counters {
		name := paxos.Counter(i).String()
		if reason, is := strings.CutPrefix(name, "refused_"); is {
			count(refusedDesc, v, reason)
		} else if reason, is := strings.CutPrefix(name, "drop_"); is {
			count(droppedDesc, v, "replica_"+reason)
		} else {
			count(coreDesc, v, name)
		}
	}
}

func (n *Node) collectPeers(gauge func(*prometheus.Desc, float64, ...string),
	count func(*prometheus.Desc, uint64, ...string)) {
	up := 0.0
	for _, p := range n.peers.Status() {
		if p.Up {
			up++
		}
		peer := strconv.Itoa(int(p.Node))
		count(lostDesc, p.Stats.LostDown, peer, "down")
		count(lostDesc, p.Stats.LostFull, peer, "full")
	}
	gauge(peersDesc, up)
	all := n.peers.Stats()
	count(refusalsDesc, all.Refused, "this")
	count(refusalsDesc, all.Rejected, "peer")
}

func collectLog(s disk.Status, count func(*prometheus.Desc, uint64, ...string)) {
	count(logBytesDesc, s.Stats.Bytes)
	count(logRecsDesc, s.Stats.Records)
	count(logSyncsDesc, s.Stats.Writes)
}
