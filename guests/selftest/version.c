/* xen_version, the answers to calls that do not exist, and multicall. */
#include "selftest.h"

void test_version(void)
{
    print("xen_version\n");
    long version = HYPERCALL(xen_version, XENVER_version, 0, 0, 0);
    print("  version %d.%d\n", (int)(version >> 16), (int)(version & 0xffff));

    struct xen_feature_info features = { 0, 0 };
    print("  get_features = %d\n", (int)HYPERCALL(xen_version, XENVER_get_features, &features, 0, 0));
    say("writable page tables", features.submap >> XENFEAT_writable_page_tables & 1);
    say("auto-translated", features.submap >> XENFEAT_auto_translated_physmap & 1);
    say("PT_UPDATE_PRESERVE_AD", features.submap >> XENFEAT_mmu_pt_update_preserve_ad & 1);

    print("  hypercall 63 = %d\n", (int)hypercall(63, 0, 0, 0, 0, 0));
    print("  hypercall 100 = %d\n", (int)hypercall(100, 0, 0, 0, 0, 0));
    print("  get_features into Xen's range = %d\n",
          (int)HYPERCALL(xen_version, XENVER_get_features, 0xffff830000000000UL, 0, 0));
    print("  vm_assist writable_pagetables = %d\n",
          (int)HYPERCALL(vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables, 0, 0));

    struct multicall_entry calls[] = {
        { .op = __HYPERVISOR_xen_version, .args = { XENVER_version } },
        { .op = __HYPERVISOR_xen_version, .args = { XENVER_get_features, (uint64_t)&features } },
        { .op = 63 },
        { .op = __HYPERVISOR_update_va_mapping, .args = { 0, 0, 0 } },
    };
    print("  multicall = %d\n", (int)HYPERCALL(multicall, calls, 4, 0, 0));
    say("its first result is the version", (long)calls[0].result == version);
    print("  multicall results %d, %d, %d\n", (int)calls[1].result, (int)calls[2].result, (int)calls[3].result);
}
