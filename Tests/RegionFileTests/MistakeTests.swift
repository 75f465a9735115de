import Foundation
import RegionFile
import Testing

/// A text with one mistake, the line in which it is found and a part of what is said.
struct Mistaken: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int
    var message: String

    init(_ text: String, _ line: Int, _ message: String) {
        self.text = text
        self.line = line
        self.message = message
    }

    /// The sample with another line of that number.
    init(line: Int, _ replacement: String, _ message: String) {
        self.init(sample(line: line, replacement), line, message)
    }

    /// The sample with one more line behind the scopes of its first client.
    init(client member: String, _ message: String) {
        self.init(sample("scopes: [openid, person]", "scopes: [openid, person]\n    \(member)"), 38, message)
    }

    /// The sample with more lines behind the served tenants of its service.
    init(service member: String, _ message: String) {
        self.init(sample("served_tenants: [marl]", "served_tenants: [marl]\n    \(member)"), 32, message)
    }

    var testDescription: String { message }
}

@Suite("One mistake is found where it stands")
struct MistakeTests {
    static func check(_ mistaken: Mistaken) {
        let found = mistakes(mistaken.text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.line == mistaken.line, "\(found)")
        #expect(found.first?.message.contains(mistaken.message) == true, "\(found)")
    }

    @Test(arguments: [
        Mistaken("", 1, "the file is empty"),
        Mistaken("# nothing", 1, "the file is empty"),
        Mistaken("just text", 1, "must be a mapping"),
        Mistaken("clients: []", 1, "missing key `region`"),
        Mistaken("region:", 1, "missing key `region`"),
        Mistaken("region: text", 1, "must be a mapping"),
        Mistaken("region:\n  id: [", 3, "not YAML"),
        Mistaken("region:\n\tid: test", 2, "not YAML"),
        Mistaken("a: 1\n---\nb: 2", 2, "not YAML"),
        Mistaken("a: \"\u{1}\"", 1, "not YAML"),
        Mistaken("region: {id: a}\nregion: {id: b}", 1, "duplicate key `region`"),
        Mistaken("a: &x [1]\nb: [*x, *x]", 2, "alias"),
        Mistaken(String(repeating: "[", count: 5000), 1, "not YAML"),
        Mistaken(String(repeating: "#", count: 1 << 20 + 1), 1, "longer than 1 MiB"),
    ]) func `in the YAML`(mistaken: Mistaken) {
        let found = mistakes(mistaken.text)
        #expect(found.first?.line == mistaken.line, "\(found)")
        #expect(found.first?.message.contains(mistaken.message) == true, "\(found)")
    }

    @Test(arguments: [
        Mistaken(sample("name: Test", "name: Test\n  contact: x"), 4, "unknown key `contact`; known are `id`"),
        Mistaken(
            sample("name: Test", "name: Test\n  develpoment: true"), 4,
            "unknown key `develpoment`; did you mean `development`?"),
        Mistaken(line: 2, "  id: Test", "`Test` is malformed"),
        Mistaken(line: 2, "  id: [test]", "must be text"),
        Mistaken(line: 3, "  name: true", "in quotes"),
        Mistaken(line: 3, "  name:", "must not be empty"),
        Mistaken(line: 3, #"  name: "a\eb""#, "control character"),
        Mistaken(line: 4, "  issuer: https://id.test.example/", "is malformed"),
        Mistaken(line: 4, "  issuer: http://id.test.example", "is malformed"),
        Mistaken(sample("name: Test", "name: Test\n  development: yes"), 4, "`true` or `false`"),
        Mistaken(sample("name: Test", "name: Test\n  notified: loa"), 4, "`true` or `false`"),
        Mistaken(client: "acr_vocabulary: eidas", "this region says `notified` of none"),
        Mistaken(sample("name: Test", "name: Test\n  evidence: {formats: [simulator]}"), 4, "production region"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {simulator_roots: [a.pem]}"), 4,
            "a production region cannot list a simulator root"),
        Mistaken(
            sample("name: Test", "name: Test\n  development: true\n  evidence: {simulator_roots: [a.pem]}"), 5,
            "`a.pem`: the file does not exist"),
        Mistaken(sample("name: Test", "name: Test\n  evidence: {formats: []}"), 4, "must not be empty"),
        Mistaken(sample("name: Test", "name: Test\n  evidence: {formats: [android]}"), 4, "unknown value `android`"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {formats: [android-key]}"), 4,
            "the format `android-key` needs the section `android_key`"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {formats: [apple-appattest]}"), 4,
            "needs the section `apple_app_attest`"),
        Mistaken(sample("name: Test", "name: Test\n  evidence: {formats: [tpm]}"), 4, "needs the section `tpm`"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {android_key: {oldest_patch: \"2026-01\"}}"), 4,
            "missing key `applications`"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {android_key: {applications: []}}"), 4,
            "missing key `oldest_patch`"),
        Mistaken(
            sample(
                "name: Test", "name: Test\n  evidence: {android_key: {applications: [], oldest_patch: \"2026-13\"}}"),
            4,
            "is a month in quotes"),
        Mistaken(
            sample(
                "name: Test",
                "name: Test\n  evidence: {android_key: {applications: [{package: a, signatures: [00:11]}], oldest_patch: \"2026-01\"}}"
            ), 4, "64 hexadecimal digits"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {apple_app_attest: {applications: [example.citizen]}}"), 4,
            "is a team identifier, a dot and a bundle identifier"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {tpm: {level: hoch}}"), 4, "level `hoch` is not offered"),
        Mistaken(
            sample("name: Test", "name: Test\n  evidence: {tpm: {roots: [a.pem]}}"), 4,
            "`a.pem`: the file does not exist"),
        Mistaken(line: 6, "  - {id: gkd, name: Datenzentrale}", "missing key `short_name`"),
        Mistaken(
            sample("tenants:", "  - {id: gkd, name: Andere, short_name: A}\ntenants:"), 7,
            "duplicate operator `gkd`, first in line 6"),
    ]) func `in the region and its operators`(mistaken: Mistaken) { Self.check(mistaken) }

    @Test(arguments: [
        Mistaken(line: 10, "    kind: stadt", "unknown value `stadt`"),
        Mistaken(line: 11, "    ags: 0556202", "has 8 digits"),
        Mistaken(line: 11, "    ags: 05562000", "does not end with 000"),
        Mistaken(line: 11, "    ags: 99999999", "`99999999` is no AGS"),
        Mistaken(line: 11, "    ags: 05500001", "`05500001` is no AGS"),
        Mistaken(sample(line: 11, "    state: active"), 8, "missing key `ags`"),
        Mistaken(sample("kind: kreisangehoerige_stadt", "kind: kreis"), 11, "has 5 digits"),
        Mistaken(sample("kind: kreisangehoerige_stadt", "kind: kreisfreie_stadt"), 11, "ends with 000"),
        Mistaken(sample("kind: regional_portal", "kind: regional_portal\n    ags: 05562028"), 19, "has no AGS"),
        Mistaken(
            sample("kind: regional_portal", "kind: kreisangehoerige_stadt\n    ags: 05562024"), 19,
            "duplicate AGS `05562024`, first in line 11"),
        Mistaken(line: 12, "    operator: gkt", "unknown operator `gkt`; did you mean `gkd`?"),
        Mistaken(line: 13, "    sector: a b", "is malformed"),
        Mistaken(line: 20, "    sector: urn:test:marl", "duplicate sector `urn:test:marl`, first in line 13"),
        Mistaken(line: 14, "    hosts: [portal.marl.example, https://a.example]", "is not a host"),
        Mistaken(line: 14, "    hosts: [portal.marl.example, localhost]", "only for a development region"),
        Mistaken(line: 14, "    hosts: portal.marl.example", "must be a list"),
        Mistaken(line: 14, "    hosts: [{host: portal.marl.example, verified_on: 2026-02-30}]", "a day is YYYY-MM-DD"),
        Mistaken(line: 14, "    hosts: [portal.marl.example, {verified_on: 2026-01-15}]", "missing key `host`"),
        Mistaken(line: 14, "    hosts: [{host: portal.marl.example, verified: 2026-01-15}]", "unknown key `verified`"),
        Mistaken(line: 14, "    hosts: [portal.marl.example, {host: portal.marl.example}]", "duplicate host"),
        Mistaken(line: 21, "    hosts: [portal.test.example, portal.marl.example]", "duplicate host"),
        Mistaken(line: 15, "    floor: low", "unknown level `low`"),
        Mistaken(line: 15, "    floor: hoch", "level `hoch` is not offered"),
        Mistaken(line: 23, "    allowed_scopes: [openid, emial]", "unknown scope `emial`"),
        Mistaken(line: 23, "    allowed_scopes: [openid, openid]", "occurs twice"),
        Mistaken(sample("name: Stadt Marl", "name: Stadt Marl\n    state: gone"), 10, "unknown value `gone`"),
    ]) func `in a tenant`(mistaken: Mistaken) { Self.check(mistaken) }

    @Test(arguments: [
        Mistaken(line: 26, "    title: {en: Dogs}", "missing key `de`"),
        Mistaken(line: 26, "    title: Hund", "must be a mapping"),
        Mistaken(line: 27, "    publisher: mral", "unknown tenant `mral`; did you mean `marl`?"),
        Mistaken(line: 28, "    version: 1.0", "is no version"),
        Mistaken(line: 28, "    version: 1.0.01", "is no version"),
        Mistaken(line: 29, "    contexts: [citizens]", "unknown value `citizens`"),
        Mistaken(line: 29, "    contexts: []", "must not be empty"),
        Mistaken(line: 30, "    required_level: high", "unknown level `high`"),
        Mistaken(sample(line: 30, "    mandate_scope: a.b"), 25, "missing key `required_level`"),
        Mistaken(sample("required_level: null", "required_level: null\n    mandate_scope: a b"), 31, "is no scope"),
        Mistaken(line: 31, "    served_tenants: [marl, herten]", "unknown tenant `herten`"),
        Mistaken(service: "claims: [given_nam]\n    purpose: {de: a}", "did you mean `given_name`?"),
        Mistaken(service: "claims: [gender]\n    purpose: {de: a}", "unknown claim `gender`"),
        Mistaken(service: "claims: [given_name]", "says why it wants them"),
        Mistaken(service: "purpose: {en: Why}", "missing key `de`"),
        Mistaken(service: "purpose_version: 0", "is no number from 1"),
        Mistaken(service: "purpose_version: 1.0", "is no number from 1"),
        Mistaken(service: "amount: 305", "is no amount"), Mistaken(service: "amount: '-1.00'", "is no amount"),
        Mistaken(service: "amount: '05.00'", "is no amount"), Mistaken(service: "amount: '5.0'", "is no amount"),
        Mistaken(service: "leika_key: 9910800300100", "it has 14 digits"),
        Mistaken(service: "state: active", "unknown value `active`"),
    ]) func `in a service`(mistaken: Mistaken) { Self.check(mistaken) }

    @Test(arguments: [
        Mistaken(
            sample("- id: dachportal", "- id: marl-portal"), 38, "duplicate client `marl-portal`, first in line 33"),
        Mistaken(line: 33, "  - id: a/b", "is malformed"),
        Mistaken(line: 34, "    tenant: herten", "unknown tenant `herten`"),
        Mistaken(line: 36, "    redirect_uris: []", "must not be empty"),
        Mistaken(line: 37, "    scopes: [person]", "must contain `openid`"),
        Mistaken(line: 37, "    scopes: openid", "must be a list"),
        Mistaken(line: 44, "    scopes: [openid, person]", "tenant `portal` does not allow scope `person`"),
        Mistaken(client: "authentication: mtls", "unknown value `mtls`"),
        Mistaken(line: 43, "    secret_sha256: geheim", "SHA-256 digest"),
        Mistaken(sample(line: 43, "    response_modes: [query]"), 38, "missing key `secret_sha256`"),
        Mistaken(client: "secret_sha256: 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "has no secret"),
        Mistaken(client: "jwks_file: keys.json", "does not exist"),
        Mistaken(
            sample("scopes: [openid, person]", "scopes: [openid, person]\n    jwks: {keys: []}\n    jwks_file: k"), 39,
            "either"),
        Mistaken(client: "profile: fapi", "unknown value `fapi`"),
        Mistaken(client: "services: [hundt]", "unknown service `hundt`; did you mean `hund`?"),
        Mistaken(client: "services: [hund, hund]", "occurs twice"),
        Mistaken(
            sample("scopes: [openid]\n", "scopes: [openid]\n    services: [hund]\n"), 45,
            "tenant `portal` does not offer service `hund`"),
        Mistaken(client: "state: active", "unknown value `active`"),
        Mistaken(client: "id_token_alg: HS256", "unknown value `HS256`"),
        Mistaken(client: "require_pushed_authorization_requests: 1", "`true` or `false`"),
        Mistaken(client: "initiate_login_uri: https://elsewhere.example/", "is not one of tenant `marl`"),
        Mistaken(sample("scopes: [openid]\n", "scopes: [openid]\n    required_level: normal\n"), 45, "below the floor"),
    ]) func `in a client`(mistaken: Mistaken) {
        Self.check(mistaken)
        #expect(mistakes(mistaken.text).allSatisfy { !$0.message.contains("geheim") })
    }

    @Test(arguments: [
        ("https://*.marl.example/callback", "wildcard"),
        ("https://portal.marl.example/callback#top", "fragment"),
        ("http://portal.marl.example/callback", "only for a loopback address"),
        ("https://user@portal.marl.example/callback", "user name"),
        ("https://PORTAL.marl.example/callback", "lower case"),
        ("https://portal.marl.example:0/callback", "host or port is malformed"),
        ("https://portal.marl.example/a/../b", "dot segment"),
        ("https://portal.marl.example/a%2Fb", "percent escape"),
        ("https://portal.marl.example?a=b", "a path must stand before the query"),
        ("https://portal.marl.example/ä", "not ASCII"),
        ("marl://callback", "must begin with `https://`"),
        ("https:///callback", "it has no host"),
        ("https://portal.test.example/callback", "host `portal.test.example` is not one of tenant `marl`"),
        ("http://127.0.0.1/callback", "only for a development region"),
    ]) func `in a redirect URI`(uri: String, reason: String) {
        Self.check(Mistaken(line: 36, "    redirect_uris: [\"\(uri)\"]", reason))
    }

    static let coordinate = KeySamples.x
    @Test(arguments: [
        ("{kty: EC, crv: P-256, x: \(coordinate), y: \(coordinate)}", "needs a `kid`"),
        ("{kty: EC, crv: P-256, kid: a, x: \(coordinate), y: AAAA}", "`y` must be 32 bytes"),
        ("{kty: EC, crv: P-384, kid: a, x: \(coordinate), y: \(coordinate)}", "`crv` must be `P-256`"),
        ("{kty: EC, crv: P-256, kid: a, x: \(coordinate), y: \(coordinate), d: \(coordinate)}", "private member `d`"),
        ("{kty: EC, crv: P-256, kid: a, x: \(coordinate), y: \(coordinate), alg: RS256}", "`alg` must be ES256"),
        (
            "{kty: EC, crv: P-256, kid: a, x: \(coordinate), y: \(coordinate), use: other}",
            "`use` must be `sig` or `enc`"
        ),
        ("{kty: EC, crv: P-256, kid: a, x: \(coordinate), y: \(coordinate)}", "make no public key"),
        ("{kty: RSA, kid: a, n: gAAA, e: AQAB}", "2048 to 8192 bits"),
        ("{kty: RSA, kid: a, n: \"g+A\", e: AQAB}", "`n` must be base64url"),
        ("{kty: RSA, kid: a, n: g\(String(repeating: "A", count: 341)), e: AQ}", "`e` must be an odd number"),
        ("{kty: oct, kid: a, k: AAAA}", "private member `k`"),
        ("{kty: AKP, kid: a}", "`kty` must be"),
        ("{kty: OKP, kid: a, crv: Ed448}", "`crv` must be `Ed25519`"),
        ("text", "must be a mapping"),
        (
            "{kty: EC, crv: P-256, kid: a, x: \(coordinate), y: \(KeySamples.y)}, "
                + "{kty: EC, crv: P-256, kid: a, x: \(coordinate), y: \(KeySamples.y)}", "duplicate kid `a`"
        ),
    ]) func `in a client's key`(key: String, reason: String) {
        Self.check(Mistaken(client: "jwks: {keys: [\(key)]}", reason))
        #expect(
            mistakes(Mistaken(client: "jwks: {keys: [\(key)]}", reason).text).allSatisfy {
                !$0.message.contains(Self.coordinate)
            })
    }

    static let der = Data([0x30, 0x81, 0x80] + [UInt8](repeating: 7, count: 128)).base64EncodedString()
    @Test(arguments: [
        ("{", "is not a JWK Set"),
        (#"{"keys":{}}"#, "is not a JWK Set"),
        (#"{"keys":[],"keys":[]}"#, "is not a JWK Set"),
        (#"{"keys":[1]}"#, "key 1: is no JSON object"),
        (#"{"keys":[{"kty":"EC","kid":"a","d":"x"}]}"#, "key 1: the key has the private member `d`"),
    ]) func `in a file of keys`(content: String, reason: String) throws {
        try Self.check(Mistaken(client: "jwks_file: other", reason), other: content)
    }

    @Test(arguments: [
        "", der, "-----BEGIN CERTIFICATE-----\n\(der)\n", "-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n\(der)A\n-----END CERTIFICATE-----\n",
    ]) func `in a file of certificates`(content: String) throws {
        let text = sample("name: Test", "name: Test\n  development: true\n  evidence: {simulator_roots: [other]}")
        try Self.check(Mistaken(text, 5, "does not consist of PEM certificates"), other: content)
    }

    /// Checks a text that names the file `other` beside it.
    private static func check(_ mistaken: Mistaken, other content: String) throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(content.utf8).write(to: directory.appending(component: "other"))
        let found = mistakes(mistaken.text, directory: directory.path)
        #expect(found.count == 1 && found.first?.line == mistaken.line, "\(found)")
        #expect(found.first?.message.contains(mistaken.message) == true, "\(found)")
    }

    @Test func `in the name of a file`() {
        #expect(throws: RegionFileError.self) { try RegionFile.load(paths: ["/nowhere/region.yaml"]) }
        #expect(throws: RegionFileError.self) { try RegionFile.load(paths: []) }
        #expect(throws: RegionFileError.self) { try RegionFile.load(paths: ["/"]) }
    }
}

@Suite("Several mistakes are reported at once")
struct ManyMistakesTests {
    @Test func `in the order of lines`() {
        let text = sample(line: 11, "    ags: 1")
            .replacing("floor: substantiell", with: "flor: substantiell")
            .replacing("version: 1.0.0", with: "version: new")
            .replacing("scopes: [openid, person]", with: "scopes: [openid, persn]")
        #expect(
            mistakes(text).map(\.description) == [
                "region.yaml:11:10: `1` is no AGS: that of a kreisangehoerige_stadt has 8 digits",
                "region.yaml:16:5: missing key `floor`",
                "region.yaml:22:5: unknown key `flor`; did you mean `floor`?",
                "region.yaml:28:14: `new` is no version: write three numbers, like `1.0.0`",
                "region.yaml:37:22: unknown scope `persn`; known are openid, person, person_birth, person_address, "
                    + "email, phone, residency, age, org, org_ids, org_address, mandate, mailbox",
            ])
    }

    @Test func `and a broken entry is not reported again where it is referred to`() {
        #expect(mistakes(sample(line: 13, "    sector: a b")).count == 1)
        #expect(mistakes(sample(line: 6, "  - {id: GKD, name: Datenzentrale, short_name: GKD}")).count == 1)
    }

    @Test func `in several files, each under its name`() throws {
        let more = "tenants:\n  - id: marl\nclients: [{id: marl-portal, tenant: marl}]"
        let error = try #require(throws: RegionFileError.self) {
            try RegionFile.load([
                RegionFile.Source(name: "region.yaml", text: sample(line: 2, "  id: A"), directory: "."),
                RegionFile.Source(name: "more.yaml", text: more, directory: "."),
            ])
        }
        let lines = error.mistakes.map(\.description)
        #expect(lines.first?.hasPrefix("region.yaml:2:7: ") == true)
        #expect(lines.contains("more.yaml:2:9: duplicate tenant `marl`, first in region.yaml:8"))
        #expect(lines.contains("more.yaml:3:16: duplicate client `marl-portal`, first in region.yaml:33"))
        #expect(lines.contains("more.yaml:3:11: missing key `scopes`"))
    }
}

@Suite("A large file")
struct LargeFileTests {
    @Test(.timeLimit(.minutes(5))) func `full of mistakes is read to its end`() {
        let tenants = (0..<4_000).map { "  - {id: town-\($0), floor: normall, operator: o\($0)}\n" }.joined()
        let services = (0..<4_000).map { "  - {id: service-\($0), publisher: city-\($0)}\n" }.joined()
        let head = "region: {id: a, name: A, issuer: https://a.example}\n"
        let found = mistakes(head + "tenants:\n" + tenants + "services:\n" + services)
        #expect(found.count == 48_000)
    }

    @Test func `of deep nesting or of many keys is read to its end`() {
        #expect(!mistakes(String(repeating: "- ", count: 400_000)).isEmpty)
        #expect(!mistakes(String(repeating: "{a: ", count: 200_000)).isEmpty)
        #expect(!mistakes(String(repeating: "? ", count: 400_000)).isEmpty)
        #expect(mistakes((0..<20_000).map { "key-\($0): 1\n" }.joined()).count == 20_001)
    }
}
