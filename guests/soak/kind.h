/* What the two kinds of guest, 64-bit and 32-bit, say differently. */
#ifndef KIND_H
#define KIND_H

#ifdef __i386__

#include "ring1.h"

typedef uint32_t word;

#define PTE_P  PTE_PRESENT
#define PTE_RW PTE_WRITABLE
#define PTE_US PTE_USER
#define PTE_A  0x020ull
#define PTE_D  0x040ull

#define KERNEL_CS FLAT_RING1_CS
#define KERNEL_DS FLAT_RING1_DS
#define USER_CS   FLAT_RING3_CS
#define USER_DS   FLAT_RING3_DS

enum { IS_64_BIT = false, LEVELS = 3, FIRST_XEN_SLOT = 428, LAST_XEN_SLOT = 511 };

#else

#include "console.h"
#include "hypercall.h"
#include "memory.h"

typedef uint64_t word;

#define KERNEL_CS FLAT_RING3_CS64
#define KERNEL_DS FLAT_RING3_SS64
#define USER_CS   FLAT_RING3_CS64
#define USER_DS   FLAT_RING3_SS64

enum { IS_64_BIT = true, LEVELS = 4, FIRST_XEN_SLOT = 256, LAST_XEN_SLOT = 271 };

#endif

extern struct shared_info *shared_info;

/* The table that CR3 named at the start, where the domain builder mapped it, and its frame. */
extern uint64_t *own_root;
extern word own_root_mfn;

/* Console, shared_info and the root. */
void kind_init(const struct start_info *start_info);

word frame_of(const void *page); /* of a page of the image */
word any_frame(void);
const uint64_t *table_at(uint64_t entry); /* the table that an entry of a table of ours names */

long set_mapping(word address, uint64_t entry);
long set_entry(uint64_t machine, uint64_t entry);
long extended(uint32_t cmd, word argument);
long set_descriptor(uint64_t machine, uint64_t descriptor);
void set_local_table(word address, unsigned descriptors);
void set_timer(uint64_t at);
void set_callback(unsigned type, word address, bool masks);
void set_segment_bases(void);

/* Where the kernel is entered from applications. */
void set_kernel_stack(word top);

/* A table that the kernel could live on becomes like its own, and leads to LOW. */
void make_root_like_own(unsigned root, unsigned last);

/* An application's root, if it has one of its own. */
void make_user_root(unsigned root);

#endif
