// IdentityCrypto
