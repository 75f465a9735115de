import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages

/// What a login costs the phone in the library `DeviceAuthenticator`, beside its own signatures and those that it checks.
///
/// The phone uses its profile alone from the scan to the receipt, as one command does, and afresh for each login.
///
/// The login is one that the person denies: what an approval has beyond it, the derivation of `K_pin` with Argon2id and one
/// signature by it, takes as long as it was made to take and is told beside it. TPM and PKCS#11 are measured by
/// `key-store-driver measure`.
struct PhoneMeasurement {
    let effort: Effort
    let cost: SignatureCost

    /// Three DPoP proofs and the answer.
    static let signatures = 4
    /// The request and the receipt.
    static let verifications = 2
    /// For which the phone waits until they are on the disk: the answer with its counter, and the receipt.
    static let files = 2

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
        let (login, kernel, made, checked) = try await logins(phone, provider)
        let signatures = made.median + checked.median
        report.add(
            Figure(
                name: "a denied login, \(place)", unit: "µs", spread: login, floor: 2 * signatures,
                floorMeaning: "aim: twice what it signs and checks"))
        report.add(
            Figure(
                name: "  beside its signatures alone", unit: "µs", spread: login, floor: 2 * made.median,
                floorMeaning: "twice its \(Self.signatures) signatures"))
        report.add(Figure(name: "  of it in the kernel, for its files", unit: "µs", spread: kernel))
        report.add(Figure(name: "  its \(Self.signatures) signatures", unit: "µs", spread: made))
        report.add(Figure(name: "  its \(Self.verifications) verifications", unit: "µs", spread: checked))
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
        _ phone: DeviceAuthenticator, _ provider: CannedProvider
    ) async throws -> (login: Spread, kernel: Spread, made: Spread, checked: Spread) {
        let work = try SignatureWork()
        let short = Effort(
            rounds: 1, primitiveSeconds: effort.primitiveSeconds / 2, loginSeconds: 0, endpointSeconds: 0, starts: 0)
        var (rounds, kernel, made, checked): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for _ in 0..<(effort.rounds + 1) {
            let (before, others, start) = (ProcessorTime.process, provider.work.seconds, wallClock)
            let inKernel = ProcessorTime.kernel
            var count = 0
            repeat {
                try await login(phone, provider)
                count += 1
            } while wallClock < start + effort.endpointSeconds
            let own = (ProcessorTime.process - before) - (provider.work.seconds - others)
            rounds.append(own / Double(count) * 1e6)
            kernel.append((ProcessorTime.kernel - inKernel) / Double(count) * 1e6)
            made.append(try microseconds(short) { try work.sign(Self.signatures) }.median)
            checked.append(microseconds(short) { work.verify(Self.verifications) }.median)
        }
        // The first warms up.
        return (
            Spread(Array(rounds.dropFirst())), Spread(Array(kernel.dropFirst())), Spread(made), Spread(checked)
        )
    }

    private func login(_ phone: DeviceAuthenticator, _ provider: CannedProvider) async throws {
        let use = try phone.use()
        defer { withExtendedLifetime(use) {} }
        _ = try await phone.claim(provider.loginLink())
        _ = try await phone.waitForRequest()
        guard try await phone.deny().receipt.state == .denied else { throw BenchmarkFault("not denied") }
    }
}
