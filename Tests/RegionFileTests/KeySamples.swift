/// Public keys and a certificate that are real: the base point of P-256 and its negative, and a root of nobody.
enum KeySamples {
    static let x = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"
    static let y = "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
    static let negativeY = "sBy9HAHlgGVxGBS1g_Bh6dQxzKmUzqExNEm_l8hArgo"

    /// A certificate in base64.
    static let certificate =
        "MIIBfjCCASWgAwIBAgIUVxOcNzFWWAHwCAqhqm2+CYHk0TowCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJVGVzdCByb290MCAXDTI2"
        + "MTEyMTA4MzExMFoYDzIxMjYxMDI4MDgzMTEwWjAUMRIwEAYDVQQDDAlUZXN0IHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC"
        + "AAS0533o3aPTUbvNjR20U4Wc4h8PWS5w9gdAG7RdiEkz0P74D/aVTUgKQ2NcHtYCI9cDsEXcANyOKgV/VFjlRvaio1MwUTAdBgNV"
        + "HQ4EFgQUn4oHH8HzO554rAJBmTMYYlYgj1IwHwYDVR0jBBgwFoAUn4oHH8HzO554rAJBmTMYYlYgj1IwDwYDVR0TAQH/BAUwAwEB"
        + "/zAKBggqhkjOPQQDAgNHADBEAiAbjQ9lfandj16KRmdPLznOTs7LMWrPwr8AiWGIilc6PQIgAwyGis/FaoJa7isr93OCxs0Or3q+"
        + "UnEQAHjWXZDai3I="
}
