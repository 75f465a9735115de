/// Why the storage cannot be used. Ordinary refusals are values; these are thrown, and the request fails closed.
public enum StorageFault: Error, Sendable, Equatable {
    /// The file or its lock cannot be opened; the system's error number.
    case cannotOpen(Int32)
    /// Another process has the database open: only one may write and checkpoint.
    case inUse
    /// A newer version of CitizenID made this database. It was not touched.
    case newerSchema
    /// SQLite does not do what durability and integrity rest on; the name of the setting.
    case settingNotInForce(String)
    /// The store was closed.
    case closed
    /// A stored value is not what its type demands; the name of the column.
    case undecodable(String)
    /// A row that must be there is missing; the name of the table.
    case missing(String)
    /// An approval must come with a grant and a session for the same login, account and device as the answer.
    case approvalDoesNotFitAnswer
    /// A handle of one class was given where one of another class belongs.
    case wrongHandleClass
}
