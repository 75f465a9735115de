internal import IdentityCrypto
internal import OpenIDMessages

/// The login that waits on this device, between the claim and the receipt: `login.sealed`. The answer to it is with the counter
/// (`DeviceState.answer`).
struct PendingLogin: Sendable, Equatable {
    var transaction: TransactionIdentifier
    var flow: LoginFlow
    /// The device's counter when it took the login: an answer to it has a greater one.
    var counter: Int64
    /// The eight digits and the portal, while the provider waits for them.
    var code: String?
    var portal: ClaimedPortal?
    /// The exact `login-request+jwt`.
    var request: String?
    /// In the flow `backchannel`: the digits of the call were accepted, or none are wanted.
    var isCallCodeSettled = false
    /// What this device did so far.
    var journal = LoginJournal()

    static let fileName = "login.sealed"
}

extension PendingLogin {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        try reader.requireVersion(1)
        transaction = try reader.wire("txn")
        flow = try reader.choice("flow")
        counter = try reader.count("counter")
        code = try reader.optionalString("code")
        portal = try reader.optional("portal")?.object.map { (object) throws(MessageError) in
            try ClaimedPortal(json: object)
        }
        request = try reader.optionalString("request", maximumLength: CompactJWS.maximumLength)
        isCallCodeSettled = try reader.optionalBool("call_code_settled") ?? false
        if let entries = reader.optional("journal")?.array { journal = LoginJournal(readable: entries) }
        try reader.finish()
    }

    var json: JSONObject {
        var object: JSONObject = [
            "version": 1, "txn": .string(transaction.rawValue), "flow": .string(flow.rawValue),
            "counter": .integer(counter),
        ]
        object["code"] = code.map { .string($0) }
        object["portal"] = portal.map { .object($0.json) }
        object["request"] = request.map { .string($0) }
        if isCallCodeSettled { object["call_code_settled"] = true }
        if !journal.entries.isEmpty { object["journal"] = journal.json }
        return object
    }
}

extension SealedFolder {
    /// The login that waits; nil when none does.
    func login() throws(FileRefusal) -> PendingLogin? {
        try read(PendingLogin.fileName, isDurable: false, as: decode)
    }

    /// Changes which login waits, while no other process does. Nobody waits for the disk: a login is over after three minutes,
    /// and a machine that fails takes longer.
    func updateLogin<Result>(
        _ change: (inout PendingLogin?) throws(DeviceError) -> Result
    ) throws(DeviceError) -> Result {
        try update(PendingLogin.fileName, isDurable: false, from: decode, to: \.json) { (login) throws(DeviceError) in
            var login = login
            let result = try change(&login)
            return (login, result)
        }
    }

    private func decode(_ object: JSONObject) throws(FileRefusal) -> PendingLogin {
        do { return try PendingLogin(json: object) } catch {
            let path = folder.path + "/" + PendingLogin.fileName
            throw object.isOfNewerVersion(than: 1) ? .newerVersion(path) : .cannotOpen(path)
        }
    }
}
