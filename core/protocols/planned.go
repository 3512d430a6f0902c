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
	{Name: "vote", Options: []Option{{Name: "mode", Values: []string{"stick", "many", "adopt"}}}},
	{Name: "client-server", Options: []Option{
		{Name: "ack", Values: []string{"yes", "no"}},
		{Name: "seqno", Values: []string{"yes", "no"}}}},
	{Name: "serializer"},
	{Name: "locks", Options: []Option{
		{Name: "locks", Values: []string{"all", "majority"}},
		{Name: "failed", Values: []string{"release", "keep"}},
		{Name: "wait", Values: []string{"TIME", "RANGE"}}}},
	{Name: "tickets", Options: []Option{
		{Name: "tell", Values: []string{"nothing", "command", "number"}},
		{Name: "support", Values: []string{"own", "first", "largest"}}}},
	{Name: "instances"},
}

// IsPlanned reports whether name is that of a system that this version cannot run.
func IsPlanned(name string) bool {
	return slices.ContainsFunc(Planned, func(p *Protocol) bool { return p.Name == name })
}
