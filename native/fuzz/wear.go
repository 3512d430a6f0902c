package fuzz

import "strconv"

// Faults of disks and clocks.

// crashKeeping crashes a server so that some of what it was writing is on its disk all the same.
func (w *swarm) crashKeeping(at Millis) {
	n := w.victim()
	w.try(at, "crash "+server(n)+pick(&w.chance, " keeping all", " keeping 1 record",
		" keeping 2 records", " losing 1 record"))
	w.step(at+w.while(), "restart "+server(n))
}

// crashAtRecord crashes a server at a record: before it, in the middle of it, or when it is durable
// and nobody was told.
func (w *swarm) crashAtRecord(at Millis) {
	record := pick(&w.chance, "promised", "accepted", "chosen")
	w.crashAt(at, pick(&w.chance, " before writing "+record, " while writing "+record,
		" after writing 1 record", " after writing "+strconv.Itoa(w.within(2, 9))+" records"))
}

// wipes empties a disk. Its server comes back as another, which has no vote until it has joined
// (B-11).
func (w *swarm) wipes(at Millis) {
	n := w.victim()
	if !w.mayStayDown(n) {
		w.crash(at, n)
		return
	}
	w.unsure[n] = true
	w.step(at, "wipe "+server(n))
	back := at + w.while()
	w.step(back, "restart "+server(n))
	if w.oneIn(2) {
		w.try(back+w.while(), "join "+server(n))
	}
}

// slowDisk lets a disk take its time, or stall.
func (w *swarm) slowDisk(at Millis) {
	n := w.victim()
	w.worn[n] = true
	takes := Millis(w.within(1, 2*int(w.timeout))).String()
	if w.oneIn(4) {
		takes = "never"
	}
	w.try(at, "disk "+server(n)+" sync "+takes)
	w.try(at+w.while(), "disk "+server(n)+" behaves")
}

// rots damages what lies on the disk of a server, which then must not come up again (B-07).
func (w *swarm) rots(at Millis) {
	n := w.victim()
	if !w.mayStayDown(n) {
		w.slowDisk(at)
		return
	}
	w.unsure[n] = true
	w.try(at, "disk "+server(n)+" corrupts "+pick(&w.chance, "accepted", "promised", "#1", "#3",
		"1 record"))
	w.crash(at, n)
}

// drifts lets the clock of a server run fast or slow for a while, or jump.
func (w *swarm) drifts(at Millis) {
	n := w.victim()
	if w.oneIn(3) {
		back := pick(&w.chance, "", "back ")
		w.try(at, "clock "+server(n)+" jumps "+back+
			Millis(w.within(1, 3*int(w.timeout))).String())
		return
	}
	w.worn[n] = true
	w.try(at, "clock "+server(n)+" rate "+pick(&w.chance, "10%", "50%", "90%", "110%", "200%",
		"500%"))
	w.try(at+w.while(), "clock "+server(n)+" rate 100%")
}
