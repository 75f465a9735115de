import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages

/// What a login costs the phone in the library `DeviceAuthenticator`, beside its own signatures and those that it checks.
///
/// The login is one that the person denies: what an approval has beyond it, the derivation of `K_pin` with Argon2id and one
/// signature by it, takes as long as it was made to take and is told beside it. TPM and PKCS#11 are measured by
/// `key-store-driver measure`.
struct PhoneMeasurement {
    let effort: Effort
    let cost: SignatureCost

    /// Three DPoP proofs and the answer; request and receipt are checked, the request once more before the answer.
    static let signatures = 4
    static let verifications = 3
    /// Written durably: the claim, the request, the answer with its counter, the receipt, and that the login is over.
    static let files = 5

    func measure(_ report: Report) async throws {
        let folder = try WorkFolder()
        defer { folder.remove() }
        let digits = Array("135790".utf8)
        guard let pin = PIN(digits), let issuer = IssuerURL(rawValue: "https://localhost:8443") else {
            throw BenchmarkFault("no PIN")
        }
        let provider = CannedProvider(issuer: issuer)
        let phone = DeviceAuthenticator(
            folder: SealedFolder(path: folder.path + "/phone", cost: .floor), transport: provider)
        _ = try await phone.enrol(
            link: provider.enrolmentLink, pin: pin,
            device: DeviceDescription(name: "benchmark", model: "benchmarks", system: "Linux"))
        progress("a phone's share of a login")
        let signatures = Double(Self.signatures) * cost.sign + Double(Self.verifications) * cost.verify
        let login = try await logins(phone, provider)
        report.add(
            Figure(
                name: "a denied login, key store file", unit: "µs", spread: login, floor: 2 * signatures,
                floorMeaning: "aim: twice its \(Self.signatures) signatures and \(Self.verifications) checks"))
        let place = PrivateFolder(path: folder.path + "/file")
        try place.create()
        let file = try microseconds(effort) { try place.replace("file", with: [UInt8](repeating: 7, count: 4096)) }
        report.add(Figure(name: "one file of 4 KiB, replaced durably", unit: "µs", spread: file))
        report.add(
            Figure(
                name: "the login beside its files", unit: "µs", spread: login,
                floor: signatures + Double(Self.files) * file.median,
                floorMeaning: "those signatures and \(Self.files) files"))
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

    /// Processor time of one login without the provider's.
    private func logins(_ phone: DeviceAuthenticator, _ provider: CannedProvider) async throws -> Spread {
        var rounds: [Double] = []
        for _ in 0..<(effort.rounds + 1) {
            let (before, others, start) = (ProcessorTime.process, provider.work.seconds, wallClock)
            var count = 0
            repeat {
                _ = try await phone.claim(provider.loginLink())
                _ = try await phone.waitForRequest()
                guard try await phone.deny().receipt.state == .denied else { throw BenchmarkFault("not denied") }
                count += 1
            } while wallClock < start + effort.endpointSeconds
            let own = (ProcessorTime.process - before) - (provider.work.seconds - others)
            rounds.append(own / Double(count) * 1e6)
        }
        // The first warms up.
        return Spread(Array(rounds.dropFirst()))
    }
}
