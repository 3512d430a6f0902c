package protocols

import "slices"

// Planned are the systems of the documents whose names are fixed and that this version cannot run.
// Texts that use them are read and keep their canonical form; running one is refused by name.
var Planned = []*Protocol{
	{Name: "leader-accept", Options: []Option{
		{Name: "order", Values: []string{"none", "discard", "buffer"}},
		{Name: "retransmit", Values: []string{"never", "TIME"}}}},
	{Name: "retrans-accept", Options: []Option{
		{Name: "retransmit", Values: []string{"TIME"}},
		{Name: "takeover", Values: []string{"single-server", "none"}}}},
	{Name: "wait-for-learn", Options: []Option{{Name: "retransmit", Values: []string{"TIME"}}}},
	{Name: "leader-ids"},
	{Name: "rounds", Options: []Option{
		{Name: "promise", Values: []string{"values", "bare"}},
		{Name: "learn", Values: []string{"on-accept", "all-to-all", "commit"}}}},
	{Name: "primary-backup", Options: []Option{{Name: "majority", Values: []string{"no", "yes"}}}},
	{Name: "view-change", Options: []Option{
		{Name: "agree", Values: []string{"paxos", "local"}},
		{Name: "majority", Values: []string{"configured", "reachable"}}}},
	{Name: "two-phase-commit"},
	{Name: "three-phase-commit"},
}

// IsPlanned reports whether name is that of a system that this version cannot run.
func IsPlanned(name string) bool {
	return slices.ContainsFunc(Planned, func(p *Protocol) bool { return p.Name == name })
}
