package protocols_test

import "testing"

func TestWhoComesBackAsksWhoIsPrimary(t *testing.T) {
	passes(t, `protocol primary-backup
servers 0..2
timeout 50ms
crash 0
restart 0
at 30ms expect 0.primary = nil
at 31ms expect leader nobody
at 60ms expect leader 0
`)
}

func TestABackupPassesOnWhatWasSentToTheWrongServer(t *testing.T) {
	passes(t, `protocol primary-backup
servers 0..2
clients C1
C1 sends m1 to 2
C1 resends m1 to 1
expect sent request 2 -> 0 = 1
expect 0 executed m1
expect C1 heard m1
expect once
`)
}

func TestOnlyThePrimaryIsObeyed(t *testing.T) {
	passes(t, `protocol primary-backup
servers 0..2
clients C1
C1 sends m1
run
forge forward(v=x,seq=2) 1 -> 2
run
expect 2 executed m1
`)
}

func TestThePongsOfASecondRoundAreCountedAnew(t *testing.T) { // K-08
	passes(t, `protocol primary-backup
servers 0..2
timeout 50ms
1 suspects 0
at 200ms crash 0
1 suspects 0
until 1s
expect 1.primary = 1
expect leader 1
`)
}

func TestAClaimIsRefusedWhileThePrimaryIsTrusted(t *testing.T) { // K-11
	passes(t, `protocol primary-backup majority=yes
servers 0..2
timeout 50ms
cut 0 <-> 1
1 suspects 0
until 1s
expect leader 0
expect 2 alarmed
expect 1.primary = nil
expect sent no 2 -> 1 = 1
expect one-primary
`)
}
