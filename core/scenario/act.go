package scenario

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// act does what a step says. What cannot be done is an error, but after `try` and in a control.
func (r *Run) act(s *Step) {
	r.World.Line = uint32(s.Pos.Line)
	defer func() { r.World.Line = 0 }()
	switch a := s.Action.(type) {
	case *Send:
		r.send(s, a)
	case *Resend:
		r.resend(s, a)
	case *Propose:
		r.propose(s, a)
	case *Lead:
		r.each(s, a.Nodes, func(n sim.Node) string {
			return r.do(n, sim.Input{Kind: sim.Lead, N: forced(a.HasNumber, a.Number)})
		})
	case *Fire:
		r.fire(s, a)
	case *Suspect:
		kind := sim.Suspect
		if a.Trusts {
			kind = sim.Trust
		}
		r.each(s, a.Nodes, func(n sim.Node) string {
			return r.do(n, sim.Input{Kind: kind, Peers: r.nodes(a.Others)})
		})
	case *Vote:
		r.vote(s, a)
	case *Move:
		r.move(s, a)
	case *Forge:
		r.forge(s, a)
	case *Note:
		rec := trace.New(trace.Note, trace.NoNode)
		rec.Note = r.Log.Names.Of(a.Text)
		r.World.Record(rec)
	case *Open:
		r.OpenAt = len(r.Log.Records) - 1
	default:
		r.change(s)
	}
	r.look()
}

// change does what steps do to nodes and links.
func (r *Run) change(s *Step) {
	w := r.World
	switch a := s.Action.(type) {
	case *Crash:
		r.crash(s, a)
	case *Restart:
		r.restart(s, a)
	case *Wipe:
		r.each(s, a.Nodes, w.Wipe)
	case *Pause:
		r.each(s, a.Nodes, w.Pause)
	case *Resume:
		r.each(s, a.Nodes, w.Resume)
	case *Sync:
		r.sync(s, a)
	case *Partition:
		group := make([]int, len(r.place.Nodes))
		for i, names := range a.Groups {
			for _, n := range r.nodes(names) {
				group[n] = i + 1
			}
		}
		w.Partition(group)
	case *Heal:
		w.Heal()
	case *Cut:
		r.pairs(s, a.From, a.To, a.Both, w.Cut)
	case *Mend:
		r.pairs(s, a.From, a.To, a.Both, w.Mend)
	case *Join:
		r.each(s, a.Nodes, func(n sim.Node) string { return r.do(n, sim.Input{Kind: sim.Join}) })
	case *Leave:
		r.each(s, a.Nodes, func(n sim.Node) string { return r.do(n, sim.Input{Kind: sim.Leave}) })
	case *Members:
		r.refused(s, r.members(a))
	default:
		r.inflict(s)
	}
}

func (r *Run) do(n sim.Node, in sim.Input) string {
	if in.Kind != sim.Propose && in.Kind != sim.Lead {
		in.N = sim.NoNumber
	}
	return r.World.Do(n, in)
}

func forced(has bool, n uint64) int64 {
	if !has {
		return sim.NoNumber
	}
	return int64(n)
}

// each does something at each node and takes in why it could not be done.
func (r *Run) each(s *Step, nodes []string, do func(sim.Node) string) {
	for _, n := range r.nodes(nodes) {
		if reason := do(n); reason != "" {
			r.refused(s, r.place.Nodes[n]+": "+reason)
		}
	}
}

// pairs does something to each link from one list to the other, once; a node that stands in both
// has no link to itself.
func (r *Run) pairs(s *Step, from, to []string, both bool, do func(a, b sim.Node) string) {
	done := make([]bool, len(r.place.Nodes)*len(r.place.Nodes))
	once := func(a, b sim.Node) {
		i := int(a)*len(r.place.Nodes) + int(b)
		if done[i] || a == b && len(from)+len(to) > 2 {
			return
		}
		done[i] = true
		r.refused(s, do(a, b))
	}
	for _, a := range r.nodes(from) {
		for _, b := range r.nodes(to) {
			once(a, b)
			if both {
				once(b, a)
			}
		}
	}
}

// refused takes in why something could not be done; "" is that it could.
func (r *Run) refused(s *Step, reason string) {
	switch {
	case reason == "" || s.Try || r.err != nil:
	case r.tolerates(s):
		r.skipped = append(r.skipped, Skip{Line: s.Pos.Line, Text: s.Text, Reason: reason})
	default:
		r.err = r.fault(s.Pos, "this cannot be done: "+reason, "")
	}
}

func (r *Run) send(s *Step, a *Send) {
	if a.HasTo && len(a.To) == 0 {
		return // an empty list: nobody
	}
	for _, c := range r.nodes(a.Clients) {
		for i := range a.Commands {
			if r.full() {
				return
			}
			text := a.Commands[i].Text
			if wrong := protocols.CheckCommand(&r.place.Machine, text); wrong != "" {
				r.refused(s, "`"+text+"` is no command of machine "+r.place.Machine.Name+": "+wrong)
				continue
			}
			if !r.Protocol.Client {
				r.refused(s, "`"+r.Protocol.Name+"` has no clients")
				continue
			}
			in := sim.Input{Kind: sim.Request, Peers: r.nodes(a.To), Value: r.issue(c, text)}
			r.refused(s, r.do(c, in))
		}
	}
}

func (r *Run) resend(s *Step, a *Resend) {
	if a.HasTo && len(a.To) == 0 {
		return
	}
	for _, c := range r.nodes(a.Clients) {
		if len(a.Commands) == 0 {
			r.refused(s, r.do(c, sim.Input{Kind: sim.Resend, Peers: r.nodes(a.To)}))
		}
		for i := range a.Commands {
			if r.full() {
				return
			}
			v := r.issuedBy(c, a.Commands[i].Text)
			if v == 0 {
				r.refused(s, r.place.Nodes[c]+" never sent "+a.Commands[i].Text)
				continue
			}
			r.refused(s, r.do(c, sim.Input{Kind: sim.Resend, Value: v, Peers: r.nodes(a.To)}))
		}
	}
}

// issuedBy returns the last command of a client with these words, 0 if there is none.
func (r *Run) issuedBy(c sim.Node, word string) sim.Value {
	for i := len(r.commands) - 1; i >= 0; i-- {
		if r.commands[i].client == c && r.commands[i].word == word {
			return r.commands[i].value
		}
	}
	return 0
}

func (r *Run) propose(s *Step, a *Propose) {
	r.each(s, a.Nodes, func(n sim.Node) string {
		in := sim.Input{Kind: sim.Propose, N: forced(a.HasNumber, a.Number)}
		if a.Value != "" {
			in.Value = r.proposal(a.Value)
		}
		return r.do(n, in)
	})
}

// proposal returns the value that a proposer is to propose: a text, or a command that was issued.
func (r *Run) proposal(text string) sim.Value {
	r.taken[text] = true
	return r.Log.Names.Of(text)
}

func (r *Run) vote(s *Step, a *Vote) {
	kind := sim.Refuse
	if a.Yes {
		kind = sim.Agree
	}
	r.each(s, a.Nodes, func(n sim.Node) string { return r.do(n, sim.Input{Kind: kind}) })
}

func (r *Run) fire(s *Step, a *Fire) {
	timer := -1
	if a.Timer != "" {
		for i, name := range r.Protocol.Timers {
			if name == a.Timer {
				timer = i
			}
		}
		if timer < 0 {
			r.refused(s, "`"+r.Protocol.Name+"` has no timer `"+a.Timer+"`")
			return
		}
	}
	r.each(s, a.Nodes, func(n sim.Node) string { return r.World.Fire(n, timer) })
}

// field returns the durable field that has this name, or whose row has it in some vocabulary.
func (r *Run) field(name string) int {
	for i, f := range r.Protocol.Fields {
		if f == name {
			return i
		}
	}
	if row := r.row(name); row >= 0 && r.rows[row].Name != name {
		return r.field(r.rows[row].Name)
	}
	return -1
}

func (r *Run) sync(s *Step, a *Sync) {
	if !a.All {
		r.each(s, a.Nodes, r.World.Sync)
		return
	}
	for i := range r.place.Nodes {
		if r.World.Writing(sim.Node(i)) {
			r.World.Sync(sim.Node(i))
		}
	}
}

// members hands the new members to the first node that takes them: its leader.
func (r *Run) members(a *Members) string {
	reason := "no node is up"
	for i := range r.place.Nodes {
		in := sim.Input{Kind: sim.Members, Peers: r.nodes(a.Nodes)}
		if reason = r.do(sim.Node(i), in); reason == "" {
			return ""
		}
	}
	return reason
}

func (r *Run) forge(s *Step, a *Forge) {
	m, err := r.matcher(&a.Message)
	if err != nil {
		r.refused(s, err.Problem)
		return
	}
	kind := 0
	for m.kinds>>kind&1 == 0 {
		kind++
	}
	for _, from := range r.nodes(a.Message.From) {
		for _, to := range r.nodes(a.Message.To) {
			msg := sim.NewMessage(uint8(kind))
			msg.From, msg.To = from, to
			if r.full() {
				return
			}
			if reason := r.fill(&msg, a.Message.Fields); reason != "" {
				r.refused(s, reason)
				return
			}
			r.World.Forge(msg)
		}
	}
}

// fill writes fields into a forged message: by name, or in the order in which labels show them.
func (r *Run) fill(m *sim.Message, fields []Field) string {
	order := r.Protocol.Kinds[m.Kind].Fields
	for i, f := range fields {
		name := f.Name
		if name == "" {
			if i >= len(order) {
				return "the message has only " + strconv.Itoa(len(order)) + " fields"
			}
			name = order[i]
		}
		x, err := strconv.ParseInt(f.Value, 10, 64)
		if err != nil {
			x = sim.NoNumber
		}
		if !slices.Contains(order, name) {
			return "`" + r.Protocol.Kinds[m.Kind].Name + "` has no field `" + name + "`"
		}
		switch name {
		case "n":
			m.N = x
		case "n_a":
			m.NA = x
		case "seq":
			m.Seq = x
		case "max":
			m.Max = x
		case "v":
			m.V = r.meant(f.Value)
		case "v_a":
			m.VA = r.meant(f.Value)
		case "state": // each of its commands; it answers the last one
			for _, word := range strings.Fields(strings.Trim(f.Value, `"`)) {
				m.V = r.meant(word)
				m.H = r.Log.Histories.Then(m.H, m.V)
			}
		}
	}
	return ""
}

// meant returns the value that a text means: a command issued, else the text itself.
func (r *Run) meant(text string) sim.Value {
	if isNone(text) {
		return 0
	}
	if v, ok := r.byWord[text]; ok {
		return v
	}
	if strings.Contains(text, ":") { // of the client that it names
		for i := range r.commands {
			if r.means(text, r.commands[i].value) {
				r.byWord[text] = r.commands[i].value
				break
			}
		}
	}
	if v, ok := r.byWord[text]; ok {
		return v
	}
	return r.Log.Names.Of(text)
}
