import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderHarness
import Testing

/// Keycloak CVE-2026-9689, CVE-2026-9704; checklist B6, N2. What a form says is settled before anybody asks who sent it.
@Suite("Every endpoint for clients reads a form in one way")
struct FormReadingTests {
    private static let paths = [
        DiscoveryDocument.Path.pushedAuthorizationRequest, DiscoveryDocument.Path.token,
        DiscoveryDocument.Path.introspection, DiscoveryDocument.Path.revocation,
        DiscoveryDocument.Path.deviceAuthorization, DiscoveryDocument.Path.backChannelAuthentication,
        DiscoveryDocument.Path.authorityCheck,
    ]

    private static let texts = [
        "token=a&token=a", "token=a&token=b", "token=&token=a", "token&token=a", "token=a&t%6fken=b", "token=%",
        "token=%zz", "token=%ff", "token=%c0%80", "token=%00", "token=%0d%0aa", "=a", "token=a&", "&token=a",
        (0...64).map { "p\($0)=1" }.joined(separator: "&"), "token=" + String(repeating: "a", count: 65_536),
    ]

    @Test(
        "a name twice, no readable encoding, too many or too much: 400, invalid_request, stored nowhere",
        arguments: paths)
    func forms(path: String) async throws {
        let provider = try await TestProvider()
        try await Site.serve(provider) { site in
            for text in Self.texts {
                let answer = try await site.post(path, text: text)
                #expect(answer.status == .badRequest && answer.error == "invalid_request", "\(text.prefix(40))")
                #expect(answer.headers[.cacheControl] == "no-store")
            }
            for type in [
                nil, "application/json", "multipart/form-data", "application/x-www-form-urlencoded;charset=utf-16",
            ] {
                let answer = try await site.post(path, text: "token=a", type: type)
                #expect(answer.status == .badRequest && answer.error == "invalid_request", "\(type ?? "no type")")
            }
            let beside = try await site.post(path + "?token=a", text: "other=b")
            #expect(beside.status == .badRequest && beside.error == "invalid_request")
            // The same without a fault is read, and only then asked who it is from.
            #expect(try await site.post(path, text: "token=a").error == "invalid_client")
        }
    }
}
