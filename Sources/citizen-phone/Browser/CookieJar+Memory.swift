import OpenIDMessages

extension CookieJar {
    /// The most that is read of a file.
    static let maximumMemory = 1_048_576

    /// The cookies of an earlier run. A file that holds something else is refused.
    init(memory bytes: [UInt8]) throws {
        var reader = MemberReader(try StrictJSON.parseObject(bytes, maximumLength: Self.maximumMemory))
        let elements = try reader.value("cookies").array
        try reader.finish()
        guard let elements else { throw MessageError.malformed("cookies") }
        self.init(
            try elements.map { element in
                guard let object = element.object else { throw MessageError.malformed("cookies") }
                return try Cookie(memory: object)
            })
    }

    /// The cookies that still live, with their ports: what another run of the same browser begins with.
    func memory(now: Timestamp) -> [UInt8] {
        let living = cookies.filter { $0.expires.map { $0 > now } ?? true }
        let memory: JSONObject = ["cookies": .array(living.map { .object($0.memory) })]
        return memory.serialized
    }
}

extension CookieJar.Cookie {
    fileprivate init(memory object: JSONObject) throws(MessageError) {
        var reader = MemberReader(object)
        host = try reader.string("host")
        authority = try reader.string("authority")
        name = try reader.string("name", maximumLength: 4096)
        value = try reader.string("value", maximumLength: 4096)
        path = try reader.string("path", maximumLength: 8192)
        isSecure = try reader.bool("secure")
        expires = reader.has("expires") ? try reader.time("expires") : nil
        try reader.finish()
    }

    fileprivate var memory: JSONObject {
        var object: JSONObject = [
            "host": .string(host), "authority": .string(authority), "name": .string(name), "value": .string(value),
            "path": .string(path), "secure": .bool(isSecure),
        ]
        object["expires"] = expires?.json
        return object
    }
}
