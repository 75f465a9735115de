package import IdentityCrypto
internal import OpenIDMessages

/// Keys in a TPM 2.0: generated there, bound to it and to their parent (checklist J4). The profile's file holds them
/// encrypted by the TPM; nothing is stored in the TPM itself.
///
/// `K_auth` is opened by what Argon2id makes of the PIN. The TPM counts wrong ones, over all its keys, and locks itself.
package struct TPMKeyStore: SealableKeyStore {
    package struct Key: Sendable, Equatable {
        package let blob: TPMKeyBlob
        package let publicKey: VerificationKey
    }

    /// How the TPM is reached.
    package let connection: String
    /// The name of the parent. Whoever sits between this program and the TPM cannot pose as it, and another TPM has another.
    let parent: [UInt8]
    package let installation: Key
    let authentication: Key
    package let pinDerivation: PINDerivation

    package var choice: KeyStoreChoice { .tpm(connection: connection) }

    package func publicKey(_ role: DeviceKeyRole) -> VerificationKey { key(role).publicKey }

    package func signature(
        for message: [UInt8], with role: DeviceKeyRole, pin: PINCredential?
    ) throws(KeyStoreRefusal) -> [UInt8] {
        guard role == .installation || pin != nil else { throw .pinNeeded }
        let key = key(role)
        let authorization = role == .installation ? nil : pin?.derived.authorization
        let signature = try TPMConnection.open(connection) { (tpm) throws(KeyStoreRefusal) in
            let parent = try ownParent(tpm)
            return try tpm.sign(
                Digest.sha256(message), with: try tpm.load(key.blob, below: parent), authorization: authorization,
                parent: parent)
        }
        // Whatever a TPM gives away must be a signature, by this key, over this message.
        guard key.publicKey.isValid(signature: signature, for: message) else {
            throw .unfit(.tpm, reason: "its signature is none of the key")
        }
        return signature
    }

    /// Without the file nobody can load the keys.
    func discard(pin: PINCredential) {}

    /// The parent, if this is the TPM in which the keys were made.
    private func ownParent(_ tpm: TPMConnection) throws(KeyStoreRefusal) -> UInt32 {
        let primary = try tpm.primary()
        guard primary.name == parent else { throw .foreign(.tpm) }
        return primary.handle
    }

    private func key(_ role: DeviceKeyRole) -> Key {
        switch role {
        case .installation: installation
        case .authentication: authentication
        }
    }
}

// MARK: - Making keys

extension TPMKeyStore {
    /// Makes both keys in the TPM that `connection` reaches.
    init(makingKeysAt connection: String, derivation: PINDerivation, pin: PINCredential) throws(KeyStoreRefusal) {
        let (name, first, second) = try TPMConnection.open(connection) { (tpm) throws(KeyStoreRefusal) in
            let primary = try tpm.primary()
            let first = try tpm.create(TPMTemplate.installation, authorization: [], below: primary.handle)
            let second = try tpm.create(
                TPMTemplate.authentication, authorization: pin.derived.authorization, below: primary.handle)
            return (
                primary.name, try Self.key(first, asked: TPMTemplate.installation),
                try Self.key(second, asked: TPMTemplate.authentication)
            )
        }
        self.connection = connection
        parent = name
        (installation, authentication) = (first, second)
        pinDerivation = derivation
    }

    /// Reads the key of a blob that was made from a template. What counts is what the TPM made, not what it was asked for.
    private static func key(_ blob: TPMKeyBlob, asked template: [UInt8]) throws(KeyStoreRefusal) -> Key {
        guard let area = TPMPublicArea(blob.publicArea) else {
            throw .unfit(.tpm, reason: "its key is not on P-256")
        }
        // Kind, algorithm of the name, attributes, and the length of a policy: none.
        guard blob.publicArea.prefix(10) == template.prefix(10) else {
            throw .unfit(.tpm, reason: "it made a key with other attributes")
        }
        return Key(blob: blob, publicKey: area.key)
    }
}

// MARK: - Attestation

extension TPMKeyStore {
    /// Has a fresh attestation key of the TPM certify `K_auth` (docs/protocol.md §7.4).
    ///
    /// - Parameter challenge: SHA-256 over the exact bytes of the offer.
    func attestation(challenge: [UInt8], pin: PINCredential) throws(KeyStoreRefusal) -> TPMKeyAttestation {
        try TPMConnection.open(connection) { (tpm) throws(KeyStoreRefusal) in
            let parent = try ownParent(tpm)
            let attester = try tpm.create(TPMTemplate.attestation, authorization: [], below: parent)
            let attestationKey = try Self.key(attester, asked: TPMTemplate.attestation).publicKey
            let (statement, signature) = try tpm.certify(
                try tpm.load(authentication.blob, below: parent), authorization: pin.derived.authorization,
                by: try tpm.load(attester, below: parent), extraData: challenge, parent: parent)
            guard attestationKey.isValid(signature: signature, for: statement) else {
                throw .unfit(.tpm, reason: "its attestation is not signed by its attestation key")
            }
            return TPMKeyAttestation(
                statement: statement, signature: signature, publicArea: authentication.blob.publicArea,
                attestationKey: attestationKey)
        }
    }
}

// MARK: - The sealed file

extension TPMKeyStore {
    init(reading reader: inout MemberReader) throws {
        connection = try reader.string("connection")
        parent = try reader.bytes("parent")
        installation = try Self.key(reading: "inst", &reader, asked: TPMTemplate.installation)
        authentication = try Self.key(reading: "auth", &reader, asked: TPMTemplate.authentication)
        pinDerivation = try PINDerivation(reading: &reader)
    }

    private static func key(
        reading name: String, _ reader: inout MemberReader, asked template: [UInt8]
    ) throws -> Key {
        let publicArea = try reader.bytes(name + "_public")
        let blob = TPMKeyBlob(publicArea: publicArea, privateArea: try reader.bytes(name + "_private"))
        return try key(blob, asked: template)
    }

    var sealed: JSONObject {
        let keys: JSONObject = [
            "version": 1, "store": .string(kind.rawValue), "connection": .string(connection),
            "parent": .string(Base64URL.encode(parent)),
            "inst_public": .string(Base64URL.encode(installation.blob.publicArea)),
            "inst_private": .string(Base64URL.encode(installation.blob.privateArea)),
            "auth_public": .string(Base64URL.encode(authentication.blob.publicArea)),
            "auth_private": .string(Base64URL.encode(authentication.blob.privateArea)),
        ]
        return keys.adding(pinDerivation.members)
    }
}
