internal import IdentityCrypto
internal import OpenIDMessages

/// What a device knows beside its keys: `state.sealed`.
struct DeviceState: Sendable, Equatable {
    var issuer: IssuerURL
    var device: DeviceIdentifier
    var name: String
    /// The exact `device-record+jwt`.
    var record: String
    /// The exact `oauth-client-attestation+jwt`.
    var attestation: String
    var attestationExpiresAt: Timestamp
    /// The provider's keys: the one that the enrolment link named, and later those that the issuer lists over TLS.
    var providerKeys: ProviderKeys
    /// Keys that the issuer listed before: what they signed is still the person's evidence.
    var formerProviderKeys = ProviderKeys([])
    /// The counter of the last response. Stored before a response leaves (D-4.5.1).
    var counter: Int64 = 0
    /// `hwk` or `swk` (RFC 8176), as the record's ceiling says.
    var keyMethod: String
    /// Where the randomness of a simulated device comes from; nil for the system's generator.
    var seed: UInt64?
    /// How many commands have drawn from the seed: each has values of its own, also when it is interrupted.
    var drawings: Int64 = 0
    /// The answer that was signed last. When its login no longer waits it means nothing any more.
    var answer: SentAnswer?
    /// The block code, until the person has seen it.
    var unseenBlockCode: String?

    static let fileName = "state.sealed"
    /// Earlier versions are read as well.
    static let version: Int64 = 3
}

extension DeviceState {
    /// The answer that was signed to a login since it waits, if it is the last one. An earlier one is none of its own: it was
    /// over, whatever its name is.
    func answer(to login: PendingLogin) -> SentAnswer? {
        answer.flatMap { $0.transaction == login.transaction && $0.counter > login.counter ? $0 : nil }
    }

    /// Takes the keys that the issuer lists now and keeps those that it no longer lists, the latest 64.
    mutating func take(_ keys: ProviderKeys) {
        let former = (providerKeys.keys + formerProviderKeys.keys).filter { !keys.keys.contains($0) }
        formerProviderKeys = ProviderKeys(Array(former.prefix(64)))
        providerKeys = keys
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        let version = try reader.count("version")
        guard (1...Self.version).contains(version) else { throw .malformed("version") }
        issuer = try reader.wire("issuer")
        device = try reader.wire("device")
        name = try reader.string("name")
        record = try reader.string("record", maximumLength: CompactJWS.maximumLength)
        attestation = try reader.string("attestation", maximumLength: CompactJWS.maximumLength)
        attestationExpiresAt = try reader.time("attestation_exp")
        providerKeys = ProviderKeys(jwks: try reader.object("provider_keys"))
        counter = try reader.count("counter")
        keyMethod = try reader.string("key_method")
        formerProviderKeys = ProviderKeys(jwks: try reader.optionalObject("former_provider_keys") ?? [:])
        seed = nil
        if let text = try reader.optionalString("seed") {
            guard let number = UInt64(text) else { throw .malformed("seed") }
            seed = number
            drawings = try reader.count("drawings")
        }
        answer = try reader.optional("answer")?.object.map { (object) throws(MessageError) in
            try SentAnswer(json: object)
        }
        // Version 1 had the login here that waited: after the update it is claimed once more.
        if version == 1 { _ = reader.optional("pending") }
        unseenBlockCode = try reader.optionalString("block_code")
        try reader.finish()
    }

    var json: JSONObject {
        var object: JSONObject = [
            "version": .integer(Self.version), "issuer": .string(issuer.rawValue), "device": .string(device.rawValue),
            "name": .string(name), "record": .string(record), "attestation": .string(attestation),
            "attestation_exp": attestationExpiresAt.json, "provider_keys": .object(providerKeys.json),
            "counter": .integer(counter), "key_method": .string(keyMethod),
        ]
        if !formerProviderKeys.keys.isEmpty { object["former_provider_keys"] = .object(formerProviderKeys.json) }
        if let seed {
            // A JSON number has no 64 bits without a sign.
            object["seed"] = .string(String(seed))
            object["drawings"] = .integer(drawings)
        }
        object["answer"] = answer.map { .object($0.json) }
        object["block_code"] = unseenBlockCode.map { .string($0) }
        return object
    }
}

extension SealedFolder {
    /// The profile's state; nil when no device is enrolled.
    ///
    /// - Parameter isRecalled: whether the file need not be looked at, as `recall` has it.
    func state(isRecalled: Bool = false) throws(FileRefusal) -> DeviceState? {
        try isRecalled ? recall(DeviceState.fileName, as: decode) : read(DeviceState.fileName, as: decode)
    }

    /// Changes the state durably while no other process does.
    func updateState<Result>(
        _ change: (inout DeviceState) throws(DeviceError) -> Result
    ) throws(DeviceError) -> Result {
        try update(DeviceState.fileName, from: decode, to: \.json) { (state) throws(DeviceError) in
            guard var state else { throw .notEnrolled }
            let result = try change(&state)
            return (state, result)
        }
    }

    private func decode(_ object: JSONObject) throws(FileRefusal) -> DeviceState {
        do { return try DeviceState(json: object) } catch {
            let path = folder.path + "/" + DeviceState.fileName
            throw object.isOfNewerVersion(than: DeviceState.version) ? .newerVersion(path) : .cannotOpen(path)
        }
    }
}
