import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Every parameter in every wrong shape at every door; checklist B6, N2.
@Suite("Every parameter of an authorization request")
struct ParameterTests {
    private static let provider = Task { try await TestProvider() }

    /// The good request without `parameter`, as text.
    private static func rest(without parameter: AuthorizationParameter) -> String {
        FormParameters(TestRegion.basic.request([parameter.rawValue: nil])).encoded
    }

    private enum Door: CaseIterable {
        case query, form, push

        /// True when the request was accepted: a login began, or it was pushed.
        func accepts(_ text: String, _ site: Site) async throws -> Bool {
            switch self {
            case .query: return try await Door.began(site.get("/authorize?" + text))
            case .form: return try await Door.began(site.postAuthorize(text))
            case .push:
                let (_, headers) = try site.credentials(of: TestRegion.basic, added: [:])
                let response = try await site.post("/par", text: text, headers: headers)
                #expect(response.status == .created || response.status == .badRequest)
                #expect((response.json["request_uri"] != nil) == (response.status == .created))
                #expect((response.error == nil) == (response.status == .created))
                return response.status == .created
            }
        }

        private static func began(_ response: TestResponse) -> Bool {
            let location = response.headers[.location]
            guard location?.hasPrefix("/login/") != true else { return true }
            #expect(response.status == (location == nil ? .badRequest : .seeOther))
            #expect(location == nil || location?.hasPrefix(TestRegion.basic.redirectURI + "?error=") == true)
            #expect(response.headers[.setCookie] == nil)
            return false
        }
    }

    @Test("twice is refused, whatever the values (Keycloak CVE-2026-9689)", arguments: AuthorizationParameter.allCases)
    func duplicates(parameter: AuthorizationParameter) async throws {
        try await Site.serve(Self.provider.value) { site in
            let good = TestRegion.basic.request()[parameter.rawValue] ?? "a"
            let value = FormParameters.percentEncode(good)
            let encodedName =
                "%" + String(parameter.rawValue.utf8.first ?? 0, radix: 16) + parameter.rawValue.dropFirst()
            for second in ["\(parameter.rawValue)=\(value)", "\(parameter.rawValue)=", "\(encodedName)=b"] {
                let text = Self.rest(without: parameter) + "&\(parameter.rawValue)=\(value)&\(second)"
                for door in Door.allCases {
                    let isAccepted = try await door.accepts(text, site)
                    #expect(!isAccepted, "\(door) \(second)")
                }
            }
            // One in the query, one in the body.
            let split = try await site.post(
                "/authorize?\(parameter.rawValue)=\(value)",
                text: Self.rest(without: parameter) + "&\(parameter.rawValue)=\(value)")
            #expect(split.status == .badRequest && split.headers[.location] == nil)
        }
    }

    @Test(
        "beyond its limit it is refused, never cut or dropped (Keycloak CVE-2026-9704)",
        arguments: AuthorizationParameter.allCases)
    func oversized(parameter: AuthorizationParameter) async throws {
        try await Site.serve(Self.provider.value) { site in
            let long = String(repeating: "a", count: parameter.maximumLength + 1)
            let good = FormParameters.percentEncode(TestRegion.basic.request()[parameter.rawValue] ?? "")
            for value in [long, good + long, "login%20" + long, "normal%20" + long] {
                let text = Self.rest(without: parameter) + "&\(parameter.rawValue)=\(value)"
                for door in Door.allCases {
                    let isAccepted = try await door.accepts(text, site)
                    #expect(!isAccepted, "\(door)")
                }
            }
        }
    }

    @Test("in no readable encoding it is refused", arguments: AuthorizationParameter.allCases)
    func encodings(parameter: AuthorizationParameter) async throws {
        try await Site.serve(Self.provider.value) { site in
            for value in ["%", "%f", "%zz", "%ff", "%c0%80", "%ed%a0%80", "%00", "%0a", "%0d%0aa", "%7f", "%1b"] {
                let text = Self.rest(without: parameter) + "&\(parameter.rawValue)=\(value)"
                for door in Door.allCases {
                    let isAccepted = try await door.accepts(text, site)
                    #expect(!isAccepted, "\(door) \(value)")
                }
            }
        }
    }

    @Test("without a value it counts as absent (RFC 6749 §3.1)", arguments: AuthorizationParameter.allCases)
    func empty(parameter: AuthorizationParameter) async throws {
        let needed: Set<AuthorizationParameter> = [
            .clientIdentifier, .redirectURI, .responseType, .scope, .codeChallenge, .codeChallengeMethod,
        ]
        try await Site.serve(Self.provider.value) { site in
            let rest = Self.rest(without: parameter)
            for text in [rest, rest + "&\(parameter.rawValue)=", rest + "&\(parameter.rawValue)"] {
                for door in Door.allCases {
                    // Who pushes has said who it is.
                    let isExpected = !needed.contains(parameter) || (door == .push && parameter == .clientIdentifier)
                    let isAccepted = try await door.accepts(text, site)
                    #expect(isAccepted == isExpected, "\(door) \(text.suffix(20))")
                }
            }
        }
    }

    @Test("the order of parameters does not matter, and unknown ones are ignored")
    func order() async throws {
        try await Site.serve(Self.provider.value) { site in
            let request = TestRegion.basic.request().map { "\($0)=\(FormParameters.percentEncode($1))" }
            for parts in [request, request.reversed(), (request + ["x=1", "y[]=2", "%C3%A4=3"]).shuffled()] {
                for door in Door.allCases {
                    let isAccepted = try await door.accepts(parts.joined(separator: "&"), site)
                    #expect(isAccepted)
                }
            }
        }
    }
}
