import HTTPTypes
import Hummingbird
import Foundation
import HummingbirdTesting
import OpenIDMessages
import ProviderHTTP
import ProviderHarness
import Testing

/// Checklist N5.
@Suite("Too many requests at once")
struct LoadSheddingTests {
    private static func limits(_ places: Int) -> ProviderApplication.Limits {
        ProviderApplication.Limits(loginBurst: 1_000_000, codeBurst: 1_000_000, requestsAtOnce: places)
    }

    @Test(
        "who finds no place is told to come again, in the form that it reads",
        arguments: [
            ("/jwks", "application/json", "application/json", "temporarily_unavailable"),
            ("/authorize", "text/html,*/*", "text/html; charset=utf-8", "Versuchen"),
            ("/device/v1/devices", "*/*", "application/problem+json", "overloaded"),
            ("/account/v1/devices", "*/*", "application/problem+json", "overloaded"),
            ("/account/v1/nowhere", "text/html,*/*", "application/problem+json", "overloaded"),
            ("/nowhere", "*/*", "application/json", "temporarily_unavailable"),
        ])
    func busy(path: String, accept: String, type: String, word: String) async throws {
        try await Site.serve(limits: Self.limits(0)) { site in
            let response = try await site.get(path, headers: [.accept: accept])
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] == "2")
            #expect(response.headers[.contentType] == type)
            #expect(response.text.localizedCaseInsensitiveContains(word), "\(response.text)")
            let isProblem = type == "application/problem+json"
            #expect(
                response.headers[HTTPField.Name("Trace-Id")!] == (isProblem ? response.json["trace_id"]?.string : nil))
        }
    }

    @Test("whether the provider lives is answered without a place")
    func health() async throws {
        try await Site.serve(limits: Self.limits(0)) { site in
            let health = try await site.get("/health")
            #expect(health.status == .ok)
        }
    }

    @Test("a place is free again after the answer, whatever it was")
    func givenBack() async throws {
        try await Site.serve(limits: Self.limits(1)) { site in
            for _ in 0..<5 {
                let answers = [
                    try await site.get("/jwks"), try await site.get("/nowhere"), try await site.get("/login/none"),
                    try await site.post("/token", text: "a=%"),
                ]
                #expect(answers.map(\.status) == [.ok, .notFound, .notFound, .badRequest])
            }
        }
    }
}
