package protocols

import "github.com/synodlab/synod/core/sim"

// With machine bank a participant is a bank with one account, that of its own name: Karp's Bank A
// and Bank B (K-02). A transaction that says transfer(A,B,5) takes money out of one bank and brings
// it to the other; the bank that has not enough votes no.

// opening returns what the site's account holds at first.
func (s *site) opening() int64 {
	for _, start := range s.place.Machine.Start {
		if s.place.Machine.Name == "bank" && start.Name == s.place.Nodes[s.self] {
			return start.Value
		}
	}
	return 0
}

// change returns what v, if it commits, does to the site's account.
func (s *site) change(v sim.Value) (sum int64) {
	text := s.place.Log.Names.Text(v)
	if s.place.Machine.Name != "bank" || CheckCommand(&s.place.Machine, text) != "" {
		return 0
	}
	var room arguments
	name, args := room.split(text)
	if name == "deposit" {
		args = []string{"", args[0], args[1]}
	}
	if args[0] == s.place.Nodes[s.self] {
		sum -= number(args[2])
	}
	if args[1] == s.place.Nodes[s.self] {
		sum += number(args[2])
	}
	return sum
}

// Rows implements sim.Process.
func (s *site) Rows(cells []sim.Cell) {
	role, names := s.place.Roles[s.self], &s.place.Log.Names
	if role&(sim.Coordinator|sim.Participant) == 0 {
		return
	}
	now, locks := initial, "free"
	if len(s.log) > 0 {
		now = s.log[len(s.log)-1].phase
	}
	if t := s.open(); t != nil {
		now, locks = t.phase, "held"
	}
	cells[rowCommitState] = sim.ValueCell(names.Of(s.word(now)))
	if role&sim.Participant == 0 {
		return
	}
	cells[rowCommitLocks] = sim.ValueCell(names.Of(locks))
	for i, row := range machineRows(&s.place.Machine) {
		if s.place.Machine.Name == "bank" && row.Name == s.place.Nodes[s.self] {
			cells[rowCommitMachine+i] = sim.NumberCell(s.balance)
		}
	}
}

// AppendState implements sim.Process.
func (s *site) AppendState(dst []byte) []byte {
	for _, t := range s.log {
		dst = append(append(dst, s.place.Log.Names.Bytes(t.value)...), 0, byte(t.phase))
	}
	dst = appendUint64(appendUint64(append(dst, 0, 0), s.pending), s.suspected)
	if s.leads {
		dst = append(dst, 'l')
	}
	if s.unwilling {
		dst = append(dst, 'n')
	}
	return dst
}
