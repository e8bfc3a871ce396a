/*
 * Runs kernels of the image on Unicorn: `unicorn IMAGE INDEX...`. Prints for each its index, RAX and seconds of CPU time.
 *
 * Debian's Unicorn 2.0.1 ignores the guest's page tables, so paging stays off and the image lies at its virtual address:
 * less work for Unicorn than the other engines have.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unicorn/unicorn.h>

enum { BASE = 0x400000, WINDOW = 8 << 20, KERNELS = 0x400, REPETITIONS = 0x800, ENTRY = 0xc00, STACK_TOP = 0xbff000 };

static uint8_t image[WINDOW];

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void check(uc_err error, const char *what)
{
    if (error == UC_ERR_OK) return;
    fprintf(stderr, "unicorn: %s: %s\n", what, uc_strerror(error));
    exit(1);
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "unicorn: cannot open the image\n");
        return 1;
    }
    size_t length = fread(image, 1, sizeof image, file);
    fclose(file);

    for (int i = 2; i < argc; i++) {
        int index = atoi(argv[i]);
        uint64_t kernel = ((uint64_t *)(image + KERNELS))[index], repetitions = ((uint64_t *)(image + REPETITIONS))[index];
        uint64_t stack = STACK_TOP, result;
        uc_engine *uc;
        check(uc_open(UC_ARCH_X86, UC_MODE_64, &uc), "open");
        check(uc_mem_map(uc, BASE, WINDOW, UC_PROT_ALL), "map");
        check(uc_mem_write(uc, BASE, image, length), "load");
        uc_reg_write(uc, UC_X86_REG_RSP, &stack);
        uc_reg_write(uc, UC_X86_REG_RAX, &kernel);
        uc_reg_write(uc, UC_X86_REG_RDI, &repetitions);

        double start = cpu_seconds();
        check(uc_emu_start(uc, BASE + ENTRY, BASE + ENTRY + 2, 0, 0), "run");
        double seconds = cpu_seconds() - start;
        uc_reg_read(uc, UC_X86_REG_RAX, &result);
        printf("%d %016" PRIx64 " %.6f\n", index, result, seconds);
        fflush(stdout);
        uc_close(uc);
    }
    return 0;
}
