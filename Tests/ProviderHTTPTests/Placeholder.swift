// ProviderHTTPTests
