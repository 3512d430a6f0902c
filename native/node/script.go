package node

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/synodlab/synod/core/paxos"
)

const (
	// scriptBytes is how much of a recording waits in memory at most.
	scriptBytes = 1 << 20
	// scriptEvery is how long it waits at most.
	scriptEvery = time.Second
)

// script records every input of the replica, in the core's transcript format: `synod replay` runs a
// replica by it, natively or in wasm, and the same bytes come out. The zero value records nothing.
// A recording that cannot be written ends; the node goes on.
type script struct {
	transcript paxos.Transcript
	file       *os.File
	logger     *slog.Logger
	err        error
	flushed    time.Time
}

// begin records to a file, in place of any that has its name; "" records nothing.
func (s *script) begin(name string) error {
	if name == "" {
		return nil
	}
	const owner = 0o600 // a recording holds every command
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, owner)
	if err != nil {
		return fmt.Errorf("node: recording: %w", err)
	}
	s.file, s.flushed = file, time.Now()
	return nil
}

func (s *script) on() bool { return s.file != nil }

// flush writes what was recorded since.
func (s *script) flush() {
	if s.err == nil && s.file != nil {
		_, s.err = s.file.Write(s.transcript)
		s.transcript, s.flushed = s.transcript[:0], time.Now()
	}
	if s.err != nil && s.file != nil {
		s.logger.Error("the recording has ended", "err", s.err)
		s.err = errors.Join(s.err, s.file.Close())
		s.file = nil
	}
}

// flushIfDue is called once a turn of the loop.
func (s *script) flushIfDue() {
	if s.on() && (len(s.transcript) >= scriptBytes || time.Since(s.flushed) >= scriptEvery) {
		s.flush()
	}
}

func (s *script) close() error {
	s.flush()
	if s.file != nil {
		s.err = s.file.Close()
		s.file = nil
	}
	if s.err != nil {
		return fmt.Errorf("node: recording: %w", s.err)
	}
	return nil
}

func (s *script) open(c *paxos.Config) {
	if s.on() {
		s.transcript.Open(c)
	}
}

func (s *script) replay(rec *paxos.Record) {
	if s.on() {
		s.transcript.Replay(rec)
		if len(s.transcript) >= scriptBytes {
			s.flush()
		}
	}
}

func (s *script) start(now paxos.Time) {
	if s.on() {
		s.transcript.Start(now)
	}
}

func (s *script) tick(now paxos.Time) {
	if s.on() {
		s.transcript.Tick(now)
	}
}

func (s *script) step(now paxos.Time, m *paxos.Message) {
	if s.on() {
		s.transcript.Step(now, m)
	}
}

func (s *script) persisted(to paxos.LSN) {
	if s.on() {
		s.transcript.Persisted(to)
	}
}

func (s *script) propose(e *paxos.Entry) {
	if s.on() {
		s.transcript.Propose(e)
	}
}

func (s *script) applied(to paxos.Slot) {
	if s.on() {
		s.transcript.Applied(to)
	}
}

func (s *script) supplied(w *paxos.Supply, entries []paxos.Entry) {
	if s.on() {
		s.transcript.Supplied(w, entries)
	}
}

func (s *script) read(now paxos.Time) {
	if s.on() {
		s.transcript.Read(now)
	}
}

func (s *script) transfer(to paxos.NodeID) {
	if s.on() {
		s.transcript.Transfer(to)
	}
}

func (s *script) reconfigure(base paxos.Era, m *paxos.Members) {
	if s.on() {
		s.transcript.Reconfigure(base, m)
	}
}

func (s *script) snapshotted(to paxos.Slot) {
	if s.on() {
		s.transcript.Snapshotted(to)
	}
}

func (s *script) installed(rec *paxos.Record) {
	if s.on() {
		s.transcript.Installed(rec)
	}
}

func (s *script) drain() {
	if s.on() {
		s.transcript.Drain()
	}
}
