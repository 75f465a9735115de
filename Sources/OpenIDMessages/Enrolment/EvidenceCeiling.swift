/// The highest level that keys in a kind of key store reach, with evidence in a format that the region accepts
/// (docs/protocol.md §7).
public struct EvidenceCeiling: Sendable, Equatable {
    /// The evidence's `fmt`.
    public var format: String
    /// `software`, or the kind of hardware that the evidence proves: `tee`, `strongbox`, `secure_enclave`, `tpm`.
    public var keyStore: String
    public var level: AssuranceLevel

    public init(format: String, keyStore: String, level: AssuranceLevel) {
        self.format = format
        self.keyStore = keyStore
        self.level = level
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        format = try reader.string("fmt", maximumLength: 64)
        keyStore = try reader.string("key_store", maximumLength: 64)
        guard let level = AssuranceLevel(name: try reader.string("level")) else { throw .malformed("level") }
        self.level = level
        try reader.finish()
    }

    var json: JSONObject {
        ["fmt": .string(format), "key_store": .string(keyStore), "level": .string(level.name)]
    }
}
