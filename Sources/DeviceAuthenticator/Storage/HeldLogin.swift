internal import Synchronization

/// The login that waits, in the memory of the one who uses the profile alone and means to answer it at once. Its file is written
/// when the use ends before the login does.
///
/// Who is killed meanwhile scans again. Once an answer was signed, the login lies beside it (`SentAnswer.login`).
final class HeldLogin: Sendable {
    private struct Content {
        var login: PendingLogin?
        /// Whether it was looked for in the profile.
        var isRead = false
        /// Whether a file of it lies there, or is to be removed.
        var isInFile = false
        var isChanged = false
    }

    private let folder: SealedFolder
    private let content = Mutex(Content())
    /// Held while it is read or changed.
    private let turn = Mutex<Void>(())

    init(_ folder: SealedFolder) { self.folder = folder }

    func login() throws(FileRefusal) -> PendingLogin? {
        try turn.withLock { (_) throws(FileRefusal) in try read().login }
    }

    func update<Result: Sendable>(
        knowing state: DeviceState?, _ body: (inout PendingLogin?) throws(DeviceError) -> Result
    ) throws(DeviceError) -> Result {
        try turn.withLock { (_) throws(DeviceError) in try updated(knowing: state, body) }
    }

    private func updated<Result>(
        knowing state: DeviceState?, _ body: (inout PendingLogin?) throws(DeviceError) -> Result
    ) throws(DeviceError) -> Result {
        var now: Content
        do throws(FileRefusal) { now = try read(state) } catch { throw .file(error) }
        let before = now.login
        let result = try body(&now.login)
        guard now.login != before else { return result }
        now.isChanged = true
        // What lies in the file must not wait again in the place of this one.
        if now.isInFile, now.login?.transaction != before?.transaction {
            try folder.updateStoredLogin { (login) throws(DeviceError) in login = nil }
            now.isInFile = false
        }
        content.withLock { $0 = now }
        return result
    }

    /// Writes the login that still waits. Nobody is left who could be told that it failed: then the person scans again.
    func settle() {
        let now = content.withLock { $0 }
        guard now.isChanged, let login = now.login else { return }
        try? folder.updateStoredLogin { (stored) throws(DeviceError) in stored = login }
    }

    private func read(_ state: DeviceState? = nil) throws(FileRefusal) -> Content {
        var now = content.withLock { $0 }
        guard !now.isRead else { return now }
        let inFile = try folder.loginInFile()
        let login = if let inFile { inFile } else { try folder.answeredLogin(state) }
        now = Content(login: login, isRead: true, isInFile: inFile != nil)
        content.withLock { [now] in $0 = now }
        return now
    }
}
