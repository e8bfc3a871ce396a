#include "any_entry.h"
#include "random.h"

enum { P = 1, RW = 2, US = 4, A = 0x20, D = 0x40, PSE = 0x80, G = 0x100 };

uint64_t any_entry(uint64_t (*played_with)(void), uint64_t (*own)(void), uint64_t root)
{
    static const uint8_t flags[] = { P, P | US, P | RW | US, P | RW | US | A | D, P | US | A };
    uint64_t chosen = flags[below(sizeof flags)], mfn = played_with();
    switch (below(22)) {
    case 0: return 0;
    case 1: return chosen & ~P;
    case 2: chosen |= PSE; break;
    case 3: chosen |= 1ull << 63; break;               /* NX */
    case 4: chosen |= below(8) << 9; break;            /* available */
    case 5: chosen |= 8u << below(2); break;           /* PWT, PCD */
    case 6: chosen |= G; break;
    case 7: chosen |= 1ull << (52 + below(11)); break; /* high available bits */
    case 8: mfn = own(), chosen &= ~RW; break;
    case 9: mfn = root, chosen &= below(4) ? ~RW : ~0; break;
    case 10: mfn = below(64), chosen &= ~RW; break;
    case 11: mfn = next_random() & 0xffffffffff; break;
    }
    return mfn << 12 | chosen;
}
