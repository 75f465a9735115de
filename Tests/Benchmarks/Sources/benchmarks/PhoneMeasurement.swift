import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages

/// What a login costs the phone in the library `DeviceAuthenticator`, beside its own signatures and those that it checks.
///
/// The phone uses its profile alone from the scan to the receipt, as one command does, and afresh for each login. It answers at
/// once, so that the login itself need not be written; what that costs where others wait for the person is told beside it.
///
/// The login is one that the person denies: what an approval has beyond it, the derivation of `K_pin` with Argon2id and one
/// signature by it, takes as long as it was made to take and is told beside it. TPM and PKCS#11 are measured by
/// `key-store-driver measure`.
struct PhoneMeasurement {
    let effort: Effort
    let cost: SignatureCost

    /// The bytes that are signed here, of three DPoP proofs and the answer.
    static let signed = [447, 447, 447, 703]
    /// Those of the request and the receipt, which are verified.
    static let verified = [1241, 376]
    /// For which the phone waits until they are on the disk: the answer with its counter, and the receipt.
    static let files = 2

    /// How the phone uses its profile.
    private enum Manner {
        /// Opened for each login, which is held in memory and answered at once.
        case afresh
        /// The same, opened once for all.
        case lasting
        /// Opened for each login, which is written at each step, as where a person is waited for.
        case stepwise
    }

    func measure(_ report: Report) async throws {
        // Where nothing has to be written anywhere, what is left is the library's and the kernel's work for its calls.
        try await measure(report, "files in memory", in: "/dev/shm")
        try await measure(report, "files on the disk", in: NSTemporaryDirectory())
        try measurePIN(report)
    }

    private func measure(_ report: Report, _ place: String, in parent: String) async throws {
        guard let folder = try? WorkFolder(in: parent) else { return report.note("no folder can be made in \(parent)") }
        defer { folder.remove() }
        guard let pin = PIN(Self.digits), let issuer = IssuerURL(rawValue: "https://localhost:8443") else {
            throw BenchmarkFault("no PIN")
        }
        let provider = CannedProvider(issuer: issuer)
        let phone = DeviceAuthenticator(
            folder: SealedFolder(path: folder.path + "/phone", cost: .floor), transport: provider)
        _ = try await phone.enrol(
            link: provider.enrolmentLink, pin: pin,
            device: DeviceDescription(name: "benchmark", model: "benchmarks", system: "Linux"))
        progress("a phone's share of a login, \(place)")
        let (login, kernel, made, checked) = try await logins(phone, provider, .afresh)
        let signatures = made.median + checked.median
        report.add(
            Figure(
                name: "a denied login, \(place)", unit: "µs", spread: login, floor: 2 * signatures,
                floorMeaning: "aim: twice what it signs and checks"))
        report.add(
            Figure(
                name: "  beside its signatures alone", unit: "µs", spread: login, floor: 2 * made.median,
                floorMeaning: "twice its \(Self.signed.count) signatures"))
        report.add(Figure(name: "  of it in the kernel, for its files", unit: "µs", spread: kernel))
        let lasting = try await logins(phone, provider, .lasting)
        report.add(
            Figure(
                name: "  by one who uses the profile all the time", unit: "µs", spread: lasting.login,
                floor: 2 * (lasting.made.median + lasting.checked.median),
                floorMeaning: "aim: twice what it signs and checks"))
        let stepwise = try await logins(phone, provider, .stepwise)
        report.add(Figure(name: "  afresh, the login on the disk at each step", unit: "µs", spread: stepwise.login))
        report.add(Figure(name: "  its \(Self.signed.count) signatures", unit: "µs", spread: made))
        report.add(Figure(name: "  its \(Self.verified.count) verifications", unit: "µs", spread: checked))
        let files = PrivateFolder(path: folder.path + "/file")
        try files.create()
        let file = try microseconds(effort) { try files.replace("file", with: [UInt8](repeating: 7, count: 4096)) }
        report.add(
            Figure(name: "  one file of 4 KiB, replaced durably (it has \(Self.files))", unit: "µs", spread: file))
    }

    private static let digits = Array("135790".utf8)

    /// What an approval has beyond a denial.
    private func measurePIN(_ report: Report) throws {
        let digits = Self.digits
        let (salt, secret) = (RandomBytes.make(16), SecretBytes(digits))
        for (name, cost) in [("64 MiB, 3 passes", SealedBox.Cost.standard), ("8 MiB, 1 pass", .floor)] {
            progress("Argon2id")
            report.add(
                Figure(
                    name: "K_pin from the PIN, Argon2id \(name)", unit: "µs",
                    spread: microseconds(effort) { keep(DerivedPIN(pin: secret, salt: salt, cost: cost)) }))
        }
        guard let derived = DerivedPIN(pin: secret, salt: salt, cost: .floor) else {
            throw BenchmarkFault("no memory for Argon2id")
        }
        let proof = KeyProofStatement(purpose: .login, digest: ContentDigest(of: "response"))
        report.add(
            Figure(
                name: "the proof by K_pin", unit: "µs",
                spread: try microseconds(effort) { keep(try derived.key.sign(proof)) }, floor: cost.sign,
                floorMeaning: "signature alone"))
    }

    /// Processor time of one login without the provider's, and of its signatures and verifications alone, by turns: others
    /// may use the machine.
    private func logins(
        _ phone: DeviceAuthenticator, _ provider: CannedProvider, _ manner: Manner
    ) async throws -> (login: Spread, kernel: Spread, made: Spread, checked: Spread) {
        let (made, checked) = (
            try Self.signed.map(SignatureWork.init(length:)), try Self.verified.map(SignatureWork.init(length:))
        )
        let use = manner == .lasting ? try phone.use(holdingLogin: true) : nil
        defer { withExtendedLifetime(use) {} }
        let short = Effort(
            rounds: 1, primitiveSeconds: effort.primitiveSeconds / 2, loginSeconds: 0, endpointSeconds: 0, starts: 0)
        var (rounds, kernel, signing, checking): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for _ in 0..<(effort.rounds + 1) {
            let (before, others, start) = (ProcessorTime.process, provider.work.seconds, wallClock)
            let inKernel = ProcessorTime.kernel
            var count = 0
            repeat {
                try await login(phone, provider, manner)
                count += 1
            } while wallClock < start + effort.endpointSeconds
            let own = (ProcessorTime.process - before) - (provider.work.seconds - others)
            rounds.append(own / Double(count) * 1e6)
            kernel.append((ProcessorTime.kernel - inKernel) / Double(count) * 1e6)
            signing.append(try microseconds(short) { for work in made { try work.sign() } }.median)
            checking.append(microseconds(short) { for work in checked { work.verify() } }.median)
        }
        // The first warms up.
        return (
            Spread(Array(rounds.dropFirst())), Spread(Array(kernel.dropFirst())), Spread(signing), Spread(checking)
        )
    }

    private func login(
        _ phone: DeviceAuthenticator, _ provider: CannedProvider, _ manner: Manner
    ) async throws {
        let link = provider.loginLink()
        let use = manner == .lasting ? nil : try phone.use(holdingLogin: manner == .afresh)
        defer { withExtendedLifetime(use) {} }
        _ = try await phone.claim(link)
        _ = try await phone.waitForRequest()
        guard try await phone.deny().receipt.state == .denied else { throw BenchmarkFault("not denied") }
    }
}
