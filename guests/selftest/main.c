#include "selftest.h"

void guest_main(const struct start_info *info)
{
    print("self test of a paravirtual guest\n");
    test_start_info(info);
    test_version();
    test_tables();
    test_writable_tables();
    test_user_space();
    test_exceptions();
    test_user_mode();
    test_privileged();
    test_descriptors();
    test_events(info);
    test_time();
    test_memory();
    test_grants();
    test_code_and_fpu();
    print("self test done\n");
}
