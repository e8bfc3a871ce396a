/* What ends the domain, so that each takes a run of its own. */
#ifndef TRAPS_CRASHES_H
#define TRAPS_CRASHES_H

/* Says which one it is and does it; if it is survived, says what was seen. Says that there is none if so. */
void run_crash(unsigned number);

#endif
