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
