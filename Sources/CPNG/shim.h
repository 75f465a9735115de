#include <png.h>

/// A description to begin reading with, as the simplified API wants it: zeroed, the version set.
static inline png_image png_image_unread(void) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    return image;
}

/// PNG_FORMAT_GRAY is a macro that Swift cannot import: eight bits of grey to a pixel, no alpha.
static inline png_uint_32 png_format_gray(void) {
    return PNG_FORMAT_GRAY;
}
