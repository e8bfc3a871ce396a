/* One line of what a handler saw. */
#ifndef TRAPS_TELL_H
#define TRAPS_TELL_H

#include "run.h"

/* Says what was seen, a line each, or that nothing was. */
void tell(const struct scene *scene, const char *name, const char *gate);

#endif
