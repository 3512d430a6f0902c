package scenario
import ("testing";"time";"fmt";"strings";"os")
func TestHostile(t *testing.T){
 rep:=func(s string,n int)string{return strings.Repeat(s,n)}
 ll:="protocol paxos numbers=modular restart=timeout accept-to=all\nproposers P1 P2\nacceptors A1 A2 A3\ntimeout 30ms\nP1 proposes red\nafter 15ms P2 proposes blue\nuntil 50s\n"
 only:=os.Getenv("ONLY")
 for name,text:=range map[string]string{
  "plain": ll,
  "whenevers": ll+rep("whenever P1 received promise #99999 note \"x\"\n",1000),
  "rowwhens": ll+rep("when A1.n_a = 999999 try note \"x\"\n",1000),
  "standing": ll+rep("hold every nack A1 -> A2\n",2000),
  "waiting": ll+rep("try lose prepare #99999\n",2000),
  "cuts": ll+rep("try crash A1 before sending promise #99999\n",1000),
  "deadlines": ll+rep("expect by 49s chosen red\n",1000),
  "deadlinesfig": ll+rep("expect by 49s sent prepare = 3\n",1000),
  "10k": two+"C1 sends a1..a9999\nretry 50ms\nexpect order\nexpect prefix\nexpect once\nexpect S1 executed a1\nexpect C1 heard a1\nexpect by 5s C1 heard a9999\nwhen C1 heard a9999 note \"x\"\n",
  "10kkv": one+"machine kv\nC1 sends put(k,v)\n"+"expect linearizable\n",
  "hold": two+"C1 sends a1..a9999\nhold every reply\nC2 sends a1..a9999\nat 100ms release every reply\n",
  "mids": ll+rep("at 49s expect sent prepare #3 = 3\n",0)+rep("at 49s expect not chosen red\n",500),
  "64": "protocol paxos\nservers S1..S16\nnetwork delay 1ms..5ms loss 10% duplicate 20%\nrestart\n",
  "diverge": "network delay 1ms..50ms reorder\n"+two+"C1 sends a1..a9999\nC2 sends b1..b9999\n",
  "divreg": "network delay 1ms..50ms reorder loss 10% duplicate 10%\nretry 100ms all\n"+two+"machine register\nC1 sends add(1)\n"+rep("C1 sends add(1)\nC2 sends mul(2)\n",1500)+"expect breaks linearizable\n",
  "linone": "network delay 1ms..50ms reorder\n"+one+"machine register\n"+rep("C1 sends add(1)\nC2 sends mul(2)\n",1500)+"expect linearizable\n",
  "holdall": two+"C1 sends a1..a9999\n"+rep("duplicate all request\n",4)+"hold every reply\nhold every request\n",
  "dupes": "network duplicate 100%\n"+two+rep("duplicate every request\n",100)+"C1 sends a1..a500\n",
  "mp16": "protocol multi-paxos\nservers S1..S15\nclients C1\nretry 100ms next\nC1 sends a1..a99\nuntil 20s\n",
  "mp3": "protocol multi-paxos\nservers S1..S3\nclients C1\nC1 sends a1..a9999\nuntil 20s\n",
  "heardlots": two+"C1 sends a1..a9999\n"+rep("when C1 heard a9999 note \"x\"\n",300),
  "numbered": two+"C1 sends a1..a9999\n"+rep("deliver request #19000 C1 -> S1 S2\n",1),
  "numsteps": two+"schedule by-hand\nC1 sends a1..a9999\n"+rep("try deliver reply #9000\ntry deliver request #8999\n",1000),
  "pausebig": two+"pause S1\nC1 sends a1..a9999\nat 1s resume S1\n",
 }{
  if only!=""&&only!=name{continue}
  st:=time.Now()
  f,err:=Parse("",text,Known())
  if err!=nil{fmt.Println(name,"parse",strings.Split(err.Error(),"\n")[0]);continue}
  v,err:=RunFile(f,Choice{})
  if err!=nil {fmt.Println(name,time.Since(st).Round(time.Millisecond),err);continue}
  fmt.Println(name,time.Since(st).Round(time.Millisecond),v.First.Events,v.Passed)
 }
}
