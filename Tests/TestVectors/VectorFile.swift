import IdentityCrypto
import OpenIDMessages

/// Reading the project's own vectors.
public enum VectorFile {
    /// The file `name` of `Tests/Vectors`, without its ending.
    public static func read(_ name: String) -> JSONObject? {
        TestVectors.packageFile(name + ".json").flatMap { try? StrictJSON.parseObject($0, maximumLength: 1_000_000) }
    }

    /// The public keys of a file by name.
    public static func keys(_ file: JSONObject) -> [String: VerificationKey] {
        var keys: [String: VerificationKey] = [:]
        for member in file["keys"]?.object?.members ?? [] {
            keys[member.name] = member.value.object.flatMap { try? VerificationKey(jwk: $0) }
        }
        return keys
    }
}

/// A case of a file about statements in their context: what else is known, and the verdict.
public struct ContextCase: Sendable, CustomStringConvertible {
    public let members: JSONObject
    public var name: String { text("name") }
    /// `accepted`, or why not.
    public var verdict: String { text("verdict") }
    public var description: String { name }

    /// A member that is a text; empty when it is not there.
    public func text(_ name: String) -> String { members[name]?.string ?? "" }
    public func time(_ name: String) -> Timestamp { Timestamp(seconds: members[name]?.integer ?? 0) }

    /// The cases in the list `name` of a file.
    public static func all(_ name: String, in file: String) -> [ContextCase] {
        (VectorFile.read(file)?[name]?.array ?? []).compactMap { $0.object.map { ContextCase(members: $0) } }
    }
}
