import AccountDirectory
import Hummingbird
import HummingbirdTesting
import Logging
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderHTTP

@Suite("Unsafe settings show in the health of administration (checklist R4)")
struct HealthTests {
    private func unsafe(_ provider: TestProvider, _ settings: [String]) async throws -> [String]? {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let router = AdministrationAPI.router(provider: provider.provider, unsafeSettings: settings)
        let application = Application(router: router, logger: logger)
        return try await application.test(.router) { client in
            let answer = try await client.execute(uri: "/health", method: .get)
            return answer.json["unsafe"]?.strings
        }
    }

    @Test("a region for development, and hosts that are not on the public internet, each by its name")
    func named() async throws {
        let provider = try await TestProvider.withAdministration()
        try provider.changeRegion { $0.isDevelopment = false }
        #expect(try await unsafe(provider, []) == [])
        #expect(try await unsafe(provider, ["outbound.allowed_hosts"]) == ["outbound.allowed_hosts"])
        try provider.changeRegion { $0.isDevelopment = true }
        #expect(
            try await unsafe(provider, ["outbound.allowed_networks"])
                == ["region.development", "outbound.allowed_networks"])
    }

    @Test("the public health says nothing of it")
    func silent() async throws {
        try await Site.serve(try await TestProvider()) { site in
            let answer = try await site.get("/health")
            #expect(answer.json == ["status": "ok"])
        }
    }
}
