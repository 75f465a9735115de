internal import IdentityCrypto
internal import OpenIDMessages

/// The keys themselves in the sealed file of the profile.
struct FileKeyStore: SealableKeyStore {
    private let installation: SigningKey
    private let authentication: SigningKey
    let proofHeader: JWSHeader
    let pinDerivation: PINDerivation

    var choice: KeyStoreChoice { .file }

    /// Fresh keys, in memory only.
    init(derivation: PINDerivation, random: RandomSource) {
        self.init(
            installation: random.signingKey(), authentication: random.signingKey(), derivation: derivation)
    }

    private init(installation: SigningKey, authentication: SigningKey, derivation: PINDerivation) {
        self.installation = installation
        self.authentication = authentication
        proofHeader = VerifiedDPoPProof.header(of: installation.publicKey)
        pinDerivation = derivation
    }

    func publicKey(_ role: DeviceKeyRole) -> VerificationKey { key(role).publicKey }

    func signature(
        for message: [UInt8], with role: DeviceKeyRole, pin: PINCredential?
    ) throws(KeyStoreRefusal) -> [UInt8] {
        do { return try key(role).signature(for: message) } catch {
            throw .failed(.file, operation: "ECDSA", code: 0)
        }
    }

    /// With the file the keys are gone.
    func discard(pin: PINCredential) {}

    private func key(_ role: DeviceKeyRole) -> SigningKey {
        switch role {
        case .installation: installation
        case .authentication: authentication
        }
    }
}

extension FileKeyStore {
    init(reading reader: inout MemberReader) throws {
        let installation = try SigningKey(.es256, derRepresentation: reader.bytes("inst"))
        let authentication = try SigningKey(.es256, derRepresentation: reader.bytes("auth"))
        self.init(
            installation: installation, authentication: authentication,
            derivation: try PINDerivation(reading: &reader))
    }

    var sealed: JSONObject {
        let keys: JSONObject = [
            "version": 1, "inst": .string(Base64URL.encode(installation.derRepresentation)),
            "auth": .string(Base64URL.encode(authentication.derRepresentation)),
        ]
        return keys.adding(pinDerivation.members)
    }
}
