public import OpenIDMessages

/// What this device noted of its logins. While a login waits its notes are with it, afterwards with its receipt, and without one
/// in a file of their own.
extension DeviceAuthenticator {
    static let journalFolderName = "journal"

    private var journalFolder: PrivateFolder { folder.folder.folder(Self.journalFolderName) }

    /// What this device did in a login, in its order; nil when it noted nothing of it.
    public func journal(of transaction: TransactionIdentifier) throws(DeviceError) -> [JournalEntry]? {
        let state = try state()
        if var pending = try login(), pending.transaction == transaction {
            pending.journal.note(signed: state.answer(to: pending))
            return pending.journal.entries
        }
        if let journal = try keptReceipt(transaction)?.journal { return journal.entries }
        let bytes: [UInt8]?
        do throws(FileRefusal) { bytes = try journalFolder.read(Self.journalName(transaction)) } catch {
            throw .file(error)
        }
        // A machine that failed may have left an empty one.
        guard let bytes, !bytes.isEmpty else { return nil }
        guard let json = try? StrictJSON.parseObject(bytes, maximumLength: 65_536), json["version"] == 1,
            let journal = try? LoginJournal(json: json["entries"]?.array ?? [])
        else {
            throw .file(.cannotOpen(journalFolder.path + "/" + Self.journalName(transaction)))
        }
        return journal.entries
    }

    /// Notes something of the login that waits.
    ///
    /// - Parameter answer: what was signed before.
    func note(
        _ transaction: TransactionIdentifier, _ step: JournalEntry.Step, _ detail: String? = nil, trace: String? = nil,
        after answer: SentAnswer? = nil
    ) throws(DeviceError) {
        let entry = JournalEntry(time: clock.now, step, detail, trace: trace)
        try folder.updateLogin { (login) throws(DeviceError) in
            guard login?.transaction == transaction else { return }
            login?.journal.note(signed: answer)
            login?.journal.note(entry)
        }
    }

    /// Notes that an answer was signed whose place another one takes.
    func note(signed answer: SentAnswer) throws(DeviceError) {
        try folder.updateLogin { (login) throws(DeviceError) in
            if login?.transaction == answer.transaction { login?.journal.note(signed: answer) }
        }
    }

    /// Keeps the notes of a login that is no longer this device's and has no receipt. They are no evidence: a disk without room for them must
    /// not make a login that was answered look as if it was not.
    func keepJournal(of login: PendingLogin) {
        let object: JSONObject = ["version": 1, "entries": login.journal.json]
        try? folder.folder.keep(
            Self.journalName(login.transaction), in: Self.journalFolderName, object.serialized, isDurable: false)
    }

    private static func journalName(_ transaction: TransactionIdentifier) -> String { "\(transaction).json" }
}
