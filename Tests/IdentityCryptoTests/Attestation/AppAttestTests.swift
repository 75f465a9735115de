import Crypto
import OpenIDMessages
import Testing

@testable import IdentityCrypto

@Suite("Protocol §7.3: App Attest attestations, check by check")
struct AppAttestTests {
    private typealias Stage = AttestationStage

    static let checks = ["form", "chain", "revocation", "nonce", "key_id", "rp_id", "counter", "environment"]
    static let clientData = AppAttestVerifier.clientData(
        offer: ContentDigest(of: "offer"), authentication: Stage.key.thumbprint, installation: Stage.key.thumbprint,
        pin: Stage.key.thumbprint)

    private func verifier(
        applications: [String] = [Stage.application], environment: AppAttestPolicy.Environment = .production,
        roots: [[UInt8]]? = nil, simulated: [[UInt8]] = []
    ) throws -> AppAttestVerifier {
        try AppAttestVerifier(
            policy: AppAttestPolicy(
                roots: roots ?? [Stage.maker.certificateBytes], applications: applications, environment: environment),
            simulatorRoots: simulated)
    }

    private func evidence(
        by maker: SimulatedMaker = Stage.maker, application: String = Stage.application,
        environment: AppAttestPolicy.Environment = .production
    ) throws -> JSONObject {
        try maker.appAttest(
            clientData: Self.clientData, application: application, environment: environment, now: Stage.now
        ).evidence
    }

    private func judge(
        _ evidence: JSONObject, _ verifier: AppAttestVerifier? = nil, clientData: [UInt8] = clientData,
        revoked: RevocationList? = RevocationList()
    ) throws -> AttestationResult {
        let result = try (verifier ?? self.verifier()).verify(
            evidence, clientData: clientData, revoked: revoked, now: Stage.now)
        #expect(result.verdicts.map(\.check) == Array(Self.checks.prefix(result.verdicts.count)))
        #expect((result.keyStore == nil) == !result.failed.isEmpty)
        return result
    }

    private func failed(
        _ evidence: JSONObject, _ verifier: AppAttestVerifier? = nil, clientData: [UInt8] = clientData
    ) throws -> [String] {
        try judge(evidence, verifier, clientData: clientData).failed
    }

    /// The attestation object with its authenticator data changed.
    private func changed(_ evidence: JSONObject, _ change: (inout [UInt8]) -> Void) throws -> JSONObject {
        let bytes = try #require(evidence["attestation"]?.string.flatMap { Base64URL.decode($0) })
        var entries = try #require(try CBORReader.read(bytes).map).entries
        let index = try #require(entries.firstIndex { $0.key == .text("authData") })
        var data = try #require(entries[index].value.bytes)
        change(&data)
        entries[index].value = .bytes(data)
        var evidence = evidence
        evidence["attestation"] = .string(Base64URL.encode(CBORValue.map(CBORMap(entries: entries)).encoded))
        return evidence
    }

    @Test("good evidence passes every check")
    func accepted() throws {
        #expect(Self.clientData.count == 128)
        let result = try judge(evidence())
        #expect(result.verdicts.map(\.check) == Self.checks)
        #expect(result.failed == [] && result.keyStore == .secureEnclave && !result.isSimulated)
    }

    @Test("what is otherwise gives the verdict of its check, and no other")
    func fields() throws {
        let good = try evidence()
        #expect(try failed(evidence(by: Stage.stranger)) == ["chain"])
        #expect(try failed(good, verifier(roots: [])) == ["chain"])
        for index in [0, 32, 64, 96] {
            var other = Self.clientData
            other[index] ^= 1
            #expect(try failed(good, clientData: other) == ["nonce"])
        }
        var renamed = good
        renamed["key_id"] = .string(Base64URL.encode(Digest.sha256([1])))
        #expect(try failed(renamed) == ["key_id"])
        #expect(try failed(evidence(application: "A1B2C3D4E5.example.evil")) == ["rp_id"])
        #expect(try failed(good, verifier(applications: [])) == ["rp_id"])
        #expect(try failed(evidence(environment: .development)) == ["environment"])
        #expect(try failed(good, verifier(environment: .development)) == ["environment"])
        // Authenticator data is under the nonce: whoever changes it breaks that, too.
        #expect(try failed(changed(good) { $0[0] ^= 1 }) == ["nonce", "rp_id"])
        #expect(try failed(changed(good) { $0[36] = 1 }) == ["nonce", "counter"])
        #expect(try failed(changed(good) { $0[33] = 1 }) == ["nonce", "counter"])
        #expect(try failed(changed(good) { $0[37] ^= 1 }) == ["nonce", "environment"])
        #expect(try failed(changed(good) { $0[55] ^= 1 }) == ["nonce", "key_id"])
        let simulated = try judge(good, verifier(simulated: [Stage.maker.certificateBytes]))
        #expect(simulated.isSimulated && simulated.failed == [])
    }

    @Test("H3: a revoked serial anywhere in the chain is refused; without a list none is revoked, for Apple has none")
    func revocation() throws {
        let good = try evidence(by: Stage.below(Stage.maker))
        let serials = try judge(good).serials
        #expect(serials.count == 2)
        for serial in serials {
            #expect(try judge(good, revoked: RevocationList(serials: [serial])).failed == ["revocation"])
        }
        #expect(try judge(good, revoked: RevocationList(serials: ["1"])).failed == [])
        #expect(try judge(good, revoked: nil).failed == [])
    }

    @Test("§7.1: whoever signs the leaf is an authority, in time, below a root of the policy")
    func authorities() throws {
        #expect(try failed(evidence(by: Stage.below(Stage.maker))) == [])
        #expect(try failed(evidence(by: Stage.below(Stage.maker, isAuthority: false))) == ["chain"])
        #expect(try failed(evidence(by: Stage.below(Stage.maker, to: -60))) == ["chain"])
        #expect(try failed(evidence(by: Stage.below(Stage.stranger))) == ["chain"])
    }

    @Test("malformed evidence is refused: members, flags, lengths, truncations")
    func forms() throws {
        let good = try evidence()
        for name in ["attestation", "key_id"] {
            var evidence = good
            evidence[name] = nil
            #expect(try failed(evidence) == ["form"])
            evidence[name] = "*"
            #expect(try failed(evidence) == ["form"])
        }
        var more = good
        more["more"] = true
        #expect(try failed(more) == ["form"])
        #expect(try failed(changed(good) { $0.append(0) }) == ["form"])
        #expect(try failed(changed(good) { $0[32] = 0 }) == ["form"])
        #expect(try failed(changed(good) { $0[32] |= 0x80 }) == ["form"])
        #expect(try failed(changed(good) { $0[54] = 0 }) == ["form"])
        #expect(try failed(changed(good) { $0[53] = 0xff }) == ["form"])
        let bytes = try #require(good["attestation"]?.string.flatMap { Base64URL.decode($0) })
        for length in stride(from: 0, to: bytes.count, by: 3) {
            #expect(AppAttestObject(Array(bytes[..<length])) == nil)
        }
        for length in 0..<100 { #expect(try failed(changed(good) { $0 = Array($0.prefix(length)) }) == ["form"]) }
    }

    @Test("no bit flip is accepted, and noise does not crash")
    func flips() throws {
        let good = try evidence()
        let bytes = try #require(good["attestation"]?.string.flatMap { Base64URL.decode($0) })
        let verifier = try verifier()
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<600 {
            var flipped = bytes
            let bit = Int.random(in: 0..<bytes.count * 8, using: &generator)
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            var evidence = good
            evidence["attestation"] = .string(Base64URL.encode(flipped))
            let result = verifier.verify(
                evidence, clientData: Self.clientData, revoked: RevocationList(), now: Stage.now)
            #expect(result.keyStore == nil)
        }
    }
}
