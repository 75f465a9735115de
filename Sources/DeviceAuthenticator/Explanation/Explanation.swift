internal import IdentityCrypto
public import OpenIDMessages

/// What a link, a statement or a receipt is and says, and how each check of it ended.
public struct Explanation: Sendable {
    /// `enrolment_link`, `login_link`, `receipt`, `evidence`, `unknown`, or the `typ` of a statement.
    public let kind: String
    /// What it is, in plain words.
    public let title: String
    /// What it says, as it says it: a statement's payload, a link's parts. Believe it only when all checks passed.
    public let content: JSONObject
    /// The header of a statement; empty for everything else.
    public let header: JSONObject
    /// The statements of a receipt, by their names in it; the evidence in a registration.
    public let parts: [(name: String, explanation: Explanation)]
    /// The checks of the whole, without those of its parts.
    public let checks: [StatementCheck]

    init(
        _ kind: String, title: String, content: JSONObject = [:], header: JSONObject = [:],
        parts: [(name: String, explanation: Explanation)] = [], checks: [StatementCheck]
    ) {
        self.kind = kind
        self.title = title
        self.content = content
        self.header = header
        self.parts = parts
        self.checks = checks
    }

    /// Whether no check failed, here or in a part. That is no proof: what could not be checked does not count, so that a
    /// token of a type that is not known, by a key that is not known, is sound too. Of a receipt that is checked against
    /// a profile everything is checked: it is sound only when all of it is proved.
    public var isSound: Bool {
        checks.allSatisfy { $0.result != .failed } && parts.allSatisfy(\.explanation.isSound)
    }

    public var json: JSONObject {
        var object: JSONObject = ["kind": .string(kind), "title": .string(title)]
        if !header.names.isEmpty { object["header"] = .object(header) }
        object["content"] = .object(content)
        if !parts.isEmpty {
            var members: JSONObject = [:]
            for part in parts { members[part.name] = .object(part.explanation.json) }
            object["parts"] = .object(members)
        }
        object["checks"] = .array(checks.map { .object($0.json) })
        return object
    }
}

/// Whose keys and names an explanation is checked against: a profile that is enrolled.
struct ExplainingProfile: Sendable {
    let issuer: IssuerURL
    let device: DeviceIdentifier
    /// The provider's keys of now and those that it had before.
    let providerKeys: ProviderKeys
    let authentication: VerificationKey
    let installation: VerificationKey
}
