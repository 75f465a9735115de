import ArgumentParser
import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// The key and certificates with which a simulator makes evidence.
struct SimulatorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The private key (PEM, mode 0600) of the simulator's attester; for android-key, apple-appattest and tpm of its authority.",
            valueName: "pem"))
    var simulatorKey: String?

    @Option(
        help: ArgumentHelp(
            "The certificates of the attester (PEM), without the root; or the certificate of the authority.",
            valueName: "pem"))
    var simulatorCertificate: String?

    /// True when both are given.
    var isComplete: Bool { simulatorKey != nil && simulatorCertificate != nil }

    /// What a simulator of the best hardware says; none where there is no simulator.
    func evidence() throws -> EvidenceSource {
        guard let (key, chain) = try read() else { return .none }
        return .simulator(SimulatorAttester(key: key, chain: chain), .strongbox)
    }

    /// The key and the certificates, DER, the key's own first; nil when they are not given.
    func read() throws -> (key: SigningKey, chain: [[UInt8]])? {
        guard let simulatorKey, let simulatorCertificate else { return nil }
        let pem = String(decoding: try PrivateFile.read(simulatorKey), as: UTF8.self)
        let certificates = try PublicFile.text(simulatorCertificate)
        guard let key = try? SigningKey(es256PEM: pem) else {
            throw CommandFailure(.file, developer: "\(simulatorKey) holds no P-256 key in PEM.")
        }
        guard let chain = StandardBase64.pemBlocks("CERTIFICATE", in: certificates), !chain.isEmpty else {
            throw CommandFailure(.file, developer: "\(simulatorCertificate) holds no certificate in PEM.")
        }
        return (key, chain)
    }
}
