import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderHarness
import Testing

/// RFC 9110 §15.5.6, RFC 9126 §2.3.
@Suite("An endpoint for programs says which methods it has")
struct AllowedMethodTests {
    private static let paths = [
        "/par", "/token", "/userinfo", "/introspect", "/revoke", "/device_authorization", "/bc-authorize",
        "/authority/check", "/register", "/register/{client}", "/services/{service}", "/jwks",
        "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
    ]
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace]

    @Test(
        "fapi2-security-profile-final-par-attempt-invalid-http-method: another method is 405 with Allow, as JSON, anywhere",
        arguments: paths)
    func otherMethods(path: String) async throws {
        let provider = try await TestProvider()
        let allowed = Self.methods.map(\.rawValue).filter { provider.routes.contains("\($0) \(path)") }.sorted()
        #expect(!allowed.isEmpty)
        try await Site.serve(provider) { site in
            let uri = path.replacing(/\{\w+\}/, with: "somebody")
            for method in Self.methods where !allowed.contains(method.rawValue) {
                let answer = try await site.client.execute(uri: uri, method: method)
                #expect(answer.status == .methodNotAllowed, "\(method)")
                #expect(answer.headers[.allow] == allowed.joined(separator: ", "))
                #expect(answer.headers[.cacheControl] == "no-store")
                // RFC 9110 §9.3.2.
                #expect(method == .head ? answer.text.isEmpty : answer.error == "invalid_request")
            }
        }
    }

    @Test(
        "RFC 9110 §9.3.2: what is the same for everybody is there by HEAD as well: GET's answer without its body",
        arguments: [
            "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/health",
        ])
    func head(path: String) async throws {
        try await Site.serve { site in
            let get = try await site.get(path)
            let head = try await site.client.execute(uri: path, method: .head)
            #expect(head.status == .ok && head.text.isEmpty)
            for name in [HTTPField.Name.contentType, .contentLength, .cacheControl, .accessControlAllowOrigin] {
                #expect(head.headers[name] == get.headers[name], "\(name)")
            }
            #expect(head.headers[.contentLength] == "\(get.text.utf8.count)")
        }
    }

    @Test("what is beside an endpoint is not there, and pages and the phones' addresses keep their own answer")
    func near() async throws {
        try await Site.serve { site in
            for path in [
                "/par/x", "/parx", "/register/a/b", "/services", "/PAR", "/login/x/code", "/device/v1/devices",
            ] {
                let answer = try await site.client.execute(uri: path, method: .put)
                #expect(answer.status == .notFound, "\(path)")
            }
        }
    }
}
