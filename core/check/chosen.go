package check

// chooses judges chosen-once: at most one value is ever chosen in a slot, where chosen means
// accepted by a quorum under one and the same number (Lin's and Marshall's safety properties, ETH
// Lemma 1.14). It is judged on what was accepted, not on what anybody believes: votes under
// different numbers never add up (B-20), and nobody need have noticed (L-03, K-35, T-12).
func (j *Judge) chooses(i int, v *vote) {
	in := j.instances.of(v.slot, slotKey)
	at, _ := j.votes.at(v.value, v.slot)
	if in.choice == 0 {
		in.choice = int32(at) + 1
	}
	first := j.votes.choices[in.choice-1]
	if j.open(chosenOnce) && first.Value != v.value {
		j.breaks(chosenOnce, i, first.Event, first.Value, " was chosen",
			numbered(" under number ", first.Ballot), ", then ", v.value,
			numbered(" under number ", v.ballot), numbered(" in slot ", v.slot))
	}
}
