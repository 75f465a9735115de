// ProviderCore
