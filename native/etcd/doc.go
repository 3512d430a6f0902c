// Package etcd serves the etcd v3 gRPC API over a replicated key-value store, so that etcdctl and
// etcd's client libraries work as they are.
//
// # What is served
//
//	KV           Range, Put, DeleteRange, Txn, Compact
//	Maintenance  Status, Alarm (the list, always empty), Hash, HashKV, MoveLeader
//	Cluster      MemberList, MemberPromote, MemberRemove
//	health       Check, of the gRPC health protocol
//
// Everything else answers Unimplemented and says what is missing: watches, leases, authentication,
// members that come, snapshots through this API.
//
// # What is assumed
//
// A [Node] executes commands of package kv. Each request becomes one command; a read that is not
// marked serializable is a command too, or waits for one, so it is linearizable at any endpoint.
//
// # What an error means
//
// An error is definite, the request was refused and never takes effect, unless its text says
// otherwise (B-22): "unknown outcome" leaves that open, and so does a deadline or cancellation of
// the caller, which gRPC reports as such; "took effect, once" answers a retried write whose answer
// was not kept.
package etcd
