/* The agents of core/paxos, written by hand for Spin: two proposers that count
 * promises and votes themselves, three acceptors, BALLOTS ballots dealt out in
 * turns, and a value told apart by who proposed it first. Every message that was
 * ever sent stays and may arrive again; arrivals that change nothing are left out.
 * It has as many states as the search of the agents themselves.
 *
 * Ballots are counted from 1, 0 is none. A report is 1 for nothing accepted, else
 * 2 * ballot + proposer: of two reports the higher one has the higher ballot.
 */
#ifndef BALLOTS
#define BALLOTS 3
#endif

/* messages */
byte asked;                     /* prepare: a bit for each ballot */
byte report[3 * BALLOTS];       /* promise: of acceptor a for ballot b, 0 for none */
byte offer[BALLOTS];            /* accept: whose value plus 1 */
byte voted[3];                  /* accepted: of each acceptor, a bit for each ballot */
byte told;                      /* chosen, to the other proposer: a bit for each ballot */

/* acceptors: what stands on their disks */
byte promised[3];
byte accepted[3];

/* proposers */
byte ballot[2];
byte highest[2];                /* the highest ballot seen */
byte promises[2];               /* who promised, a bit for each acceptor */
byte met[2];                    /* who ever answered */
byte count[2];                  /* how far each acceptor's votes are counted: two bits each */
byte adopted[2];                /* the highest report */
byte learnt[2];                 /* whose value is known to be chosen, plus 1 */

#define BIT(b)      (1 << ((b) - 1))
#define HAS(set, b) (((set) >> ((b) - 1)) & 1)
#define R(a, b)     report[(a) * BALLOTS + (b) - 1]
#define OFFER(b)    offer[(b) - 1]
#define MAX(x, y)   ((x) > (y) -> (x) : (y))
#define OWNER(b)    (((b) - 1) & 1)
#define READY(p)    (promises[p] == 3 || promises[p] >= 5)
#define COUNT(p, a) ((count[p] >> (2 * (a))) & 3)
#define SET(p, a, n) count[p] = (count[p] & ~(3 << (2 * (a)))) | ((n) << (2 * (a)))
#define CHOSE(p)    ((COUNT(p, 0) == 2) + (COUNT(p, 1) == 2) + (COUNT(p, 2) == 2) >= 2)

#define VOTES(b)    (HAS(voted[0], b) + HAS(voted[1], b) + HAS(voted[2], b))
#define AGREE(b, c) (VOTES(b) < 2 || VOTES(c) < 2 || OFFER(b) == OFFER(c))

#define START(b) \
	:: d_step { ballot[OWNER(b)] < b -> \
		ballot[OWNER(b)] = b; asked = asked | BIT(b); \
		highest[OWNER(b)] = MAX(highest[OWNER(b)], b); \
		promises[OWNER(b)] = 0; adopted[OWNER(b)] = 0 }

#define PREPARE(a, b) \
	:: d_step { HAS(asked, b) && MAX(promised[a], accepted[a]) < b -> \
		promised[a] = b; \
		R(a, b) = (accepted[a] -> 2 * accepted[a] + OFFER(accepted[a]) - 1 : 1) }

#define ACCEPT(a, b) \
	:: d_step { OFFER(b) && MAX(promised[a], accepted[a]) <= b && accepted[a] != b -> \
		accepted[a] = b; voted[a] = voted[a] | BIT(b); assert(SAFE) }

#define MEET(p, a) \
	if \
	:: ((met[p] >> (a)) & 1) == 0 -> met[p] = met[p] | (1 << (a)); SET(p, a, 0) \
	:: else \
	fi

#define PROMISE(p, a, b) \
	:: d_step { R(a, b) && ballot[p] == b && ((promises[p] >> (a)) & 1) == 0 -> \
		MEET(p, a); \
		if \
		:: READY(p) -> promises[p] = promises[p] | (1 << (a)) \
		:: else -> \
			promises[p] = promises[p] | (1 << (a)); \
			if \
			:: R(a, b) > 1 -> adopted[p] = MAX(adopted[p], R(a, b)) \
			:: else \
			fi; \
			if \
			:: READY(p) -> \
				OFFER(b) = (adopted[p] -> (adopted[p] & 1) + 1 : p + 1); \
				count[p] = 1 | 4 | 16 \
			:: else \
			fi \
		fi }

#define ACCEPTED(p, a, b) \
	:: d_step { HAS(voted[a], b) && ballot[p] == b && READY(p) && COUNT(p, a) < 2 -> \
		MEET(p, a); \
		if \
		:: CHOSE(p) -> SET(p, a, 2) \
		:: else -> \
			SET(p, a, 2); \
			if \
			:: CHOSE(p) -> \
				told = told | BIT(b); \
				if \
				:: learnt[p] == 0 -> learnt[p] = OFFER(b) \
				:: else \
				fi \
			:: else \
			fi \
		fi }

#define CHOSEN(p, b) \
	:: d_step { HAS(told, b) && (highest[p] < b || learnt[p] == 0) -> \
		highest[p] = MAX(highest[p], b); \
		if \
		:: learnt[p] == 0 -> learnt[p] = OFFER(b) \
		:: else \
		fi }

#if BALLOTS == 2
#define SAFE AGREE(1, 2)
#else
#define SAFE (AGREE(1, 2) && AGREE(1, 3) && AGREE(2, 3))
#endif

#if BALLOTS > 2
#define EACH(X, y) X(y, 1) X(y, 2) X(y, 3)
#else
#define EACH(X, y) X(y, 1) X(y, 2)
#endif
#define PROMISES(p, b) PROMISE(p, 0, b) PROMISE(p, 1, b) PROMISE(p, 2, b)
#define ACCEPTEDS(p, b) ACCEPTED(p, 0, b) ACCEPTED(p, 1, b) ACCEPTED(p, 2, b)

active [3] proctype acceptor()
{
end:	do
	EACH(PREPARE, _pid)
	EACH(ACCEPT, _pid)
	od
}

active proctype first()
{
end:	do
	START(1)
	PROMISES(0, 1) ACCEPTEDS(0, 1) CHOSEN(0, 2)
#if BALLOTS > 2
	START(3)
	PROMISES(0, 3) ACCEPTEDS(0, 3)
#endif
	od
}

active proctype second()
{
end:	do
	START(2)
	PROMISES(1, 2) ACCEPTEDS(1, 2) CHOSEN(1, 1)
#if BALLOTS > 2
	CHOSEN(1, 3)
#endif
	od
}
