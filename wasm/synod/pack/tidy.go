package main

// tidy shortens code whose labels have names, without changing what it does:
//
//	if; br L; end                             ->  br_if L
//	extend_i32_u; wrap                        ->
//	extend_i32_u; i64.const n; i64.add; wrap  ->  i32.const n; i32.add
//	i64.eqz; extend_i32_u; i64.eqz; i32.eqz   ->  i64.eqz
//	i64.load; wrap                            ->  i32.load
//	i64.const n; wrap                         ->  i32.const n
//	local.set x; local.get x                  ->  local.tee x
//
// and where SP is local 1, whose value is always an address that more can be added to:
//
//	SP; i32.const n; i32.add; load m          ->  SP; load n+m
//	SP; i32.const n; i32.add; v; store m      ->  SP; v; store n+m
//	SP += n; SP += m                          ->  SP += n+m
//	tee SP; global.set 0; i32.const 0; return ->  global.set 0; i32.const 0; return
func tidy(code []instruction) []instruction {
	out := code[:0]
	for _, in := range code {
		out = append(out, in)
		for again := true; again; {
			out, again = rule(out)
		}
	}
	return out
}

// ends tells whether out ends with these operations.
func ends(out []instruction, ops ...byte) bool {
	if len(out) < len(ops) {
		return false
	}
	for i, in := range out[len(out)-len(ops):] {
		if in.op != ops[i] {
			return false
		}
	}
	return true
}

// rule applies one rule to the end of out, if one fits.
func rule(out []instruction) ([]instruction, bool) {
	n := len(out)
	switch {
	case ends(out, opIf, opBranch, opEnd):
		out[n-3] = instruction{op: opBranchIf, x: out[n-2].x}
		return out[:n-2], true
	case ends(out, opExtend, opWrap):
		return out[:n-2], true
	case ends(out, opExtend, opConst64, opAdd64, opWrap) && out[n-3].x == int(int32(out[n-3].x)):
		out[n-4] = instruction{op: opConst32, x: out[n-3].x}
		out[n-3] = instruction{op: opAdd32}
		return out[:n-2], true
	case ends(out, opZero64, opExtend, opZero64, opZero32):
		return out[:n-3], true
	case ends(out, opLoad64, opWrap):
		out[n-2] = instruction{op: opLoad32, x: 2, y: out[n-2].y}
		return out[:n-1], true
	case ends(out, opConst64, opWrap):
		out[n-2] = instruction{op: opConst32, x: int(int32(out[n-2].x))}
		return out[:n-1], true
	case ends(out, opSet, opGet) && out[n-2].x == out[n-1].x:
		out[n-2].op = opTee
		return out[:n-1], true
	}
	return stackRule(out)
}

// stackRule is rule for what uses the stack pointer.
func stackRule(out []instruction) ([]instruction, bool) {
	n := len(out)
	last := &out[n-1]
	switch {
	case ends(out, opConst32, opAdd32, opTee, opGlobalSet, opGet, opConst32, opAdd32, opTee,
		opGlobalSet) && moved(out[:n-5]) && moved(out) && out[n-5].x == localStack:
		out[n-9].x += out[n-4].x
		return out[:n-5], true
	case ends(out, opTee, opGlobalSet, opConst32, opReturn) && moved(out[:n-2]):
		copy(out[n-4:], out[n-3:])
		return out[:n-1], true
	case last.op >= opLoads && last.op <= opLastLoad && n > 3 && local(out[:n-1]):
		last.y += out[n-3].x
		out[n-3] = *last
		return out[:n-2], true
	case last.op > opLastLoad && last.op <= opStores:
		at := operand(out, n-2)
		if at > 2 && local(out[:at]) {
			last.y += out[at-2].x
			copy(out[at-2:], out[at:])
			return out[:n-2], true
		}
	}
	return out, false
}

// moved tells whether out ends with a new value of the stack pointer.
func moved(out []instruction) bool {
	n := len(out)
	return out[n-2].x == localStack && out[n-1].x == 0
}

// local tells whether out ends with an address in the stack.
func local(out []instruction) bool {
	n := len(out)
	return ends(out, opGet, opConst32, opAdd32) && out[n-3].x == localStack && out[n-2].x >= 0
}

// operand returns where the value begins that out[at] leaves, 0 if that is not simple.
func operand(out []instruction, at int) int {
	if at < 1 {
		return 0
	}
	switch op := out[at].op; {
	case op == opGet || op == opGlobalGet || op == opConst32 || op == opConst64:
		return at
	case op >= opLoads && op <= opLastLoad, op == opWrap, op == opExtend, op == opZero32,
		op == opZero64, op == opTee:
		return operand(out, at-1)
	case op > opZero32 && op < opZero64, op > opZero64 && op <= opLastCompare,
		op >= opAdd32 && op <= opRotr32, op >= opAdd64 && op <= opRotr64:
		if right := operand(out, at-1); right > 0 {
			return operand(out, right-1)
		}
	}
	return 0
}
