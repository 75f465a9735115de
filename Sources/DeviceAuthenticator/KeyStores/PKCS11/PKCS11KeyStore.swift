package import CPKCS11
package import IdentityCrypto
internal import OpenIDMessages

/// Keys in a token behind a PKCS#11 module: made there, SENSITIVE, never EXTRACTABLE, for signing alone (checklist J5).
///
/// `K_auth` is a private object: the token gives it to nobody who has not logged in with its PIN, which is the PIN of the
/// device. `K_inst` is used for every call, without a person: it is as secret, and needs no login.
package struct PKCS11KeyStore: SealableKeyStore {
    /// A key in the token: what finds it, and what checks its signatures.
    package struct Key: Sendable, Equatable {
        /// `CKA_ID`, 16 random bytes.
        let identifier: [UInt8]
        package let publicKey: VerificationKey
    }

    package let module: String
    package let token: PKCS11Token
    package let installation: Key
    let authentication: Key
    package let pinDerivation: PINDerivation

    package var choice: KeyStoreChoice { .pkcs11(module: module, token: token.label) }

    package func publicKey(_ role: DeviceKeyRole) -> VerificationKey { key(role).publicKey }

    package func signature(
        for message: [UInt8], with role: DeviceKeyRole, pin: PINCredential?
    ) throws(KeyStoreRefusal) -> [UInt8] {
        let key = key(role)
        let digest = Digest.sha256(message)
        let signature = try PKCS11Module.load(module).withSession(token) { (session) throws(KeyStoreRefusal) in
            switch role {
            case .installation: return try session.sign(digest, with: try Self.find(key, in: session))
            case .authentication:
                guard let pin else { throw .pinNeeded }
                return try session.loggedIn(pin.pin) { () throws(KeyStoreRefusal) in
                    try session.sign(digest, with: try Self.find(key, in: session))
                }
            }
        }
        // Whatever a token gives away must be a signature, by this key, over this message.
        guard key.publicKey.isValid(signature: signature, for: message) else {
            throw .unfit(.pkcs11, reason: "its signature is none of the key")
        }
        return signature
    }

    func discard(pin: PINCredential) throws(KeyStoreRefusal) {
        try PKCS11Module.load(module).withSession(token, writes: true) { (session) throws(KeyStoreRefusal) in
            try session.loggedIn(pin.pin) { () throws(KeyStoreRefusal) in
                for key in [installation, authentication] { try session.destroy(try Self.find(key, in: session)) }
            }
        }
    }

    var inToken: TokenKeys { TokenKeys([installation.identifier, authentication.identifier], in: token.label) }

    private func key(_ role: DeviceKeyRole) -> Key {
        switch role {
        case .installation: installation
        case .authentication: authentication
        }
    }

    package static func find(_ key: Key, in session: PKCS11Session) throws(KeyStoreRefusal) -> CK_OBJECT_HANDLE {
        let template = PKCS11Template().with(CKA_CLASS, CKO_PRIVATE_KEY).with(CKA_ID, key.identifier)
        let found = try session.objects(template)
        guard found.count == 1 else { throw .unfit(.pkcs11, reason: "it no longer has the key of this profile") }
        return found[0]
    }
}

// MARK: - Making keys

extension PKCS11KeyStore {
    /// Makes both keys in the token with this label.
    ///
    /// - Parameter leftovers: identifiers under which this token may have keys that no profile's file names any more.
    init(
        makingKeysIn label: String, module path: String, as identifiers: NewTokenKeys, after leftovers: [[UInt8]],
        derivation: PINDerivation, pin: PINCredential
    ) throws(KeyStoreRefusal) {
        let module = try PKCS11Module.load(path)
        let token = try module.token(labelled: label)
        let keys = try module.withSession(token, writes: true) { (session) throws(KeyStoreRefusal) in
            try session.loggedIn(pin.pin) { () throws(KeyStoreRefusal) in
                for identifier in leftovers { try Self.destroyKeys(identifier, in: session) }
                let first = try Self.makeKey(.installation, as: identifiers.installation, in: session)
                do throws(KeyStoreRefusal) {
                    return (first, try Self.makeKey(.authentication, as: identifiers.authentication, in: session))
                } catch {
                    try? session.destroy(try Self.find(first, in: session))
                    throw error
                }
            }
        }
        self.module = path
        self.token = token
        (installation, authentication) = keys
        pinDerivation = derivation
    }

    private static func destroyKeys(_ identifier: [UInt8], in session: PKCS11Session) throws(KeyStoreRefusal) {
        let keys = PKCS11Template().with(CKA_CLASS, CKO_PRIVATE_KEY).with(CKA_ID, identifier)
        for key in try session.objects(keys) { try session.destroy(key) }
    }

    private static func makeKey(
        _ role: DeviceKeyRole, as identifier: [UInt8], in session: PKCS11Session
    ) throws(KeyStoreRefusal) -> Key {
        let isPrivate = role == .authentication
        let name = Array("citizen-phone \(isPrivate ? "K_auth" : "K_inst")".utf8)
        let (publicHandle, privateHandle) = try session.generateKeyPair(
            public: PKCS11Template().with(CKA_TOKEN, false).with(CKA_VERIFY, true).with(CKA_EC_PARAMS, Self.p256),
            private: PKCS11Template().with(CKA_TOKEN, true).with(CKA_PRIVATE, isPrivate).with(CKA_SENSITIVE, true)
                .with(CKA_EXTRACTABLE, false).with(CKA_SIGN, true).with(CKA_DECRYPT, false).with(CKA_UNWRAP, false)
                .with(CKA_DERIVE, false).with(CKA_ID, identifier).with(CKA_LABEL, name))
        do throws(KeyStoreRefusal) {
            // A token may take a template and keep something else: what counts is what it has.
            try requireGuarded(privateHandle, isPrivate: isPrivate, in: session)
            let point = try session.value(CKA_EC_POINT, of: publicHandle, room: 128)
            guard let key = key(ofPoint: point) else { throw .unfit(.pkcs11, reason: "its key is not on P-256") }
            return Key(identifier: identifier, publicKey: key)
        } catch {
            try? session.destroy(privateHandle)
            throw error
        }
    }

    /// The attributes that make a key one that nobody has and that does nothing but sign (§4.9).
    static func requireGuarded(
        _ key: CK_OBJECT_HANDLE, isPrivate: Bool, in session: PKCS11Session
    ) throws(KeyStoreRefusal) {
        let wanted: [(name: String, type: CK_ATTRIBUTE_TYPE, value: Bool)] = [
            ("CKA_TOKEN", CKA_TOKEN, true), ("CKA_PRIVATE", CKA_PRIVATE, isPrivate),
            ("CKA_SENSITIVE", CKA_SENSITIVE, true), ("CKA_EXTRACTABLE", CKA_EXTRACTABLE, false),
            ("CKA_ALWAYS_SENSITIVE", CKA_ALWAYS_SENSITIVE, true),
            ("CKA_NEVER_EXTRACTABLE", CKA_NEVER_EXTRACTABLE, true), ("CKA_LOCAL", CKA_LOCAL, true),
            ("CKA_SIGN", CKA_SIGN, true), ("CKA_DECRYPT", CKA_DECRYPT, false), ("CKA_UNWRAP", CKA_UNWRAP, false),
            ("CKA_DERIVE", CKA_DERIVE, false),
        ]
        for (name, type, value) in wanted where try session.flag(type, of: key) != value {
            throw .unfit(.pkcs11, reason: "it made a key with \(name) \(!value)")
        }
    }

    /// `prime256v1` as an object identifier in DER (RFC 5480 §2.1.1.1).
    private static let p256: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]

    /// `CKA_EC_POINT` is an OCTET STRING around the uncompressed point; some tokens leave the OCTET STRING out.
    static func key(ofPoint point: [UInt8]) -> VerificationKey? {
        let bare = point.starts(with: [0x04, 0x41, 0x04]) && point.count == 67 ? Array(point.dropFirst(2)) : point
        guard bare.count == 65, bare[0] == 0x04 else { return nil }
        return VerificationKey(point: Array(bare.dropFirst()))
    }
}

// MARK: - The sealed file

extension PKCS11KeyStore {
    init(reading reader: inout MemberReader) throws {
        module = try reader.string("module", maximumLength: 4096)
        token = PKCS11Token(label: try reader.string("token"), serial: try reader.string("serial"))
        installation = Key(identifier: try reader.bytes("inst_id"), publicKey: try reader.point("inst"))
        authentication = Key(identifier: try reader.bytes("auth_id"), publicKey: try reader.point("auth"))
        pinDerivation = try PINDerivation(reading: &reader)
    }

    var sealed: JSONObject {
        let keys: JSONObject = [
            "version": 1, "store": .string(kind.rawValue), "module": .string(module), "token": .string(token.label),
            "serial": .string(token.serial), "inst_id": .string(Base64URL.encode(installation.identifier)),
            "inst": .string(Base64URL.encode(installation.publicKey.point)),
            "auth_id": .string(Base64URL.encode(authentication.identifier)),
            "auth": .string(Base64URL.encode(authentication.publicKey.point)),
        ]
        return keys.adding(pinDerivation.members)
    }
}
