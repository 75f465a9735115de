import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// What the parts cost: processor time on one core, and commits per second of the disk.
struct Primitives {
    let effort: Effort

    /// The costs that floors are made of.
    func signatures() throws -> (sign: Spread, verify: Spread) {
        let work = try SignatureWork()
        return (try microseconds(effort) { try work.sign() }, microseconds(effort) { work.verify() })
    }

    /// How many logins' signatures all processors make and verify in a second, and nothing else. Where two processors
    /// are halves of one core this is less than twice what one does alone.
    func loginsOfSignatures(processors: Int) async throws -> Spread {
        var rates: [Double] = []
        for _ in 0..<effort.rounds { rates.append(try await rateOfSignatures(processors: processors)) }
        return Spread(rates)
    }

    /// One round of it.
    func rateOfSignatures(processors: Int) async throws -> Double {
        let (signs, verifies) = SignatureCount.total(provider: nil)
        let seconds = effort.primitiveSeconds * 5
        let start = wallClock
        let done = try await countTogether(processors) {
            let work = try SignatureWork()
            var count = 0
            while wallClock < start + seconds {
                try work.sign(signs)
                work.verify(verifies)
                count += 1
            }
            return count
        }
        return Double(done) / (wallClock - start)
    }

    func measure(_ report: Report, cost: SignatureCost) throws {
        let key = SigningKey.makeES256()
        let keys = VerificationKeySet([(key.thumbprint.rawValue, key.publicKey)])
        let statement = Self.request(key)
        let payload = statement.serialized
        let token = try key.sign(type: LoginRequestStatement.type, payload: statement)
        let form = Array(
            FormParameters([
                "client_id": "benchmark-portal", "response_type": "code", "scope": "openid person email",
                "redirect_uri": "https://portal.example/oidc/callback", "state": RandomBytes.text(16),
                "client_assertion": token,
            ]).encoded.utf8)
        let bytes = RandomBytes.make(600)
        let text = Base64URL.encode(bytes)
        let jwk = key.publicKey.jwk
        func add(_ name: String, _ spread: Spread, floor: Double? = nil, _ meaning: String = "") {
            report.add(Figure(name: name, unit: "µs", spread: spread, floor: floor, floorMeaning: meaning))
        }
        let short = Array(payload.prefix(200))
        add("SHA-256 of 200 bytes", microseconds(effort) { keep(Digest.sha256(short)) })
        add(
            "login request parsed (\(payload.count) bytes)",
            try microseconds(effort) {
                keep(try StrictJSON.parseObject(payload))
            })
        add("login request written", microseconds(effort) { keep(statement.serialized) })
        add(
            "compact JWS signed",
            try microseconds(effort) {
                keep(try key.sign(type: LoginRequestStatement.type, payload: statement))
            }, floor: cost.sign, "signature alone")
        add(
            "compact JWS verified and read",
            try microseconds(effort) {
                keep(try SignedStatement<LoginRequestStatement>.verify(token, keys: keys))
            }, floor: cost.verify, "verification alone")
        add("public key read from a JWK", try microseconds(effort) { keep(try VerificationKey(jwk: jwk)) })
        add("base64url of 600 bytes written", microseconds(effort) { keep(Base64URL.encode(bytes)) })
        add("base64url of 600 bytes read", microseconds(effort) { keep(Base64URL.decode(text)) })
        add(
            "pushed form parsed (\(form.count) bytes)",
            try microseconds(effort) {
                keep(try FormParameters(parsing: form))
            })
        add("32 random bytes as text", microseconds(effort) { keep(RandomBytes.text(32)) })
    }

    /// Commits per second through the store, one at a time and 64 at once.
    func commits(_ report: Report, folder: String) async throws {
        let store = try SQLiteStore(path: folder + "/commits.sqlite")
        let flush = try Self.flushes(folder: folder, seconds: effort.loginSeconds / 4)
        report.add(Figure(name: "flushes of a file of 4 KiB (fdatasync)", unit: "/s", spread: flush, isRate: true))
        for atOnce in [1, 64] {
            var rates: [Double] = []
            var processor: [Double] = []
            for _ in 0..<effort.rounds {
                let start = wallClock
                let before = ProcessorTime.process
                let end = start + effort.loginSeconds / 4
                let done = Counter()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<atOnce {
                        group.addTask {
                            repeat {
                                let expiry = Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 60)
                                _ = try await store.use(
                                    RandomBytes.text(16), class: .clientAssertion, expiresAt: expiry)
                                done.add(1)
                            } while wallClock < end
                        }
                    }
                    try await group.waitForAll()
                }
                rates.append(Double(done.value) / (wallClock - start))
                processor.append((ProcessorTime.process - before) / Double(done.value) * 1e6)
            }
            let isAlone = atOnce == 1
            report.add(
                Figure(
                    name: "rows committed at synchronous=FULL, \(atOnce) at once", unit: "/s", spread: Spread(rates),
                    floor: isAlone ? flush.median : nil, floorMeaning: isAlone ? "flushes" : "", isRate: true))
            report.add(Figure(name: "  processor time of one", unit: "µs", spread: Spread(processor)))
        }
        try await store.close()
    }

    /// What the disk does: one page written and flushed, again and again.
    private static func flushes(folder: String, seconds: Double) throws -> Spread {
        let file = unsafe open(folder + "/flush", O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw BenchmarkFault("no file can be made in \(folder)") }
        defer { close(file) }
        let page = [UInt8](repeating: 7, count: 4096)
        var rates: [Double] = []
        for _ in 0..<3 {
            let start = wallClock
            var count = 0
            while wallClock < start + seconds {
                unsafe page.withUnsafeBytes { _ = unsafe pwrite(file, $0.baseAddress, 4096, 0) }
                fdatasync(file)
                count += 1
            }
            rates.append(Double(count) / (wallClock - start))
        }
        return Spread(rates)
    }

    private static func request(_ key: SigningKey) -> JSONObject {
        let text = "Möchten Sie sich bei „Serviceportal Herten“ (Stadt Herten) anmelden?"
        return LoginRequestStatement(
            issuer: IssuerURL(rawValue: "https://localhost:8443")!, device: .random(bytes: 16),
            transaction: .random(bytes: 16), nonce: .random(bytes: 32), issuedAt: Timestamp(seconds: 1_800_000_000),
            expiresAt: Timestamp(seconds: 1_800_000_180), purpose: .login,
            portal: PortalDescription(
                client: ClientIdentifier(rawValue: "benchmark-portal")!, name: "Serviceportal Herten",
                host: "portal.example", tenant: TenantIdentifier(rawValue: "town")!, tenantName: "Stadt Herten"),
            acr: "normal", essentialClaims: ["given_name", "family_name"],
            voluntaryClaims: ["birthdate", "birth_family_name", "address", "email"], text: text,
            textDigest: ContentDigest(of: text),
            initiator: LoginInitiator(
                browser: "Firefox, Linux", area: "192.0.2.x", sameNetwork: true,
                startedAt: Timestamp(seconds: 1_800_000_000)), flow: .qr, binding: .code
        ).json
    }
}
