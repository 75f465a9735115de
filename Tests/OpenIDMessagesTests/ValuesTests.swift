import OpenIDMessages
import Testing

/// A wire value with texts that it takes and near-misses that it refuses.
struct WireTable: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let accepted: [String]
    let refused: [String]
    /// The text that the value holds after reading, or nil when it was refused.
    let read: @Sendable (String) -> String?

    init<Value: WireValue>(_ type: Value.Type, accepted: [String], refused: [String]) {
        testDescription = "\(type)"
        self.accepted = accepted
        self.refused = refused
        read = { Value(rawValue: $0)?.rawValue }
    }
}

private func letters(_ count: Int) -> String { String(repeating: "a", count: count) }

/// Texts that no wire value may hold.
private let neverAccepted = [
    "", "abcdefghijklmnop\n", "\tabcdefghijklmnop", "abcdefghijklm\u{0}nop", "abcdefghijklmnop\u{7F}",
    "abcdefghijklmnöp", "abcdefghijklmnо", "ａbcdefghijklmnop", "abcdefghijklmnop\u{301}", "abcdefghijklmnop\u{200B}",
    "\u{FEFF}abcdefghijklmnop", "abcdefghijklmnop１", "\u{212A}bcdefghijklmnop",
]

@Suite("A value type cannot hold a malformed value")
struct ValuesTests {
    static let digest = Base64URL.encode([UInt8](repeating: 0xA5, count: 32))

    static let tables: [WireTable] = [
        WireTable(
            StateValue.self, accepted: ["a", " ", "~", "\"<script>\\", letters(1024)],
            refused: [letters(1025), "a\r\n"]),
        WireTable(Nonce.self, accepted: ["a", "n-0S6_WzA2Mj", " ", letters(512)], refused: [letters(513)]),
        digestTable(CodeChallenge.self), digestTable(KeyThumbprint.self), digestTable(ContentDigest.self),
        WireTable(
            CodeVerifier.self, accepted: [letters(43), letters(128), letters(40) + "-._~"],
            refused: [letters(42), letters(129), letters(43) + "=", letters(43) + "+", letters(43) + " "]),
        WireTable(
            ClientIdentifier.self, accepted: ["a", "bauportal.bochum", "A-z_0~", letters(128)],
            refused: [letters(129), "a b", "a/b", "a:b", "a%41", "a\"", "<a>"]),
        slugTable(TenantIdentifier.self), slugTable(ServiceIdentifier.self),
        WireTable(
            SectorIdentifier.self, accepted: ["a", "bochum:bau", letters(255)],
            refused: [letters(256), "a/b", "a b", "a?b", "a#b"]),
        WireTable(
            SubjectIdentifier.self, accepted: ["a", "A-z_0~.", letters(255)],
            refused: [letters(256), "a b", "a:b", "a@b", "a/b"]),
        WireTable(
            DeviceIdentifier.self, accepted: [letters(16), letters(64), "A-z_0~.A-z_0~.123"],
            refused: [letters(15), letters(65), letters(16) + " ", letters(16) + "/"]),
        WireTable(
            TransactionIdentifier.self, accepted: [letters(16), letters(64), "A-z_0~.A-z_0~.123"],
            refused: [letters(15), letters(65), letters(16) + " ", letters(16) + "/"]),
        WireTable(TokenIdentifier.self, accepted: ["a", "a b", letters(128)], refused: [letters(129)]),
        WireTable(
            IssuerURL.self,
            accepted: [
                "https://id.example", "https://id.emscher-lippe.example", "https://id.example:8443",
                "https://localhost:8443",
                "https://127.0.0.1", "https://[::1]:8443", "https://xn--mnchen-3ya.example",
            ],
            refused: [
                "https://id.example/", "https://id.example/a", "https://id.example?", "https://id.example?a=1",
                "https://id.example#", "http://id.example", "http://localhost", "http://127.0.0.1:80",
                "HTTPS://id.example",
                "https://ID.example", "https://id.example:443", "https://id.example:", "https://id.example:0",
                "https://id.example:065", "https://id.example:65536", "https://id.example:+80", "https://id.example.",
                "https://id", "https://", "https:///", "https://a@id.example", "https://id.example@b.example",
                "https://id..example", "https://-id.example", "https://id-.example", "https://i_d.example",
                "https://*.example", "https://id.example\\", " https://id.example", "https://id.example ",
                "https://id.example\n", "https:id.example", "id.example", "https://1.2.3", "https://1.2.3.4.5",
                "https://1.2.3.256", "https://1.2.3.04", "https://127.0.0.0x1", "https://1.0x7f000001", "https://1.0x",
                "https://2130706433", "https://[::ffff:127.0.0.1]", "https://[::2]", "https://[::1", "https://[::1]x",
                "https://münchen.example", "https://id.examplе",
                "https://" + letters(64) + ".example", "https://" + String(repeating: "a.", count: 127) + "aa",
            ]),
    ]

    private static func digestTable<Value: WireValue>(_ type: Value.Type) -> WireTable {
        WireTable(
            type, accepted: [digest, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", String(repeating: "A", count: 43)],
            refused: [
                String(digest.dropLast()), digest + "A", digest + "=", String(digest.dropLast()) + "=",
                String(digest.dropFirst()) + "+", String(digest.dropFirst()) + "/",
                // The same 32 bytes for a lenient decoder: the spare bits differ.
                String(repeating: "A", count: 42) + "B", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN",
            ])
    }

    private static func slugTable<Value: WireValue>(_ type: Value.Type) -> WireTable {
        WireTable(
            type, accepted: ["a", "0", "bochum", "castrop-rauxel", "a--b", letters(63)],
            refused: [letters(64), "Bochum", "-a", "a-", "-", "a_b", "a.b", "a b", "a/b", "castrop\u{2010}rauxel"])
    }

    @Test("well-formed texts are taken as they are", arguments: tables)
    func wellFormedTextsAreTaken(_ table: WireTable) {
        for text in table.accepted {
            #expect(table.read(text).map { Array($0.utf8) } == Array(text.utf8), "\(text.debugDescription)")
        }
    }

    @Test("near-misses are refused", arguments: tables)
    func nearMissesAreRefused(_ table: WireTable) {
        for text in table.refused + neverAccepted {
            #expect(table.read(text) == nil, "\(text.debugDescription)")
        }
    }

    @Test("a code verifier does not print itself")
    func codeVerifierIsSecret() throws {
        let verifier = try #require(CodeVerifier(rawValue: letters(43)))
        #expect(!"\(verifier)".contains("aaa") && !String(describing: verifier).contains("aaa"))
    }

    @Test("the authority of an issuer is its host and port")
    func issuerAuthority() throws {
        let issuer = try #require(IssuerURL(rawValue: "https://id.example:8443"))
        #expect(issuer.authority == "id.example:8443")
        #expect(issuer.appending("/token") == "https://id.example:8443/token")
    }

    @Test("values are ordered as their texts")
    func order() throws {
        let tenants = ["bochum", "herne", "a"].compactMap(TenantIdentifier.init(rawValue:))
        #expect(tenants.sorted().map(\.rawValue) == ["a", "bochum", "herne"])
    }
}

@Suite("RFC 6749 §3.3: a scope is a set of tokens")
struct ScopeTests {
    @Test(
        "a scope keeps its tokens in their order",
        arguments: ["openid", "openid profile", "profile openid", "a!#[]~ b:c/d", letters(64)])
    func scopesAreRead(_ text: String) throws {
        let scope = try #require(Scope(parsing: text))
        #expect(scope.description == text)
        #expect(scope.tokens == text.split(separator: " ").map(String.init))
    }

    @Test(
        "malformed scopes are refused",
        arguments: [
            "", " ", "openid ", " openid", "openid  profile", "openid openid", "openid\tprofile", "openid\nprofile",
            "open\"id", "open\\id", "öpenid", "openid\u{0}", "openid\u{A0}profile", letters(65),
        ])
    func malformedScopesAreRefused(_ text: String) {
        #expect(Scope(parsing: text) == nil)
    }

    @Test("what is asked for twice is asked for once; malformed it stays malformed, and too long too long")
    func askedTwice() {
        #expect(Scope(asked: "openid openid")?.tokens == ["openid"])
        #expect(Scope(asked: "openid email openid email")?.tokens == ["openid", "email"])
        #expect(Scope(asked: "openid profile person offline_access offline_access")?.tokens == ["openid", "person"])
        for text in [
            "openid  openid", "openid openid ", " openid", "openid openid\t", "openid ü ü", "openid K \u{212A}", "",
            "offline_access",
        ] {
            #expect(Scope(asked: text) == nil, "\(text)")
        }
        for (count, isRead) in [(32, true), (33, false)] {
            let text = Array(repeating: "openid", count: count).joined(separator: " ")
            #expect((Scope(asked: text) != nil) == isRead)
            #expect(Scope(parsing: text) == nil, "what the provider wrote itself has each token once")
        }
    }

    @Test("32 tokens are a scope and 33 are not")
    func tokensAreCounted() {
        func text(_ count: Int) -> String { (0..<count).map { "t\($0)" }.joined(separator: " ") }
        #expect(Scope(parsing: text(32))?.tokens.count == 32)
        #expect(Scope(parsing: text(33)) == nil)
        #expect(Scope(tokens: []) == nil && Scope(tokens: ["a b"]) == nil && Scope(tokens: [""]) == nil)
    }

    @Test("a token is contained only as a whole and in its letter case")
    func containment() throws {
        let scope = try #require(Scope(parsing: "openid profile"))
        #expect(scope.contains(Scope.openID) && scope.contains("profile"))
        #expect(!scope.contains("open") && !scope.contains("OpenID") && !scope.contains("openid profile"))
    }
}

@Suite("TR-03107-1: levels of assurance in every vocabulary")
struct AssuranceLevelTests {
    static let vocabulary: [(acr: String, level: AssuranceLevel)] = [
        ("http://bsi.bund.de/eID/LoA/normal", .normal), ("http://bsi.bund.de/eID/LoA/substantiell", .substantiell),
        ("http://bsi.bund.de/eID/LoA/hoch", .hoch), ("normal", .normal), ("substantiell", .substantiell),
        ("hoch", .hoch), ("http://eidas.europa.eu/LoA/low", .normal),
        ("http://eidas.europa.eu/LoA/substantial", .substantiell), ("http://eidas.europa.eu/LoA/high", .hoch),
        ("low", .normal), ("substantial", .substantiell), ("high", .hoch), ("STORK-QAA-Level-2", .normal),
        ("STORK-QAA-Level-3", .substantiell), ("STORK-QAA-Level-4", .hoch), ("NORMAL", .normal),
        ("SUBSTANTIELL", .substantiell), ("HOCH", .hoch),
        // Levels below the lowest that there is here: every login exceeds them.
        ("STORK-QAA-Level-1", .normal), ("UNTERGEORDNET", .normal),
    ]

    @Test("every known word is understood", arguments: vocabulary)
    func wordsAreUnderstood(acr: String, level: AssuranceLevel) {
        #expect(AssuranceLevel(acr: acr) == level)
    }

    @Test(
        "near-misses are no level",
        arguments: [
            "", "undefined", "http://bsi.bund.de/eID/LoA/undefined", "Hoch", "HOch", "hoch ", " hoch", "hoch\n", "hосh",
            "https://bsi.bund.de/eID/LoA/hoch", "http://bsi.bund.de/eID/LoA/hoch/", "http://bsi.bund.de/eID/LoA/",
            "http://bsi.bund.de/eid/loa/hoch", "http://eidas.europa.eu/LoA/hoch", "STORK-QAA-Level-0",
            "STORK-QAA-Level-5", "stork-qaa-level-4", "sim:hoch", "sim:http://bsi.bund.de/eID/LoA/hoch", "3",
            // U+212A is a letter of its own on the wire although Unicode calls it equivalent to K.
            "STOR\u{212A}-QAA-Level-4",
        ])
    func nearMissesAreNoLevel(_ acr: String) {
        #expect(AssuranceLevel(acr: acr) == nil)
    }

    @Test("names and order", arguments: AssuranceLevel.allCases)
    func namesAndOrder(_ level: AssuranceLevel) {
        #expect(AssuranceLevel(name: level.name) == level)
        #expect(AssuranceLevel(name: level.name.uppercased()) == nil)
        #expect(level.acr == "http://bsi.bund.de/eID/LoA/" + level.name)
        #expect(AssuranceLevel.allCases.allSatisfy { ($0 < level) == ($0.rawValue < level.rawValue) })
    }

    @Test("a simulated level says so and is no level for a portal", arguments: AssuranceLevel.allCases)
    func simulatedLevels(_ level: AssuranceLevel) {
        #expect(AuthenticationContext(level: level, isSimulated: false).acr == level.acr)
        let simulated = AuthenticationContext(level: level, isSimulated: true).acr
        #expect(simulated == "sim:" + level.acr)
        #expect(AssuranceLevel(acr: simulated) == nil)
    }
}

@Suite("RFC 7519 §2: times are whole seconds")
struct TimestampTests {
    @Test("arithmetic saturates instead of overflowing")
    func saturation() {
        let time = Timestamp(seconds: 1_000)
        #expect((time + 60).seconds == 1_060 && (time - 60).seconds == 940)
        #expect((time + .max).seconds == .max && (time - .min).seconds == .max)
        #expect((Timestamp(seconds: -2) + .min).seconds == .min && (Timestamp(seconds: -2) - .max).seconds == .min)
        #expect((Timestamp(seconds: -1) - .min).seconds == .max)
        #expect(time < time + 1 && time.json == .integer(1_000))
    }
}
