/* The small model of spec/08-pagetypes.md, for SPIN.
 *
 *   spin -DFRAMES=4 -DSLOTS=1 -DMOVABLE=1 -a pagetypes.pml
 *
 * Every step is one d_step and every choice of its words one line of the loop, so that what SPIN stores are the states of the
 * model and what it takes are its transitions, the first state counted as one. A slot's byte is 0 for nothing, 1 + 2t for
 * frame t, 2 + 2t where it grants writing. Expressions are written out by macros: SPIN computes them faster than loops.
 */
#define UNUSED 0
#define TABLE  1
#define DATA   2

#define CAT_(a, b) a ## b
#define CAT(a, b)  CAT_(a, b)

/* EACH_x(M, a...): M(a, 0) M(a, 1) ...; ALL_x and SUM_x join them. */
#define EACH1(M, ...) M(__VA_ARGS__, 0)
#define EACH2(M, ...) EACH1(M, __VA_ARGS__) M(__VA_ARGS__, 1)
#define EACH3(M, ...) EACH2(M, __VA_ARGS__) M(__VA_ARGS__, 2)
#define EACH4(M, ...) EACH3(M, __VA_ARGS__) M(__VA_ARGS__, 3)
#define EACH5(M, ...) EACH4(M, __VA_ARGS__) M(__VA_ARGS__, 4)

#define SLOTWISE1(M, ...) M(__VA_ARGS__, 0)
#define SLOTWISE2(M, ...) SLOTWISE1(M, __VA_ARGS__) M(__VA_ARGS__, 1)
#define SLOTWISE3(M, ...) SLOTWISE2(M, __VA_ARGS__) M(__VA_ARGS__, 2)

#define ALL1(M, ...) M(__VA_ARGS__, 0)
#define ALL2(M, ...) (ALL1(M, __VA_ARGS__) && M(__VA_ARGS__, 1))
#define ALL3(M, ...) (ALL2(M, __VA_ARGS__) && M(__VA_ARGS__, 2))
#define ALL4(M, ...) (ALL3(M, __VA_ARGS__) && M(__VA_ARGS__, 3))
#define ALL5(M, ...) (ALL4(M, __VA_ARGS__) && M(__VA_ARGS__, 4))

#define ALLSLOTS1(M, ...) M(__VA_ARGS__, 0)
#define ALLSLOTS2(M, ...) (ALLSLOTS1(M, __VA_ARGS__) && M(__VA_ARGS__, 1))
#define ALLSLOTS3(M, ...) (ALLSLOTS2(M, __VA_ARGS__) && M(__VA_ARGS__, 2))

#define SUM1(M, ...) M(__VA_ARGS__, 0)
#define SUM2(M, ...) (SUM1(M, __VA_ARGS__) + M(__VA_ARGS__, 1))
#define SUM3(M, ...) (SUM2(M, __VA_ARGS__) + M(__VA_ARGS__, 2))
#define SUM4(M, ...) (SUM3(M, __VA_ARGS__) + M(__VA_ARGS__, 3))
#define SUM5(M, ...) (SUM4(M, __VA_ARGS__) + M(__VA_ARGS__, 4))

#define SUMSLOTS1(M, ...) M(__VA_ARGS__, 0)
#define SUMSLOTS2(M, ...) (SUMSLOTS1(M, __VA_ARGS__) + M(__VA_ARGS__, 1))
#define SUMSLOTS3(M, ...) (SUMSLOTS2(M, __VA_ARGS__) + M(__VA_ARGS__, 2))

#define WORDS2(M, ...) M(__VA_ARGS__, 0) M(__VA_ARGS__, 1) M(__VA_ARGS__, 2) M(__VA_ARGS__, 3) M(__VA_ARGS__, 4)
#define WORDS3(M, ...) WORDS2(M, __VA_ARGS__) M(__VA_ARGS__, 5) M(__VA_ARGS__, 6)
#define WORDS4(M, ...) WORDS3(M, __VA_ARGS__) M(__VA_ARGS__, 7) M(__VA_ARGS__, 8)
#define WORDS5(M, ...) WORDS4(M, __VA_ARGS__) M(__VA_ARGS__, 9) M(__VA_ARGS__, 10)

#define EACH_FRAME CAT(EACH, FRAMES)
#define ALL_FRAMES CAT(ALL, FRAMES)
#define SUM_FRAMES CAT(SUM, FRAMES)
#define EACH_SLOT  CAT(SLOTWISE, SLOTS)
#define ALL_SLOTS  CAT(ALLSLOTS, SLOTS)
#define SUM_SLOTS  CAT(SUMSLOTS, SLOTS)
#define EACH_WORD  CAT(WORDS, FRAMES)

#define OWNERS2 {0, 1}
#define OWNERS3 {0, 1, 0}
#define OWNERS4 {0, 1, 0, 1}
#define OWNERS5 {0, 1, 0, 1, 0}

byte owner[FRAMES] = CAT(OWNERS, FRAMES);
byte use[FRAMES];
byte count[FRAMES];
bool pinned[FRAMES];
byte slot[FRAMES * SLOTS];
byte root[2] = FRAMES;          /* FRAMES: none */
byte cached[2];                 /* a bit for each frame */
hidden byte former;

#define SLOT(f, e)      slot[(f) * SLOTS + (e)]
#define TARGET(w)       (((w) - 1) / 2)
#define GRANTS(w)       ((w) != 0 && ((w) & 1) == 0)
#define CACHES(d, f)    ((cached[d] & (1 << (f))) != 0)
#define LIVE(f)         (use[f] == TABLE && count[f] > 0)          /* BM-1 */
#define WRITABLE(f)     (count[f] == 0 || use[f] == DATA)

/* BM-2, BM-3 */
#define SOUND(f, e) (SLOT(f, e) == 0 || (owner[TARGET(SLOT(f, e))] == owner[f] \
    && (!GRANTS(SLOT(f, e)) || (TARGET(SLOT(f, e)) != f && WRITABLE(TARGET(SLOT(f, e)))))))
#define CAN_ACQUIRE(f) ((count[f] > 0 && use[f] == TABLE) || (count[f] == 0 && ALL_SLOTS(SOUND, f)))
#define HOLD(f, e) if :: GRANTS(SLOT(f, e)) -> use[TARGET(SLOT(f, e))] = DATA; count[TARGET(SLOT(f, e))]++ :: else fi;
#define DROP(f, e) if :: GRANTS(SLOT(f, e)) -> count[TARGET(SLOT(f, e))]-- :: else fi;
#define FORGET(f)  cached[0] = cached[0] & ~(1 << (f)); cached[1] = cached[1] & ~(1 << (f))
#define ACQUIRE(f) if :: count[f] > 0 -> count[f]++ \
                      :: else -> EACH_SLOT(HOLD, f) use[f] = TABLE; count[f] = 1; FORGET(f) fi
#define RELEASE(f) count[f]--; if :: count[f] == 0 -> EACH_SLOT(DROP, f) skip :: else fi

/* BM-4 to BM-11 */
#define PIN(_, f)   :: d_step { !pinned[f] && CAN_ACQUIRE(f) -> ACQUIRE(f); pinned[f] = 1 }
#define UNPIN(_, f) :: d_step { pinned[f] -> pinned[f] = 0; RELEASE(f) }
#define SET_ROOT(_, f) :: d_step { root[owner[f]] != f && CAN_ACQUIRE(f) -> \
    ACQUIRE(f); former = root[owner[f]]; root[owner[f]] = f; cached[owner[f]] = 0; \
    if :: former != FRAMES -> RELEASE(former) :: else fi; former = 0 }
#define UPDATE(t, e, w) :: d_step { LIVE(t) && SLOT(t, e) != w \
        && (w == 0 || (owner[TARGET(w)] == owner[t] && (!GRANTS(w) || WRITABLE(TARGET(w))))) -> \
    DROP(t, e) if :: GRANTS(w) -> use[TARGET(w)] = DATA; count[TARGET(w)]++ :: else fi; SLOT(t, e) = w }
#define NAMES(f, t, e)  (SLOT(t, e) != 0 && TARGET(SLOT(t, e)) == f)
#define UNMAPPED(f, t)  (!LIVE(t) || SUM_SLOTS(NAMES, f, t) == 0)
#define TRANSFER(_, f) :: d_step { f < MOVABLE && count[f] == 0 && ALL_FRAMES(UNMAPPED, f) -> \
    owner[f] = 1 - owner[f]; use[f] = UNUSED; FORGET(f) }
#define LETS_WRITE(f, t, e) (SLOT(t, e) == 2 + 2 * (f))
#define FILL(d, f)  :: d_step { !CACHES(d, f) && root[d] != FRAMES && SUM_SLOTS(LETS_WRITE, f, root[d]) > 0 -> \
    cached[d] = cached[d] | (1 << (f)) }
#define FLUSH(d)    :: d_step { cached[d] != 0 -> cached[d] = 0 }
#define STORE(d, f, e, w) :: d_step { CACHES(d, f) && SLOT(f, e) != w -> SLOT(f, e) = w }

#define UPDATE_SLOT(t, e)    EACH_WORD(UPDATE, t, e)
#define UPDATE_TABLE(_, t)   EACH_SLOT(UPDATE_SLOT, t)
#define STORE_SLOT(d, f, e)  EACH_WORD(STORE, d, f, e)
#define STORE_FRAME(d, f)    EACH_SLOT(STORE_SLOT, d, f)

/* BM-13 to BM-17 */
#define CACHED_IS_FINE(d, f) (!CACHES(d, f) || (!LIVE(f) && owner[f] == d))
#define ROOT_IS_LIVE(d)      (root[d] == FRAMES || (LIVE(root[d]) && owner[root[d]] == d))
#define ENTRY_IS_SOUND(t, e) (SLOT(t, e) == 0 || (owner[TARGET(SLOT(t, e))] == owner[t] \
    && (!GRANTS(SLOT(t, e)) || (use[TARGET(SLOT(t, e))] == DATA && count[TARGET(SLOT(t, e))] > 0))))
#define TABLE_IS_SOUND(_, t) (!LIVE(t) || ALL_SLOTS(ENTRY_IS_SOUND, t))
#define WRITERS(f, t)        (LIVE(t) * SUM_SLOTS(LETS_WRITE, f, t))
#define COUNT_IS_EXACT(_, f) ((use[f] == TABLE && count[f] == pinned[f] + (root[0] == f) + (root[1] == f)) \
    || (use[f] != TABLE && count[f] == SUM_FRAMES(WRITERS, f)))
#define FINE (ALL_FRAMES(CACHED_IS_FINE, 0) && ALL_FRAMES(CACHED_IS_FINE, 1) && ROOT_IS_LIVE(0) && ROOT_IS_LIVE(1) \
    && ALL_FRAMES(TABLE_IS_SOUND, 0) && ALL_FRAMES(COUNT_IS_EXACT, 0))

active proctype machine()
{
end:
    do
    :: !(FINE) -> assert(false)
    EACH_FRAME(PIN, 0)
    EACH_FRAME(UNPIN, 0)
    EACH_FRAME(SET_ROOT, 0)
    EACH_FRAME(UPDATE_TABLE, 0)
    EACH_FRAME(TRANSFER, 0)
    FLUSH(0)
    FLUSH(1)
    EACH_FRAME(FILL, 0)
    EACH_FRAME(FILL, 1)
    EACH_FRAME(STORE_FRAME, 0)
    EACH_FRAME(STORE_FRAME, 1)
    od
}
