internal import IdentityCrypto
internal import OpenIDMessages

/// The login that waits on this device, between the claim and the receipt: in `login.sealed`, or in the memory of the one who
/// uses the profile alone (`HeldLogin`). The answer to it is with the counter (`DeviceState.answer`).
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

    /// What still matters of it once it was answered.
    var answered: PendingLogin {
        var login = self
        login.code = nil
        login.portal = nil
        return login
    }
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
        if let held = folder.currentUse?.login { return try held.login() }
        if let login = try loginInFile() { return login }
        return try answeredLogin()
    }

    /// Changes which login waits, while no other process does.
    ///
    /// - Parameter state: the device's state, where it was just read.
    func updateLogin<Result: Sendable>(
        knowing state: DeviceState? = nil, _ change: (inout PendingLogin?) throws(DeviceError) -> Result
    ) throws(DeviceError) -> Result {
        if let held = folder.currentUse?.login { return try held.update(knowing: state, change) }
        return try updateStoredLogin(knowing: state, change)
    }

    func loginInFile() throws(FileRefusal) -> PendingLogin? {
        try read(PendingLogin.fileName, isDurable: false, as: decode)
    }

    /// The login of the last answer, where that was held in memory by somebody who did not come to its end. With its receipt it
    /// is over.
    ///
    /// - Parameter known: the device's state, where it was just read.
    func answeredLogin(_ known: DeviceState? = nil) throws(FileRefusal) -> PendingLogin? {
        let state = if let known { known } else { try state() }
        guard let login = state?.answer?.login else { return nil }
        let receipt = SealedFolder.receiptName(login.transaction)
        return folder.contains(receipt, in: SealedFolder.receiptsName) ? nil : login
    }

    /// Nobody waits for the disk: a login is over after three minutes, and a machine that fails takes longer.
    func updateStoredLogin<Result>(
        knowing state: DeviceState? = nil, _ change: (inout PendingLogin?) throws(DeviceError) -> Result
    ) throws(DeviceError) -> Result {
        try update(PendingLogin.fileName, isDurable: false, from: decode, to: \.json) { (login) throws(DeviceError) in
            var login = login
            if login == nil {
                do throws(FileRefusal) { login = try answeredLogin(state) } catch { throw .file(error) }
            }
            let result = try change(&login)
            return (login, result)
        }
    }

    /// The person's own evidence: what was asked, signed and answered.
    var receipts: PrivateFolder { folder.folder(Self.receiptsName) }

    static let receiptsName = "receipts"

    static func receiptName(_ transaction: TransactionIdentifier) -> String { "\(transaction).json" }

    private func decode(_ object: JSONObject) throws(FileRefusal) -> PendingLogin {
        do { return try PendingLogin(json: object) } catch {
            let path = folder.path + "/" + PendingLogin.fileName
            throw object.isOfNewerVersion(than: 1) ? .newerVersion(path) : .cannotOpen(path)
        }
    }
}
