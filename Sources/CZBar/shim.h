#include <zbar.h>

/// `Y800`: eight bits of grey to a pixel. zbar_fourcc is a macro that Swift cannot import.
static inline unsigned long zbar_fourcc_y800(void) {
    return zbar_fourcc('Y', '8', '0', '0');
}
