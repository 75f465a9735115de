import OpenIDMessages
import Testing

@testable import RelyingParty

@Suite("Authorization response (RFC 6749 §4.1.2, RFC 9207)")
struct CallbackValidationTests {
    static let issuer = "iss=https%3A%2F%2Fid.example.test"

    static func validate(_ query: String) throws -> ValidatedCallback {
        let validator = CallbackValidator(issuer: try #require(IssuerURL(rawValue: "https://id.example.test")))
        return try validator.validate(query: Array(query.utf8), state: #require(StateValue(rawValue: "state-1")))
    }

    @Test func theGoodCallbackGivesTheCode() throws {
        #expect(try Self.validate("code=abc&state=state-1&\(Self.issuer)") == .code("abc"))
    }

    static let refusals: [(String, CallbackDefect)] = [
        ("", .issuerMissing),
        ("code=abc&state=state-1", .issuerMissing),
        ("code=abc&state=state-1&iss=", .issuerMissing),
        ("code=abc&state=state-1&iss=https%3A%2F%2Fevil.example.test", .issuerMismatch),
        ("code=abc&state=state-1&iss=https%3A%2F%2Fid.example.test%2F", .issuerMismatch),
        ("error=access_denied&state=state-1&iss=https%3A%2F%2Fevil.example.test", .issuerMismatch),
        ("code=abc&\(issuer)", .stateMissing),
        ("code=abc&state=&\(issuer)", .stateMissing),
        ("code=abc&state=state-2&\(issuer)", .stateMismatch),
        ("code=abc&state=state-11&\(issuer)", .stateMismatch),
        ("error=access_denied&state=state-2&\(issuer)", .stateMismatch),
        ("state=state-1&\(issuer)", .codeMissing),
        ("code=&state=state-1&\(issuer)", .codeMissing),
        ("code=abc&error=access_denied&state=state-1&\(issuer)", .codeMissing),
        ("code=abc&code=abc&state=state-1&\(issuer)", .duplicateParameter),
        ("code=abc&state=state-1&state=state-1&\(issuer)", .duplicateParameter),
        ("code=abc&state=state-1&\(issuer)&\(issuer)", .duplicateParameter),
        ("code=abc&state=state-1&\(issuer)&x=1&x=2", .duplicateParameter),
        ("code=abc&%63ode=abd&state=state-1&\(issuer)", .duplicateParameter),
        ("code=%zz&state=state-1&\(issuer)", .malformed),
        ("code=a%0D%0Ab&state=state-1&\(issuer)", .malformed),
    ]

    @Test(arguments: refusals) func aNearMissIsRefused(query: String, defect: CallbackDefect) {
        #expect(throws: defect) { try Self.validate(query) }
    }

    @Test func anErrorIsTheProvidersRefusal() throws {
        let query = "error=access_denied&error_description=The+person+said+no&state=state-1&\(Self.issuer)"
        let refusal = ProviderRefusal(code: "access_denied", description: "The person said no")
        #expect(try Self.validate(query) == .refused(refusal))
    }

    @Test func aRefusalIsShortenedAndPlain() {
        let refusal = ProviderRefusal(
            code: String(repeating: "x", count: 100), description: "line\nbreak\u{1B}[31m \u{202E}")
        #expect(refusal.code.count == 64)
        #expect(refusal.description == "linebreak[31m ")
    }
}
