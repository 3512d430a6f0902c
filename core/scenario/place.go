package scenario

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// build makes the world of a run from its header, on protocol use.
func (r *Run) build(use *Protocol, rows bool) error {
	h := &r.Scenario.Header
	if use.Name == "" {
		return r.fault(Pos{Line: 1, Col: 1}, "the scenario names no protocol",
			"a line like `protocol paxos`; `synod protocols` lists them")
	}
	r.Protocol = protocols.Find(use.Name)
	words := &Vocabulary{}
	if r.Protocol != nil {
		words.know(r.Protocol)
	} else {
		words = Known()
	}
	if e := words.judge(use); e != nil {
		e.File = r.file
		return e
	}
	if r.Protocol == nil {
		return r.fault(use.Pos, "this version cannot run `"+use.Name+"` yet",
			"one of `synod protocols`")
	}
	r.options = r.Protocol.Given(use.Get)
	if err := r.seat(h, use.Pos); err != nil {
		return err
	}
	if err := r.open(rows); err != nil {
		return r.fault(use.Pos, "`"+use.Name+"` cannot run here: "+err.Error(), "")
	}
	r.Judge.Reset(r.judging(r.options))
	return nil
}

// open makes the world of a run whose nodes have their places.
func (r *Run) open(rows bool) error {
	h := &r.Scenario.Header
	boot, err := r.Protocol.Open(&r.place, r.options)
	if err != nil {
		return err
	}
	r.rows = r.Protocol.AllRows(&r.place.Machine)
	schema := r.Protocol.Schema(&r.place.Machine)
	schema.Record = streamed
	r.World.Renew(&r.place, schema, settings(h, rows), boot)
	r.links(h)
	if h.Network.Topology != "" {
		r.shape(&Topology{Shape: h.Network.Topology})
	}
	return nil
}

// Known returns the words of every protocol, for Parse.
func Known() *Vocabulary {
	v := &Vocabulary{}
	for _, p := range protocols.All {
		v.know(p)
	}
	return v
}

// know adds the words of a protocol.
func (v *Vocabulary) know(p *protocols.Protocol) {
	w := ProtocolWords{Name: p.Name, Timers: p.Timers, MaxNodes: p.MaxNodes}
	w.Disk = merge(w.Disk, p.Fields...)
	for _, o := range p.Options {
		w.Options = append(w.Options, OptionWords{Name: o.Name, Values: o.Values, List: o.List})
	}
	for _, k := range p.Kinds {
		w.Kinds = merge(merge(w.Kinds, k.Name), k.Words.All()...)
		w.Fields = merge(w.Fields, k.Fields...)
	}
	for _, r := range p.AllRows(&sim.Machine{}) {
		w.Rows = merge(merge(w.Rows, r.Name), r.Words.All()...)
		if slices.Contains(p.Fields, r.Name) {
			w.Disk = merge(w.Disk, r.Words.All()...)
		}
	}
	v.Protocols = append(v.Protocols, w)
}

// merge appends to a list the words that it does not have.
func merge(list []string, words ...string) []string {
	for _, w := range words {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// seat gives every node its place.
func (r *Run) seat(h *Header, at Pos) error {
	if len(h.Nodes) == 0 {
		return r.fault(at, "there is no node", "a line like `servers S1 S2 S3`")
	}
	if m := r.Protocol.MaxNodes; m > 0 && len(h.Nodes) > m {
		return r.fault(at,
			"`"+r.Protocol.Name+"` takes at most "+strconv.Itoa(m)+" nodes; there are "+
				strconv.Itoa(len(h.Nodes)), "")
	}
	r.place = sim.Place{Nodes: h.Nodes, Log: r.Log, Seed: h.Seed,
		Timeout: span(h.Timeout), Command: r.command, Word: r.word}
	r.place.Roles = make([]sim.Role, len(h.Nodes))
	r.numbers = make([]int64, len(h.Nodes))
	r.states = make([]sim.History, len(h.Nodes))
	for _, role := range h.Roles {
		for _, n := range role.Nodes {
			r.place.Roles[slices.Index(h.Nodes, n)] |= roleOf[role.Name]
		}
	}
	if h.Retry.Kind != RetryNever {
		r.place.Retry = sim.Range{Lo: sim.Micros(h.Retry.Time), Hi: sim.Micros(h.Retry.Time)}
		r.place.RetryTo = sim.RetryTo(h.Retry.Kind - RetrySame)
	}
	r.place.Reborn = r.reborn()
	r.machine(h)
	return nil
}

// reborn reports whether there is a step that takes a node's disk, and one that takes a node in.
func (r *Run) reborn() bool {
	wiped, taken := false, false
	for _, s := range r.body {
		if step, ok := s.(*Step); ok {
			switch step.Action.(type) {
			case *Wipe:
				wiped = true
			case *Join, *Members:
				taken = true
			}
		}
	}
	return wiped && taken
}

func (r *Run) machine(h *Header) {
	r.place.Machine.Name = h.Machine.Name
	for _, o := range h.Machine.Start {
		n, _ := strconv.ParseInt(o.Values[0], 10, 32) // the parser has judged it
		r.place.Machine.Start = append(r.place.Machine.Start, sim.Setting{Name: o.Key, Value: n})
	}
	r.keys()
}

// maxKeys bounds how many keys of a machine have a row of their own.
const maxKeys = 32

// keys tells the machine which keys or accounts the commands of the run name: each is a row.
func (r *Run) keys() {
	m := &r.place.Machine
	for _, s := range r.body {
		step, _ := s.(*Step)
		if step == nil {
			continue
		}
		send, _ := step.Action.(*Send)
		if send == nil {
			continue
		}
		for i := range send.Commands {
			for _, key := range protocols.Keys(m.Name, send.Commands[i].Text) {
				if len(m.Keys) < maxKeys && !slices.Contains(m.Keys, key) {
					m.Keys = append(m.Keys, key)
				}
			}
		}
	}
}

const everyRole = sim.Server | sim.Proposer | sim.Acceptor | sim.Learner

var roleOf = map[string]sim.Role{"servers": everyRole, "proposers": sim.Proposer,
	"acceptors": sim.Acceptor, "learners": sim.Learner, "clients": sim.Client,
	"coordinator": sim.Coordinator, "participants": sim.Participant, "spares": sim.Spare}

func span(s Span) sim.Range { return sim.Range{Lo: sim.Micros(s.Lo), Hi: sim.Micros(s.Hi)} }

func share(percent int) sim.Share { return sim.Share(percent * 10_000) }

func settings(h *Header, rows bool) sim.Settings {
	return sim.Settings{Delay: span(h.Network.Delay), Loss: share(h.Network.Loss),
		Copies: share(h.Network.Duplicate), Reorder: h.Network.Reorder, Self: h.Network.Self,
		Sync: sim.Micros(h.DiskSync), Detector: sim.Detector(h.Detector.Kind),
		Every: sim.Micros(h.Detector.Time), ByHand: h.ByHand, Rows: rows}
}

// links sets what link lines override; the later wins.
func (r *Run) links(h *Header) {
	for i := range h.Links {
		l := &h.Links[i]
		for _, from := range l.From {
			for _, to := range l.To {
				r.setLink(h, l, r.node(from), r.node(to))
				if l.Both {
					r.setLink(h, l, r.node(to), r.node(from))
				}
			}
		}
	}
}

func (r *Run) setLink(h *Header, l *Link, from, to sim.Node) {
	if l.Delay != nil {
		r.World.SetDelay(from, to, span(*l.Delay))
	}
	if l.Loss >= 0 {
		r.World.SetLoss(from, to, share(l.Loss))
	}
	if l.Duplicate >= 0 {
		r.World.SetCopies(from, to, share(l.Duplicate))
	}
	if l.Reorder {
		r.World.SetReorder(from, to)
	}
}

// node returns the index of a node that the scenario names: Parse has seen that there is one.
func (r *Run) node(name string) sim.Node { return sim.Node(slices.Index(r.place.Nodes, name)) }

func (r *Run) nodes(names []string) []sim.Node {
	nodes := make([]sim.Node, len(names))
	for i, name := range names {
		nodes[i] = r.node(name)
	}
	return nodes
}

// judging tells the checks what they must know.
func (r *Run) judging(options protocols.Options) check.Config {
	c := check.Config{Log: r.Log, TimeoutHi: int64(r.place.Timeout.Hi), Checks: r.Protocol.Checks,
		Servers: r.having(sim.Server), Proposers: r.having(sim.Proposer),
		Acceptors: r.having(sim.Acceptor), Learners: r.having(sim.Learner),
		Clients: r.having(sim.Client)}
	if r.Protocol.Judged != nil {
		j := r.Protocol.Judged(&r.place, options)
		c.Acceptors = check.SetOf(j.Acceptors...)
		c.Quorum, c.AcceptKind, c.AcceptPromises = j.Quorum, j.Accept, j.AcceptPromises
	}
	return c
}

func (r *Run) having(role sim.Role) check.Set {
	var s check.Set
	for i, has := range r.place.Roles {
		if has&role != 0 {
			s = s.With(trace.Node(i))
		}
	}
	return s
}

// issue gives a command of client a value of its own: its word, or more if that is taken.
func (r *Run) issue(client sim.Node, word string) sim.Value {
	r.numbers[client]++
	seq := r.numbers[client]
	label := word
	if r.taken[label] {
		label = r.place.Nodes[client] + ":" + word
	}
	base := label
	for k := seq; r.taken[label]; k++ {
		label = base + "#" + strconv.FormatInt(k, 10)
	}
	r.taken[label] = true
	v := r.Log.Names.Of(label)
	r.byValue[v] = len(r.commands)
	if _, ok := r.byWord[word]; !ok {
		r.byWord[word] = v
	}
	r.commands = append(r.commands, issued{client: client, seq: seq, word: word, value: v})
	return v
}

// find returns the command of value v, nil if it is none.
func (r *Run) find(v sim.Value) *issued {
	if i, ok := r.byValue[v]; ok {
		return &r.commands[i]
	}
	return nil
}

// command is sim.Place.Command.
func (r *Run) command(v sim.Value) (client sim.Node, seq int64) {
	if c := r.find(v); c != nil {
		return c.client, c.seq
	}
	return sim.NoNode, 0
}

// word is sim.Place.Word.
func (r *Run) word(v sim.Value) string {
	if c := r.find(v); c != nil {
		return c.word
	}
	return r.Log.Names.Text(v)
}

// means reports whether text, as a scenario writes it, means value v: its name, the word of the
// command, or the client and the word. Blanks do not matter.
func (r *Run) means(text string, v sim.Value) bool {
	if v == 0 {
		return false
	}
	if sameText(text, r.Log.Names.Bytes(v)) {
		return true
	}
	c := r.find(v)
	if c == nil {
		return false
	}
	if text == c.word {
		return true
	}
	word, ok := strings.CutPrefix(text, r.place.Nodes[c.client])
	return ok && len(word) > 0 && word[0] == ':' && word[1:] == c.word
}

// sameText reports whether a and b are equal but for blanks.
func sameText(a string, b []byte) bool {
	i, j := 0, 0
	for {
		for i < len(a) && a[i] == ' ' {
			i++
		}
		for j < len(b) && b[j] == ' ' {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i] != b[j] {
			return false
		}
		i, j = i+1, j+1
	}
}
