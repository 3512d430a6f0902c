package fuzz

// Role is what a node is when a message comes to it.
type Role uint8

// The roles. A candidate has begun a round and neither leads nor was heard to stop.
const (
	Follower Role = iota
	Candidate
	Leader
	Client
	Roles
)

var roleNames = [Roles]string{"follower", "candidate", "leader", "client"}

// String returns the name of r.
func (r Role) String() string { return roleNames[min(r, Client)] }

// Met is what a message met on its way.
type Met uint8

// What a message may meet. Where several hold, the first of Paused, Reborn, Orphan, Copied, Held
// and Overtaken counts.
const (
	Plain     Met = iota // it arrived, in its turn
	Overtaken            // it arrived behind one that was sent later
	Copied               // it arrived again
	Held                 // it was held back by hand
	Paused               // it waited for a node that did not move
	Reborn               // it arrived at a node that has restarted since it was sent
	Orphan               // it arrived after its sender had crashed
	Gone                 // it was lost by chance, by hand, or because it was damaged
	Cut                  // it was lost where a link was cut
	Down                 // it was lost at a node that was down
	Meetings
)

var metNames = [Meetings]string{"plain", "overtaken", "copied", "held", "paused", "reborn",
	"orphan", "lost", "cut", "down"}

// String returns the name of m, a column of the matrix.
func (m Met) String() string { return metNames[min(m, Down)] }

// Matrix counts what the messages of many runs met: by kind of message, role of the receiver, and
// meeting. An empty cell is a case that no run has brought about.
type Matrix struct {
	Kinds []string // names of the kinds of messages
	Cells [maxKinds][Roles][Meetings]int64
}

const maxKinds = 32

func (m *Matrix) add(kind uint8, role Role, met Met) {
	if kind > 0 && kind <= maxKinds {
		m.Cells[kind-1][role][met]++
	}
}

// Add adds what other counted.
func (m *Matrix) Add(other *Matrix) {
	if len(other.Kinds) > len(m.Kinds) {
		m.Kinds = other.Kinds
	}
	for k := range m.Cells {
		for r := range m.Cells[k] {
			for f := range m.Cells[k][r] {
				m.Cells[k][r][f] += other.Cells[k][r][f]
			}
		}
	}
}

// Row is a row of a matrix.
type Row struct {
	Kind  string
	Role  Role
	Cells [Meetings]int64
}

// Rows returns a row for each kind of message and role of its receivers. Requests and replies have
// rows of the roles that they ever come to; a kind that was never seen has one row of zeros.
func (m *Matrix) Rows() []Row {
	var rows []Row
	for k, kind := range m.Kinds {
		any := false
		for role := range Roles {
			server := m.Cells[k][Client] == [Meetings]int64{}
			if role == Client == server {
				continue
			}
			any = true
			rows = append(rows, Row{Kind: kind, Role: role, Cells: m.Cells[k][role]})
		}
		if !any {
			rows = append(rows, Row{Kind: kind})
		}
	}
	return rows
}

// Empty returns how many cells of how many are empty.
func (m *Matrix) Empty() (empty, all int) {
	for _, row := range m.Rows() {
		for _, n := range row.Cells {
			all++
			if n == 0 {
				empty++
			}
		}
	}
	return empty, all
}

// Fault is a kind of fault, counted as it happened, not as it was planned.
type Fault uint8

// The faults that are counted.
const (
	Crashes    Fault = iota
	Unsaved          // crashes that lost writes which were not durable
	Kept             // crashes after which some of these were on the disk all the same
	Torn             // records cut in the middle by a crash
	Restarts         // also of nodes that were up
	Wipes            // disks emptied
	Alarms           // nodes that saw that their disk is damaged, and did not come up
	SlowDisks        // disks that became slow, or stalled
	Drifts           // clocks that began to run otherwise, or jumped
	Pauses           // nodes that stood still
	Cuts             // links cut, one direction each
	Severed          // messages lost at a cut
	Lost             // messages lost by chance or by hand
	Duplicated       // messages that came twice
	Reordered        // messages that came behind a later one
	Holds            // messages held back by hand
	Corrupted        // messages damaged
	Rounds           // attempts to lead
	FaultKinds
)

var faultNames = [FaultKinds]string{"crashes", "crashes that lost writes", "crashes that kept some",
	"torn records", "restarts", "wipes", "damaged disks", "slow disks", "clocks changed", "pauses",
	"cuts", "messages cut off", "messages lost", "messages duplicated",
	"messages out of order", "messages held", "messages damaged", "rounds begun"}

// String returns the name of f, in the plural.
func (f Fault) String() string { return faultNames[min(f, Rounds)] }

// Faults counts faults by kind.
type Faults [FaultKinds]int64

// Add adds what other counted.
func (f *Faults) Add(other *Faults) {
	for i := range f {
		f[i] += other[i]
	}
}
