package protocols

import (
	"slices"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// viewChange is Karp's whole system (K-13, K-14, K-38 … K-40): it goes through a sequence of views,
// {view number, participants}, and the primary is the lowest participant of the view. After each
// failure the servers agree on the next view by Paxos; who agrees on the view agrees on the
// primary. Within a view it is primary and backups. Only the view is agreed on: what a primary
// executed and the others never received is lost with it.
var viewChange = Protocol{
	Name:  "view-change",
	Title: "Views, each agreed on by Paxos",
	Seeds: []string{"A-K3"},
	Options: []Option{
		{Name: "agree", Values: []string{"paxos", "local"},
			Doc: "how the next view is found: by agreement, or by each server alone (K-14)"},
		{Name: "majority", Values: []string{"configured", "view", "reachable"},
			Doc: "of whom a majority must agree: all servers, those of the present view, or " +
				"those that the leader does not suspect (K-38)"},
		{Name: "start-delay", Values: []string{"id*30ms", "never", "RANGE", "id*RANGE"},
			Doc: "after the detector spoke: when to lead"},
	},
	Kinds: []Kind{requestKind, replyKind, inView(prepareKind, "n"),
		inView(promiseKind, "n_a", "v_a"), inView(acceptKind, "n", "v"), acceptedKind, chosenKind,
		{Name: "forward", Words: Words{"forward"}, Fields: []string{"v", "seq", "n"}}},
	Rows: []Row{rowPromised, rowAccepted, rowAcceptedValue, rowNumber, rowProposed, rowDone,
		rowValue, rowView, rowPrimary, rowState, rowAnswer},
	Tables: [6][]string{1: {"accepted", "accepted_value", "promised", "done", "view", "primary",
		"state"}},
	Timers: []string{"retry", "phase", "start"},
	Fields: []string{"promised", "accepted", "n", "view"},
	Checks: append([]string{"chosen-once", "valid", "learn", "promise", "unique", "safe-proposal",
		"one-primary", "decides", "livelock"}, orderChecks...),
	To:       "the first server that is not suspected",
	MaxNodes: 10, // a digit each
	Client:   true,
	Judged: func(p *sim.Place, _ Options) Judged {
		servers := p.With(sim.Server)
		return Judged{Acceptors: servers, Quorum: len(servers)/2 + 1, Accept: kindAccept + 1,
			AcceptPromises: true}
	},
	Open: openViewChange,
}

// inView adds the number of the view that is agreed on, which Karp's slides leave out.
func inView(k Kind, karp ...string) Kind {
	if !slices.Contains(k.Fields, "seq") {
		k.Fields = append(slices.Clone(k.Fields), "seq")
	}
	k.Shown[1] = karp
	return k
}

const kindViewOrder = kindChosen + 1

const timerDelay = timerPhase + 1

const (
	rowViewPromised = iota
	rowViewAccepted
	rowViewAcceptedValue
	rowViewNumber
	rowViewProposed
	rowViewDone
	rowViewValue
	rowViewView
	rowViewPrimary
	rowViewState
	rowViewAnswer
	rowViewMachine
)

const (
	fieldViewPromised = iota
	fieldViewAccepted
	fieldViewNumber
	fieldView
)

// assembly is what all servers of one run share.
type assembly struct {
	numbers  *numbers
	local    bool
	majority string
	delay    wait
}

func openViewChange(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	servers := p.With(sim.Server)
	if len(servers) == 0 {
		return nil, Error("view-change needs servers: servers 0..4")
	}
	s := &assembly{local: o.Word("agree") == "local", majority: o.Word("majority"),
		delay: parseWait(o.Word("start-delay"))}
	var err error
	if s.numbers, err = newNumbers(p, "karp"); err != nil {
		return nil, err
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server == 0 {
			c := newClient(p, servers)
			c.toOne = true
			return &rowedClient{c, rowViewAnswer}
		}
		return &participant{assembly: s, sequencer: newSequencer(p, n, servers)}
	}, nil
}

// participant is one server: the view that it is in, and its part in agreeing on the next.
type participant struct {
	*assembly
	sequencer
	view      int64
	members   []sim.Node
	suspected uint64
	returned  uint64 // who can be pinged again, and is not in the view yet
	agreement
	campaign
}

// Step implements sim.Process.
func (s *participant) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		s.boot(in.Disk, out)
	case sim.Lead, sim.Propose:
		return s.told(in, out)
	case sim.Suspect, sim.Trust:
		s.detect(in, out)
	case sim.Fired:
		if in.Timer == timerPhase && !s.done || in.Timer == timerDelay && s.outdated() {
			s.begin(sim.NoNumber, out)
		}
	case sim.Deliver:
		s.deliver(in.Message, out)
	case sim.Durable:
	default:
		return "its servers lead, agree on views and execute"
	}
	return ""
}

// boot begins in view 0, of which all are; or where the disk says.
func (s *participant) boot(d *sim.Disk, out *sim.Out) {
	s.members = s.servers
	if text := string(d.Field(fieldView)); text != "" {
		s.view, s.members, _ = readView(s.place, text)
	}
	s.recall(d)
	s.enters(out)
}

// enters makes the lowest participant of the view its primary.
func (s *participant) enters(out *sim.Out) { s.follow(s.members[0], s.view, out) }

// detect takes in who can be pinged. If these are not the participants of the view, it is time for
// another one: each server waits so long as its option says, so that one alone begins.
func (s *participant) detect(in *sim.Input, out *sim.Out) {
	for _, n := range in.Peers {
		if in.Kind == sim.Trust {
			s.suspected, s.returned = s.suspected&^(1<<n), s.returned|1<<n
		} else {
			s.suspected, s.returned = s.suspected|1<<n, s.returned&^(1<<n)
		}
	}
	s.reconsider(out)
}

func (s *participant) reconsider(out *sim.Out) {
	switch {
	case !s.outdated():
		out.Stop(timerDelay)
	case s.delay.set:
		out.Set(timerDelay, s.delay.of(s.self))
	}
}

// outdated reports whether a participant cannot be pinged, or somebody else can again. Whom others
// left out it does not bring back by itself: it need not know why.
func (s *participant) outdated() bool {
	in := setOf(s.members)
	return in&s.suspected&^(1<<s.self) != 0 || s.returned&^in != 0
}

// pingable returns the participants that it does not suspect, who can be pinged again, and itself.
func (s *participant) pingable() (nodes []sim.Node) {
	set := (setOf(s.members)|s.returned)&^s.suspected | 1<<s.self
	for _, n := range s.servers {
		if set>>n&1 == 1 {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// install starts the view of which text is agreed on.
func (s *participant) install(text sim.Value, out *sim.Out) {
	view, members, ok := readView(s.place, s.place.Log.Names.Text(text))
	if !ok || view <= s.view {
		return
	}
	if s.deciding != view {
		s.agreement = newAgreement(view)
	}
	s.view, s.members, s.done = view, members, true
	s.returned &^= setOf(members)
	out.Write(fieldView, s.place.Log.Names.Bytes(text))
	out.Chosen(view, text)
	governs := sim.NoNumber
	if s.majority == "view" {
		governs = view + 1
	}
	out.Configure(governs, view, s.place.Log.Names.Of(s.names(members)))
	out.Stop(timerPhase)
	s.enters(out)
	s.reconsider(out)
}

func (s *participant) names(nodes []sim.Node) string {
	var names []string
	for _, n := range nodes {
		names = append(names, s.place.Nodes[n])
	}
	return strings.Join(names, " ")
}

func (s *participant) deliver(m *sim.Message, out *sim.Out) {
	switch m.Kind {
	case kindRequest:
		forward := sim.NewMessage(kindViewOrder)
		forward.N = s.view
		s.request(m, forward, s.members, out)
	case kindViewOrder:
		if m.From == s.primary && m.N == s.view {
			s.ordered(m, out)
		}
	case kindChosen:
		s.install(m.V, out)
	default:
		s.agrees(m, out)
	}
}

// Rows implements sim.Process.
func (s *participant) Rows(cells []sim.Cell) {
	names := &s.place.Log.Names
	cells[rowViewPromised], cells[rowViewAccepted] = sim.NumberCell(s.high), sim.NumberCell(s.at)
	cells[rowViewAcceptedValue] = sim.ValueCell(s.value)
	cells[rowViewNumber], cells[rowViewProposed] = sim.NumberCell(s.n), sim.ValueCell(s.proposed)
	cells[rowViewDone] = sim.ValueCell(names.Of(truth(s.done)))
	cells[rowViewValue] = sim.ValueCell(names.Of(viewText(s.place, s.view, s.members)))
	cells[rowViewView] = sim.NumberCell(s.view)
	cells[rowViewPrimary] = s.primaryCell()
	cells[rowViewState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowViewMachine:])
}

// AppendState implements sim.Process.
func (s *participant) AppendState(dst []byte) []byte {
	names := &s.place.Log.Names
	dst = s.sequencer.appendState(dst)
	for _, x := range [...]int64{s.view, s.deciding, s.high, s.at, s.n, s.used, s.best,
		int64(s.suspected), int64(s.returned), int64(s.voters), int64(s.promises),
		int64(s.accepts)} {
		dst = appendUint64(dst, uint64(x))
	}
	for _, n := range s.members {
		dst = append(dst, byte(n))
	}
	for _, v := range [...]sim.Value{s.value, s.proposed, s.adopted} {
		dst = append(append(dst, 0), names.Bytes(v)...)
	}
	return appendBool(appendBool(dst, s.done), s.announced)
}
