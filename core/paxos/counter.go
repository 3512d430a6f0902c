package paxos

// A Counter counts why something was dropped or refused, or how often something rare happened.
type Counter uint8

// What is counted.
const (
	DropAddress   Counter = iota // not to this node, or from itself or no node
	DropLife                     // to or from another life
	DropKind                     // of a kind that is not for a replica
	DropMalformed                // contradicts itself or the limits
	DropOwner                    // at a ballot that is not the sender's
	DropJump                     // at a round too far above all seen (B-23)
	DropStale                    // answers a question that is no longer asked
	DropRepeated                 // a Prepare at a ballot at which something is accepted
	DropLearner                  // asks a node that no configuration names to vote
	DropEra                      // of another configuration
	DropWindow                   // slots outside the window or without room; they will be repeated
	DropBusy                     // the queue of records or answers is full; it will be repeated
	DropEarly                    // before Start
	Nacked                       // refused for a higher promise
	Campaigns                    // ballots begun
	Leads                        // ballots whose phase 1 was completed
	Resent                       // batches that were sent again
	Fetches                      // requests for chosen entries sent
	Supplies                     // requests for entries that left memory
	RefusedNotLeader
	RefusedElecting
	RefusedFull
	RefusedTooLarge
	RefusedDuplicate
	RefusedMalformed
	RefusedStale
	DropLeased  // a Prepare while another node holds a lease of this acceptor
	Abdications // leaderships given up for want of a quorum, of progress, or to an heir
	Superseding // configurations that were chosen too late to take effect
	counters
)

var counterNames = [counters]string{
	"drop_address", "drop_life", "drop_kind", "drop_malformed", "drop_owner", "drop_jump",
	"drop_stale", "drop_repeated", "drop_learner", "drop_era", "drop_window", "drop_busy",
	"drop_early", "nacked", "campaigns", "leads", "resent", "fetches", "supplies",
	"refused_not_leader", "refused_electing", "refused_full", "refused_too_large",
	"refused_duplicate", "refused_malformed", "refused_stale", "drop_leased", "abdications",
	"superseding",
}

// Counters returns how many counters there are; each is below it.
func Counters() int { return int(counters) }

// String returns the counter's name in snake case, "?" for a number that is no counter.
func (c Counter) String() string {
	if c >= counters {
		return "?"
	}
	return counterNames[c]
}

// Counter returns the value of a counter since Open.
func (r *Replica) Counter(c Counter) uint64 {
	if c >= counters {
		return 0
	}
	return r.counts[c]
}
