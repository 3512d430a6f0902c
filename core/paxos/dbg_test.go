package paxos
import ("testing";"fmt")
func TestDbg(t *testing.T){
 defer func(){ }()
 tt := &fakeTB{T:t}
 chaosDbg(tt, 2209)
}
type fakeTB struct{*testing.T}
func (f *fakeTB) Fatalf(s string, a ...any){ f.Logf(s,a...); w:=dbgW
 for _, nd := range w.nodes { r:=nd.r
  fmt.Println("node",nd.id,"run",r.acceptor.run,"dur",r.acceptor.durable,"voted",fmt.Sprintf("%x",r.acceptor.voted),"base",r.log.base,"live",r.log.live,"sealed",r.log.sealed,"counts",r.counts, "owed", r.owed, r.acks[:2], "head",r.log.head, "silent", r.elector.silent)
  for s:=r.log.base-1; s<r.log.top(); s++ { if c:=r.log.at(s);c!=nil {fmt.Printf(" %d:%x/%d(%d)",s,c.ballot,c.lsn,c.size)} }
  fmt.Println()
  for i:=max(0,len(nd.log)-6);i<len(nd.log);i++{ rec:=nd.log[i]; fmt.Println("   ",rec.Kind,rec.LSN,fmt.Sprintf("%x",rec.Ballot),rec.Span,rec.Chosen)}
 }
 f.T.Fatal("x")}
var dbgW *network
func chaosDbg(t testing.TB, seed int64) int { return chaos(t, seed) }
