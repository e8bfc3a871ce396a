/* Where the parts of a landing are, for C and assembly; numbers of words, and one of bytes. */
#ifndef LANDING_H
#define LANDING_H

#define LANDING_NEXT 0
#define LANDING_WAY 1
#define LANDING_BX 2
#define LANDING_BP 3
#define LANDING_SI 4
#define LANDING_DI 5
#define LANDING_CX 6
#define LANDING_STACK 7 /* with the selector, as LSS takes it */
#define LANDING_SELECTORS 9
#define LANDING_FRAME 256 /* bytes: a way out that faults leaves its frame before this one */

#endif
