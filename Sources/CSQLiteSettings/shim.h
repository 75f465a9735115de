#include <sqlite3.h>

/* Swift cannot call functions with a variable number of arguments. */

/* Nobody asks how much memory SQLite has in use, and to count it takes one lock of all connections for each allocation. To be called before SQLite is used;
   later it changes nothing and says SQLITE_MISUSE. */
static inline int citizen_sqlite_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
