/* Entries of page tables for guests that change them at random. */
#ifndef GUESTS_ANY_ENTRY_H
#define GUESTS_ANY_ENTRY_H

#include <stdint.h>

/*
 * An entry that mostly makes sense: of one of the frames that the guest plays with; rarely of any of its own, of its root, of one of Xen's, or of
 * one that there may not be.
 */
uint64_t any_entry(uint64_t (*played_with)(void), uint64_t (*own)(void), uint64_t root);

#endif
