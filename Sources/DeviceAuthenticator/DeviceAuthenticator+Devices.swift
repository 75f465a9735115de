public import OpenIDMessages

/// One device of the person's account, as the provider lists it (P-8.2).
public struct AccountDevice: Sendable, Equatable {
    public let device: DeviceIdentifier
    public let name: String
    public let model: String
    public let system: String
    public let state: String
    /// The highest level that it can reach, as `acr`.
    public let ceiling: String
    public let createdAt: Timestamp
    public let lastUsedAt: Timestamp?
    /// True for the device that asks.
    public let isCurrent: Bool
}

extension DeviceAuthenticator {
    /// The devices of the account.
    public func devices() async throws(DeviceError) -> [AccountDevice] {
        let answer = try await authenticatedCall("GET", "/device/v1/devices")
        return try answer.read("devices") { (reader) throws(MessageError) in
            var devices: [AccountDevice] = []
            for element in try reader.value("devices").array ?? [] {
                guard let object = element.object else { throw .malformed("devices") }
                devices.append(try AccountDevice(json: object))
            }
            return devices
        }
    }

    /// Suspends the device, or locks the account, to which the block code belongs (P-8.3); needs no device of one's own.
    ///
    /// - Parameters:
    ///   - code: the digits, as they were printed; spaces and hyphens between them do not matter.
    ///   - issuer: the provider; nil for the one at which this profile is enrolled.
    /// - Returns: what is stopped now.
    @discardableResult
    public func block(code: String, at issuer: IssuerURL? = nil) async throws(DeviceError) -> BlockedByCode {
        let issuer = if let issuer { issuer } else { try state().issuer }
        let digits = code.filter { $0 != " " && $0 != "-" }
        let answer = try await connection(to: issuer).call("POST", "/device/v1/blocks", body: ["code": .string(digits)])
        return try answer.read("block") { (reader) throws(MessageError) in try reader.choice("blocked") }
    }
}

/// What a block code has stopped.
public enum BlockedByCode: String, Sendable, CaseIterable {
    /// The device whose code it was.
    case device
    /// The whole account, whose code is on paper: a desk gives it back.
    case account
}

extension AccountDevice {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        device = try reader.wire("device")
        name = try reader.string("name")
        model = try reader.string("model")
        system = try reader.string("system")
        state = try reader.string("state")
        ceiling = try reader.string("ceiling")
        createdAt = try reader.time("created_at")
        lastUsedAt = json["last_used_at"] == nil ? nil : try reader.time("last_used_at")
        isCurrent = try reader.bool("current")
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "device": .string(device.rawValue), "name": .string(name), "model": .string(model),
            "system": .string(system), "state": .string(state), "ceiling": .string(ceiling),
            "created_at": createdAt.json,
        ]
        object["last_used_at"] = lastUsedAt?.json
        object["current"] = .bool(isCurrent)
        return object
    }
}
