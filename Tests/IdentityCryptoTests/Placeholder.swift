// IdentityCryptoTests
