// ProviderCoreTests
