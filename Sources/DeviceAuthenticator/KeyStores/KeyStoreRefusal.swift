/// Why a key store did not do what it was asked. The same words for every kind: what differs is the remedy.
public enum KeyStoreRefusal: Error, Sendable, Equatable {
    /// The store asks for the PIN before this key signs, and none was given.
    case pinNeeded
    /// The store did not take the PIN; nothing was signed. `triesLeft` where the store tells.
    case wrongPIN(triesLeft: Int?)
    /// Too many wrong PINs: the store takes none now. `seconds` until it allows another try, where there will be one.
    case locked(KeyStoreKind, seconds: Int?)
    /// The TPM or the module cannot be reached or loaded.
    case unreachable(KeyStoreKind, reason: String)
    /// The token is not in its place.
    case absent(token: String)
    /// The keys were made in another TPM, or in another token of the same name.
    case foreign(KeyStoreKind)
    /// The store cannot keep the keys as they must be kept.
    case unfit(KeyStoreKind, reason: String)
    /// The store refused for a reason of its own; `code` is what its standard calls it.
    case failed(KeyStoreKind, operation: String, code: UInt64)
}

extension KeyStoreKind {
    var name: String {
        switch self {
        case .file: "file of keys"
        case .tpm: "TPM"
        case .pkcs11: "token"
        }
    }
}

extension KeyStoreRefusal: CustomStringConvertible {
    /// What is wrong and how to mend it.
    public var description: String {
        switch self {
        case .pinNeeded: "The PIN is needed for every answer: the key lies in hardware that asks for it."
        case .wrongPIN(let left):
            "The PIN was not accepted; nothing was signed." + (left.map { " Tries left: \($0)." } ?? "")
        case .locked(let kind, let seconds):
            "The \(kind.name) takes no PIN after too many wrong ones. " + Self.remedy(kind, seconds: seconds)
        case .unreachable(.pkcs11, let reason): "The PKCS#11 module cannot be used: \(reason)."
        case .unreachable(let kind, let reason): "The \(kind.name) cannot be reached: \(reason)."
        case .absent(let token): "The token '\(token)' is not there. Plug it in, or name another one."
        case .foreign(.tpm):
            "These keys were made in another TPM and cannot be used with this one. Enrol this machine as a device of its own."
        case .foreign(let kind):
            "Another \(kind.name) of the same name is there: these keys were made in one with another serial number."
        case .unfit(let kind, let reason): "The \(kind.name) cannot keep the keys as they must be kept: \(reason)."
        case .failed(let kind, let operation, let code):
            "The \(kind.name) refused: \(operation) ended with 0x\(String(code, radix: 16))."
        }
    }

    private static func remedy(_ kind: KeyStoreKind, seconds: Int?) -> String {
        if let seconds { return "It allows another try in \(max(1, (seconds + 59) / 60)) minutes." }
        return kind == .pkcs11
            ? "Unlock it with the program and the PUK that came with it, or enrol anew." : "Enrol anew."
    }
}
