/* A PKCS#11 module for tests: SoftHSM's tokens, with a count of wrong PINs as cards have it. Three wrong ones in a row lock
 * the token; the right one begins anew. What was counted stands in the folder $COUNTING_TOKEN_FOLDER, a file for each slot
 * with a byte for each wrong PIN, so that every process knows it.
 *
 *     cc -shared -fPIC -o counting_token.so counting_token.c
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <p11-kit-1/p11-kit/pkcs11.h>

#define TRIES 3

static CK_FUNCTION_LIST *token;
static CK_FUNCTION_LIST counting;

static void path(CK_SLOT_ID slot, char *text, size_t room)
{
    const char *folder = getenv("COUNTING_TOKEN_FOLDER");
    snprintf(text, room, "%s/%lu", folder ? folder : "/nonexistent", slot);
}

static long wrong(CK_SLOT_ID slot)
{
    char name[4096];
    struct stat status;
    path(slot, name, sizeof name);
    return stat(name, &status) == 0 ? (long)status.st_size : 0;
}

static int note(CK_SLOT_ID slot)
{
    char name[4096];
    path(slot, name, sizeof name);
    FILE *file = fopen(name, "a");
    if (!file)
        return 0;
    int is_written = fputc('x', file) == 'x';
    return fclose(file) == 0 && is_written;
}

static CK_RV log_in(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length)
{
    CK_SESSION_INFO information;
    char name[4096];
    CK_RV code = token->C_GetSessionInfo(session, &information);
    if (code != CKR_OK)
        return code;
    if (user != CKU_USER)
        return token->C_Login(session, user, pin, length);
    if (wrong(information.slotID) >= TRIES)
        return CKR_PIN_LOCKED;
    code = token->C_Login(session, user, pin, length);
    if (code == CKR_OK) {
        path(information.slotID, name, sizeof name);
        unlink(name);
    } else if (code == CKR_PIN_INCORRECT || code == CKR_PIN_LEN_RANGE || code == CKR_PIN_INVALID) {
        /* A wrong PIN that cannot be counted must not be one that can be tried again. */
        if (!note(information.slotID))
            return CKR_DEVICE_ERROR;
    }
    return code;
}

static CK_RV token_information(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR information)
{
    CK_RV code = token->C_GetTokenInfo(slot, information);
    if (code != CKR_OK)
        return code;
    long tries = wrong(slot);
    if (tries > 0)
        information->flags |= CKF_USER_PIN_COUNT_LOW;
    if (tries == TRIES - 1)
        information->flags |= CKF_USER_PIN_FINAL_TRY;
    if (tries >= TRIES)
        information->flags |= CKF_USER_PIN_LOCKED;
    return code;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    if (!token) {
        void *library = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
        CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
        if (!get || get(&token) != CKR_OK)
            return CKR_GENERAL_ERROR;
        counting = *token;
        counting.C_GetFunctionList = C_GetFunctionList;
        counting.C_Login = log_in;
        counting.C_GetTokenInfo = token_information;
    }
    *list = &counting;
    return CKR_OK;
}
