internal import IdentityCrypto
internal import OpenIDMessages

/// The keys themselves in the sealed file of the profile.
struct FileKeyStore: SealableKeyStore {
    private let installation: SigningKey
    private let authentication: SigningKey
    let pinDerivation: PINDerivation

    var choice: KeyStoreChoice { .file }

    /// Fresh keys, in memory only.
    init(derivation: PINDerivation, random: RandomSource) {
        installation = random.signingKey()
        authentication = random.signingKey()
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
        installation = try SigningKey(.es256, derRepresentation: reader.bytes("inst"))
        authentication = try SigningKey(.es256, derRepresentation: reader.bytes("auth"))
        pinDerivation = try PINDerivation(reading: &reader)
    }

    var sealed: JSONObject {
        let keys: JSONObject = [
            "version": 1, "inst": .string(Base64URL.encode(installation.derRepresentation)),
            "auth": .string(Base64URL.encode(authentication.derRepresentation)),
        ]
        return keys.adding(pinDerivation.members)
    }
}
