package protocols

import "github.com/synodlab/synod/core/sim"

// primaryBackup is Karp's primary and backups (K-04 … K-12): the primary chooses the order of the
// operations, sends them to the backups and answers. Primary is the lowest-numbered live server,
// and who is live each server finds out for itself: whoever notices a failure pings everyone. A
// ping that is lost, late, or stopped by a wall makes two primaries.
//
// With majority=yes a server must be agreed to by a majority before it is primary (K-11). Two
// majorities share a server, and that one sees both claims: it refuses the second and raises an
// alarm.
var primaryBackup = Protocol{
	Name:  "primary-backup",
	Title: "Primary and backups",
	Seeds: []string{"A-K1", "A-K2"},
	Options: []Option{{Name: "majority", Values: []string{"no", "yes"},
		Doc: "whether a majority must agree to who is primary"}},
	Kinds: []Kind{requestKind, replyKind,
		{Name: "forward", Words: Words{"forward"}, Fields: []string{"v", "seq"}},
		bareKind("ping"), bareKind("pong"), bareKind("claim"), bareKind("yes"), bareKind("no")},
	Rows:   []Row{rowPrimary, plainRow("alarm"), rowState, rowAnswer},
	Timers: []string{"retry", "wait"},
	Fields: []string{"started"},
	Checks: append([]string{"one-primary"}, orderChecks...),
	To:     "the first server that is not suspected",
	Client: true,
	Open: func(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
		servers := p.With(sim.Server)
		if len(servers) == 0 {
			return nil, Error("primary-backup needs servers: servers 0..4")
		}
		majority := o.Word("majority") == "yes"
		return func(n sim.Node) sim.Process {
			if p.Roles[n]&sim.Server == 0 {
				c := newClient(p, servers)
				c.toOne = true
				return &rowedClient{c, rowBackupAnswer}
			}
			return &backup{sequencer: newSequencer(p, n, servers), majority: majority}
		}, nil
	},
}

func bareKind(name string) Kind { return Kind{Name: name, Words: Words{name}} }

const (
	kindOrder uint8 = iota + kindReply + 1
	kindPing
	kindPong
	kindClaim
	kindClaimYes
	kindClaimNo
)

const timerPings = timerRetry + 1

const (
	rowBackupPrimary = iota
	rowBackupAlarm
	rowBackupState
	rowBackupAnswer
	rowBackupMachine
)

// backup is one server.
type backup struct {
	sequencer
	majority  bool
	suspected uint64
	pinging   bool   // waits for pongs
	claims    bool   // waits for the others' consent
	live      uint64 // set: who answered the pings, with itself
	consent   uint64 // set: who said yes
	alarmed   bool
}

// Step implements sim.Process.
func (b *backup) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		b.boot(in.Disk, out)
	case sim.Suspect, sim.Trust:
		b.detect(in, out)
	case sim.Fired:
		b.counts(out)
	case sim.Deliver:
		b.deliver(in.Message, out)
	case sim.Durable:
	default:
		return "its servers execute what clients send"
	}
	return ""
}

// boot makes the lowest server primary, the first time. Who comes back does not know who is, and
// pings everyone.
func (b *backup) boot(d *sim.Disk, out *sim.Out) {
	b.primary = b.servers[0]
	switch {
	case d.Field(0) != nil || d.Wipes() > 0:
		b.primary = sim.NoNode
		b.ping(out)
	case b.self == b.primary:
		b.leads = true
		out.Lead(sim.NoNumber)
	}
	out.Write(0, nil)
}

// detect pings everyone: after a failure, and when somebody is back.
func (b *backup) detect(in *sim.Input, out *sim.Out) {
	for _, n := range in.Peers {
		if in.Kind == sim.Trust {
			b.suspected &^= 1 << n
		} else {
			b.suspected |= 1 << n
		}
	}
	b.ping(out)
}

func (b *backup) ping(out *sim.Out) {
	b.pinging, b.claims, b.live = true, false, 1<<b.self
	if b.majority {
		b.resign(out) // until a majority agrees again
	}
	b.toAll(b.servers, sim.NewMessage(kindPing), out)
	out.Set(timerPings, b.place.Timeout)
}

// counts ends the wait for pongs: the lowest that answered is primary. What answers later is not
// heard any more.
func (b *backup) counts(out *sim.Out) {
	if !b.pinging {
		return
	}
	b.pinging = false
	lowest := b.servers[0]
	for _, n := range b.servers {
		if b.live>>n&1 == 1 {
			lowest = n
			break
		}
	}
	switch {
	case b.majority && lowest == b.self:
		b.claims, b.consent, b.primary = true, 1<<b.self, sim.NoNode
		b.toAll(b.servers, sim.NewMessage(kindClaim), out)
		b.agreed(out)
	case !b.majority:
		b.follow(lowest, sim.NoNumber, out)
	}
}

// agreed makes b primary once a majority consents.
func (b *backup) agreed(out *sim.Out) {
	if b.claims && b.majorityOf(b.consent) {
		b.claims = false
		b.follow(b.self, sim.NoNumber, out)
	}
}

// claimed answers who claims to be primary. A server has one primary: it consents to another only
// if it suspects that one. If it does not, there are two that live, and that is worth an alarm.
func (b *backup) claimed(by sim.Node, out *sim.Out) {
	mine := b.primary
	if b.claims {
		mine = b.self
	}
	answer := sim.NewMessage(kindClaimYes)
	if mine != sim.NoNode && mine != by && b.suspected>>mine&1 == 0 {
		answer.Kind = kindClaimNo
		b.alarmed = true
		out.Note(sim.Alarm, 0)
	} else {
		b.follow(by, sim.NoNumber, out)
	}
	out.Send(by, answer)
}

func (b *backup) deliver(m *sim.Message, out *sim.Out) {
	switch m.Kind {
	case kindRequest:
		b.request(m, sim.NewMessage(kindOrder), b.servers, out)
	case kindOrder:
		if m.From == b.primary {
			b.ordered(m, out)
		}
	case kindPing:
		out.Send(m.From, sim.NewMessage(kindPong))
	case kindPong:
		b.live |= 1 << m.From
	case kindClaim:
		b.claimed(m.From, out)
	case kindClaimYes:
		b.consent |= 1 << m.From
		b.agreed(out)
	}
}

// AppendState implements sim.Process.
func (b *backup) AppendState(dst []byte) []byte {
	dst = b.sequencer.appendState(dst)
	for _, set := range [...]uint64{b.suspected, b.live, b.consent} {
		dst = appendUint64(dst, set)
	}
	for _, is := range [...]bool{b.pinging, b.claims, b.alarmed} {
		dst = appendBool(dst, is)
	}
	return dst
}

// Rows implements sim.Process.
func (b *backup) Rows(cells []sim.Cell) {
	cells[rowBackupPrimary] = b.primaryCell()
	cells[rowBackupState] = sim.HistoryCell(b.history)
	b.machine.rows(cells[rowBackupMachine:])
	cells[rowBackupAlarm] = sim.ValueCell(b.place.Log.Names.Of(truth(b.alarmed)))
}
