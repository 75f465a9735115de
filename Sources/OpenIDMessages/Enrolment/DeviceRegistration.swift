/// One piece of evidence about where a device keeps its keys.
public struct DeviceEvidence: Sendable, Equatable {
    /// `android-key`, `apple-appattest`, `tpm`, `simulator` or `none`.
    public var format: String
    /// The evidence in the format's own form; empty for `none`.
    public var evidence: JSONObject

    public init(format: String, evidence: JSONObject) {
        self.format = format
        self.evidence = evidence
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        format = try reader.string("fmt", maximumLength: 32)
        evidence = try reader.object("evidence")
        try reader.finish()
    }

    var json: JSONObject { ["fmt": .string(format), "evidence": .object(evidence)] }
}

/// The device in its owner's words.
public struct DeviceDescription: Sendable, Equatable {
    /// The owner's name for the device.
    public var name: String
    public var model: String
    public var system: String

    public init(name: String, model: String, system: String) {
        self.name = name
        self.model = model
        self.system = system
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        name = try reader.string("name", maximumLength: 64)
        model = try reader.string("model", maximumLength: 64)
        system = try reader.string("system", maximumLength: 64)
        try reader.finish()
    }

    var json: JSONObject { ["name": .string(name), "model": .string(model), "system": .string(system)] }
}

/// The new device's keys, signed by `K_auth`: `device-registration+jwt` with the public `K_auth` in the header `jwk`
/// (docs/protocol.md §6.4).
public struct DeviceRegistration: DeviceStatement {
    public static let type = "device-registration+jwt"

    /// The thumbprint of `K_auth`.
    public var key: KeyThumbprint
    public var issuer: IssuerURL
    /// SHA-256 over the exact bytes of the offer's compact JWS.
    public var offerDigest: ContentDigest
    public var nonce: Nonce
    /// The public `K_inst` as a JWK.
    public var installationKey: JSONObject
    /// The public `K_pin` as a JWK.
    public var pinKey: JSONObject
    /// 1 to 4 pieces of evidence.
    public var evidence: [DeviceEvidence]
    public var device: DeviceDescription
    public var issuedAt: Timestamp
    public var identifier: TokenIdentifier

    public init(
        key: KeyThumbprint, issuer: IssuerURL, offerDigest: ContentDigest, nonce: Nonce, installationKey: JSONObject,
        pinKey: JSONObject, evidence: [DeviceEvidence], device: DeviceDescription, issuedAt: Timestamp,
        identifier: TokenIdentifier
    ) {
        self.key = key
        self.issuer = issuer
        self.offerDigest = offerDigest
        self.nonce = nonce
        self.installationKey = installationKey
        self.pinKey = pinKey
        self.evidence = evidence
        self.device = device
        self.issuedAt = issuedAt
        self.identifier = identifier
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        key = try reader.wire("iss")
        issuer = try reader.wire("aud")
        offerDigest = try reader.wire("offer_sha256")
        nonce = try reader.statementNonce("nonce")
        installationKey = try reader.object("inst_jwk")
        pinKey = try reader.object("pin_jwk")
        guard let list = try reader.value("evidence").array, (1...4).contains(list.count) else {
            throw .malformed("evidence")
        }
        var evidence: [DeviceEvidence] = []
        for element in list {
            guard let object = element.object else { throw .malformed("evidence") }
            evidence.append(try DeviceEvidence(json: object))
        }
        self.evidence = evidence
        device = try DeviceDescription(json: reader.object("device"))
        issuedAt = try reader.time("iat")
        identifier = try reader.wire("jti")
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "iss": .string(key.rawValue), "aud": .string(issuer.rawValue),
            "offer_sha256": .string(offerDigest.rawValue), "nonce": .string(nonce.rawValue),
            "inst_jwk": .object(installationKey), "pin_jwk": .object(pinKey),
            "evidence": .array(evidence.map { .object($0.json) }), "device": .object(device.json),
            "iat": issuedAt.json, "jti": .string(identifier.rawValue),
        ]
    }
}

/// The provider's record of the new device: `device-record+jwt` (docs/protocol.md §6.5).
///
/// It does not name `K_pin`: whoever steals the record must not be able to test guesses of the PIN against it.
public struct DeviceRecord: DeviceStatement {
    public static let type = "device-record+jwt"

    public var issuer: IssuerURL
    public var device: DeviceIdentifier
    public var authenticationKey: KeyThumbprint
    public var installationKey: KeyThumbprint
    /// The highest level that this device can reach, as `acr`.
    public var ceiling: String
    public var issuedAt: Timestamp

    public init(
        issuer: IssuerURL, device: DeviceIdentifier, authenticationKey: KeyThumbprint,
        installationKey: KeyThumbprint, ceiling: String, issuedAt: Timestamp
    ) {
        self.issuer = issuer
        self.device = device
        self.authenticationKey = authenticationKey
        self.installationKey = installationKey
        self.ceiling = ceiling
        self.issuedAt = issuedAt
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("iss")
        device = try reader.wire("sub")
        authenticationKey = try reader.wire("auth_jkt")
        installationKey = try reader.wire("inst_jkt")
        ceiling = try reader.string("ceiling", maximumLength: 256)
        issuedAt = try reader.time("iat")
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "iss": .string(issuer.rawValue), "sub": .string(device.rawValue),
            "auth_jkt": .string(authenticationKey.rawValue), "inst_jkt": .string(installationKey.rawValue),
            "ceiling": .string(ceiling), "iat": issuedAt.json,
        ]
    }
}

/// What the simulator's attester signs about the keys it vouches for: `simulator-attestation+jwt`, with the
/// certificate chain in the header `x5c` (docs/protocol.md §7).
public struct SimulatorAttestation: DeviceStatement {
    public static let type = "simulator-attestation+jwt"

    /// The kind of hardware that is being played.
    public enum KeyStore: String, Sendable, Hashable, CaseIterable {
        case software, tee, strongbox
    }

    /// What is wrong with the hardware that is being played.
    public enum Defect: String, Sendable, Hashable, CaseIterable {
        /// A certificate behind its keys was revoked.
        case revoked
        /// Its boot loader is unlocked.
        case unlocked
        /// Its system is older than any policy takes.
        case outdated
    }

    /// SHA-256 over the exact bytes of the offer's compact JWS.
    public var offerDigest: ContentDigest
    public var authenticationKey: KeyThumbprint
    public var installationKey: KeyThumbprint
    public var pinKey: KeyThumbprint
    public var keyStore: KeyStore
    /// Without any it is left out.
    public var defects: [Defect]

    public init(
        offerDigest: ContentDigest, authenticationKey: KeyThumbprint, installationKey: KeyThumbprint,
        pinKey: KeyThumbprint, keyStore: KeyStore, defects: [Defect] = []
    ) {
        self.offerDigest = offerDigest
        self.authenticationKey = authenticationKey
        self.installationKey = installationKey
        self.pinKey = pinKey
        self.keyStore = keyStore
        self.defects = defects
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        offerDigest = try reader.wire("offer_sha256")
        authenticationKey = try reader.wire("auth_jkt")
        installationKey = try reader.wire("inst_jkt")
        pinKey = try reader.wire("pin_jkt")
        keyStore = try reader.choice("key_store")
        defects = try reader.optional("defects").map(Self.defects) ?? []
        try reader.finish()
    }

    private static func defects(_ value: JSONValue) throws(MessageError) -> [Defect] {
        let defects = value.strings?.compactMap(Defect.init(rawValue:)) ?? []
        guard !defects.isEmpty, defects.count == value.array?.count, Set(defects).count == defects.count else {
            throw .malformed("defects")
        }
        return defects
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "offer_sha256": .string(offerDigest.rawValue), "auth_jkt": .string(authenticationKey.rawValue),
            "inst_jkt": .string(installationKey.rawValue), "pin_jkt": .string(pinKey.rawValue),
            "key_store": .string(keyStore.rawValue),
        ]
        if !defects.isEmpty { object["defects"] = .strings(defects.map(\.rawValue)) }
        return object
    }
}
