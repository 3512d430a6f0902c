package node

import "errors"

// The errors of Do and Read. All but ErrUnknownOutcome, and those of the caller's context, say that
// the command was not executed and never will be.
var (
	// ErrUnknownOutcome: the command was proposed; whether it is or will be chosen is not known.
	ErrUnknownOutcome = errors.New("unknown outcome: the command may or may not take effect")
	// ErrNoLeader: nobody led for as long as the command could wait; it was not proposed.
	ErrNoLeader = errors.New("no leader")
	// ErrTooLarge: the command exceeds the limits of the cluster.
	ErrTooLarge = errors.New("command is too large")
	// ErrBusy: as many commands wait as may; this one was not proposed.
	ErrBusy = errors.New("too many commands wait")
	// ErrBehind: what a read must not miss is not executed here yet.
	ErrBehind = errors.New("this node is behind")
	// ErrStopped: the node stops or has stopped; the command was not proposed.
	ErrStopped = errors.New("the node has stopped")
)

// A MismatchError says that a data directory and the configuration do not belong together.
type MismatchError struct {
	Dir  string
	What string // what was found and what was expected
}

func (e *MismatchError) Error() string { return "data directory " + e.Dir + ": " + e.What }
