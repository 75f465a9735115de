internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// An audit event at its place in a chain, as it is stored and exported.
///
/// The texts are what the storage says, whatever it says: to verify a chain is to find out whether to believe them.
public struct AuditEntry: Sendable, Equatable {
    public var chain: AuditChain
    /// The place in the chain; the first event has 1, and no number is left out.
    public var number: Int64
    public var time: Timestamp
    public var kind: String
    public var outcome: String?
    public var actor: String?
    /// The administrator who did it.
    public var administrator: AuditPseudonym?
    /// The person whom it concerns.
    public var person: AuditPseudonym?
    public var company: String?
    public var object: String?
    public var transaction: String?
    /// The hash of the event before; nil for the first.
    public var previous: [UInt8]?
    public var hash: [UInt8]

    public init(
        chain: AuditChain, number: Int64, time: Timestamp, kind: String, outcome: String? = nil, actor: String? = nil,
        administrator: AuditPseudonym? = nil, person: AuditPseudonym? = nil, company: String? = nil,
        object: String? = nil, transaction: String? = nil, previous: [UInt8]?, hash: [UInt8]
    ) {
        self.chain = chain
        self.number = number
        self.time = time
        self.kind = kind
        self.outcome = outcome
        self.actor = actor
        self.administrator = administrator
        self.person = person
        self.company = company
        self.object = object
        self.transaction = transaction
        self.previous = previous
        self.hash = hash
    }

    /// The event that follows `previous` in its chain.
    public init(
        _ event: SecurityEvent, number: Int64, previous: [UInt8]?, administrator: AuditPseudonym?,
        person: AuditPseudonym?
    ) {
        // An account is named by its pseudonym only, also by a caller who did not think of that.
        let object = event.object == event.person?.rawValue ? nil : event.object
        self.init(
            chain: AuditChain(event.tenant), number: number, time: event.time, kind: event.kind.rawValue,
            outcome: event.outcome.rawValue, actor: event.actor?.word, administrator: administrator, person: person,
            company: event.company?.rawValue, object: object.flatMap(AuditText.harmless),
            transaction: event.transaction?.rawValue, previous: previous, hash: [])
        hash = contentHash
    }

    /// SHA-256 of name and value of every member that is there, in the order of the export and without `hash`, each as
    /// a netstring (docs/domain.md, "Audit").
    public var contentHash: [UInt8] { Digest.sha256(canonicalBytes) }

    var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(320)
        for (name, value) in members {
            let text =
                switch value {
                case .string(let text): text
                case .integer(let number): String(number)
                }
            Self.append(name, to: &bytes)
            Self.append(text, to: &bytes)
        }
        return bytes
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(text.utf8.count).utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: ","))
    }

    /// The event as one line of an export: an outsider can verify the chain with these lines alone.
    public var json: JSONObject {
        var object = JSONObject()
        for (name, value) in members {
            object[name] =
                switch value {
                case .string(let text): .string(text)
                case .integer(let number): .integer(number)
                }
        }
        object["hash"] = .string(Base64URL.encode(hash))
        return object
    }

    private enum Value {
        case string(String)
        case integer(Int64)
    }

    /// Everything but the hash, in the order in which it is hashed and written. A member that comes later stands at the
    /// end and is left out where it is not there: so old hashes stay right.
    private var members: [(name: String, value: Value)] {
        var members: [(name: String, value: Value)] = [
            ("chain", .string(chain.rawValue)), ("seq", .integer(number)), ("time", .integer(time.seconds)),
            ("kind", .string(kind)),
        ]
        members.reserveCapacity(12)
        func add(_ name: String, _ text: String?) {
            if let text { members.append((name, .string(text))) }
        }
        add("outcome", outcome)
        add("actor", actor)
        add("administrator", administrator?.text)
        add("person", person?.text)
        add("company", company)
        add("object", object)
        add("txn", transaction)
        add("previous", previous.map { Base64URL.encode($0) })
        return members
    }
}
