/* The kernels that a compiler writes as guests have them: sorting, hashing, an interpreter. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long word; /* what a register holds: 64 or 32 bits */

#define DATA 0x800000

static void __attribute__((noinline)) sort(u32 *a, long low, long high)
{
    while (low < high) {
        u32 pivot = a[(low + high) >> 1];
        long i = low, j = high;
        do {
            while (a[i] < pivot) i++;
            while (a[j] > pivot) j--;
            if (i <= j) {
                u32 t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        } while (i <= j);
        if (j - low < high - i) {
            sort(a, low, j);
            low = i;
        } else {
            sort(a, i, high);
            high = j;
        }
    }
}

/* Sorts 16384 pseudo-random words, n times. */
word k_qsort(word n)
{
    u32 *words = (u32 *)DATA, x = 1;
    word sum = 0;
    while (n--) {
        for (int i = 0; i < 16384; i++) words[i] = (x = x * 1664525u + 1013904223u) >> 3;
        sort(words, 0, 16383);
        sum += words[100] ^ words[16000];
    }
    return sum;
}

/* FIPS 180-4, 4.2.2. */
static const u32 K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline u32 rotate(u32 x, int n)
{
    return x >> n | x << (32 - n);
}

static void __attribute__((noinline)) compress(u32 *h, const u8 *block)
{
    u32 w[64], s[8];
    for (int i = 0; i < 16; i++) w[i] = __builtin_bswap32(((const u32 *)block)[i]);
    for (int i = 16; i < 64; i++) {
        u32 a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++) s[i] = h[i];
    for (int i = 0; i < 64; i++) {
        u32 t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
        u32 t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s[7] = s[6];
        s[6] = s[5];
        s[5] = s[4];
        s[4] = s[3] + t1;
        s[3] = s[2];
        s[2] = s[1];
        s[1] = s[0];
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
}

/* The SHA-256 compression function, n times over one block. */
word k_sha(word n)
{
    u32 *h = (u32 *)DATA;
    u8 *block = (u8 *)(DATA + 0x1000);
    for (int i = 0; i < 8; i++) h[i] = K[i];
    for (int i = 0; i < 64; i++) block[i] = i;
    while (n--) compress(h, block);
    return (word)((u64)h[0] << 32 | h[7]);
}

/* A bytecode interpreter: an indirect jump for each operation. */
word k_vm(word n)
{
    static const u8 program[] = { 1, 2, 0, 3, 1, 5, 2, 4, 0, 5, 3, 1, 2, 6, 7 };
    volatile u8 *memory = (volatile u8 *)(DATA + 0x2000);
    word a = 1, b = 2, c = 3;
    for (int i = 0; i < 256; i++) memory[i] = i * 7;

    while (n--) {
        for (const u8 *pc = program;;) {
            switch (*pc++) {
            case 0: a += b; continue;
            case 1: b ^= a << 1; continue;
            case 2: c += memory[a & 255]; continue;
            case 3: a = a >> 3 | a << (8 * sizeof a - 3); continue;
            case 4: memory[c & 255] = (u8)a; continue;
            case 5:
                if (c & 1) a++;
                else b--;
                continue;
            case 6: b *= 31; continue;
            }
            break;
        }
    }
    return a ^ b ^ c;
}
