package kv_test

import (
	"fmt"

	"github.com/synodlab/synod/core/kv"
)

// A client retries a transfer whose answer it did not get. It took effect once, and the retry gets
// the answer of the first.
func ExampleStore_ApplyOnce() {
	s := kv.New(kv.Limits{})
	put := kv.Request{Op: kv.OpPut, Put: kv.Put{Key: []byte("balance"), Value: []byte("90")}}
	command := kv.AppendRequest(nil, &put)

	for range 2 {
		var answer kv.Response
		if err := kv.DecodeResponse(s.ApplyOnce(1001, 1, command, nil), &answer); err != nil {
			fmt.Println(err)
		}
		fmt.Println(answer.Code, answer.Revision)
	}
	fmt.Println(s.Stats().Revision)
	// Output:
	// ok 2
	// ok 2
	// 2
}

// A transaction takes a lock if nobody holds it.
func ExampleTxn() {
	s := kv.New(kv.Limits{})
	lock := []byte("lock")
	take := func(owner string) kv.Response {
		r := kv.Request{Op: kv.OpTxn, Txn: &kv.Txn{
			Compare: []kv.Compare{{Key: lock, Target: kv.CompareCreate, Result: kv.Equal}},
			Success: []kv.Request{{Op: kv.OpPut, Put: kv.Put{Key: lock, Value: []byte(owner)}}},
			Failure: []kv.Request{{Op: kv.OpRange, Range: kv.Range{Key: lock}}},
		}}
		var answer kv.Response
		if err := kv.DecodeResponse(s.Apply(kv.AppendRequest(nil, &r), nil), &answer); err != nil {
			fmt.Println(err)
		}
		return answer
	}
	fmt.Println(take("ann").Succeeded)
	second := take("bob")
	fmt.Printf("%v, %s has it\n", second.Succeeded, second.Responses[0].KVs[0].Value)
	// Output:
	// true
	// false, ann has it
}

// The driver of the leader ends a lease that was not renewed in time. It names the renewal that it
// measured from: had the lease been renewed since, the command would leave it alone.
func ExampleLease() {
	s := kv.New(kv.Limits{})
	do := func(r kv.Request) (answer kv.Response) {
		if err := kv.DecodeResponse(s.Apply(kv.AppendRequest(nil, &r), nil), &answer); err != nil {
			fmt.Println(err)
		}
		return answer
	}
	do(kv.Request{Op: kv.OpLeaseGrant, Lease: kv.Lease{ID: 7, TTL: 60}})
	do(kv.Request{Op: kv.OpPut, Put: kv.Put{Key: []byte("alive"), Lease: 7}})

	clock := map[kv.Lease]string{} // when each term that was seen is over
	for l := range s.LeasesRenewedAfter(0) {
		clock[l] = "noon"
	}
	do(kv.Request{Op: kv.OpLeaseKeepAlive, Leases: []kv.Lease{{ID: 7}}})

	for l, over := range clock {
		out := do(kv.Request{Op: kv.OpLeaseExpire, Leases: []kv.Lease{l}})
		fmt.Println(over, "ended", len(out.Leases), "deleted", out.Count)
	}
	for l := range s.LeasesRenewedAfter(1) {
		out := do(kv.Request{Op: kv.OpLeaseExpire, Leases: []kv.Lease{l}})
		fmt.Println("later ended", len(out.Leases), "deleted", out.Count)
	}
	// Output:
	// noon ended 0 deleted 0
	// later ended 1 deleted 1
}

// A watch reads on from where it stopped until it is up to date.
func ExampleStore_Watch() {
	s := kv.New(kv.Limits{})
	for _, key := range []string{"a", "b", "a"} {
		put := kv.Request{Op: kv.OpPut, Put: kv.Put{Key: []byte(key), Value: []byte("new")}}
		s.Apply(kv.AppendRequest(nil, &put), nil)
	}
	w := kv.Watch{Key: []byte("a"), PrevKV: true}
	for at := (kv.Position{Revision: 1}); at.Revision <= s.Stats().Revision; {
		var events []kv.Event
		var code kv.Code
		events, at, code = s.Watch(&w, at, 1, nil)
		for _, e := range events {
			fmt.Println(code, e.KV.Mod, string(e.KV.Key), e.Prev != nil)
		}
	}
	// Output:
	// ok 2 a false
	// ok 4 a true
}
