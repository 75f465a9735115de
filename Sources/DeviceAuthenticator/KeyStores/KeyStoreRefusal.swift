public import OpenIDMessages

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

    /// With its article, as the beginning of a sentence.
    fileprivate var germanName: String {
        switch self {
        case .file: "Die Schlüsseldatei"
        case .tpm: "Das TPM"
        case .pkcs11: "Das Token"
        }
    }
}

extension KeyStoreRefusal: CustomStringConvertible {
    public var description: String { text.english }

    /// What is wrong and how to mend it. What hardware and its drivers say is told as they say it.
    public var text: BilingualText {
        switch self {
        case .pinNeeded:
            BilingualText(
                "Für jede Antwort wird die PIN gebraucht: Der Schlüssel liegt in Hardware, die danach fragt.",
                "The PIN is needed for every answer: the key lies in hardware that asks for it.")
        case .wrongPIN(let left):
            BilingualText(
                "Die PIN wurde nicht angenommen; es wurde nichts unterschrieben.",
                "The PIN was not accepted; nothing was signed.") + .triesLeft(left)
        case .locked(let kind, let seconds):
            BilingualText(
                "\(kind.germanName) nimmt nach zu vielen falschen keine PIN mehr an. ",
                "The \(kind.name) takes no PIN after too many wrong ones. ") + Self.remedy(kind, seconds: seconds)
        case .unreachable(.pkcs11, let reason):
            BilingualText(
                "Das PKCS#11-Modul lässt sich nicht benutzen. Prüfen Sie, ob sein Pfad stimmt. Technische Angabe: \(reason).",
                "The PKCS#11 module cannot be used. Check that its path is right. What it says: \(reason).")
        case .unreachable(.tpm, let reason):
            BilingualText(
                "Das TPM ist nicht erreichbar. Prüfen Sie, ob es eingeschaltet ist und ob Sie zur Gruppe tss gehören. "
                    + "Technische Angabe: \(reason).",
                "The TPM cannot be reached. Check that it is turned on and that you are in the group tss. What it says: "
                    + "\(reason).")
        case .unreachable(let kind, let reason):
            BilingualText(
                "\(kind.germanName) ist nicht erreichbar. Technische Angabe: \(reason).",
                "The \(kind.name) cannot be reached: \(reason).")
        case .absent(let token):
            BilingualText(
                "Das Token „\(token)“ ist nicht da. Stecken Sie es ein, oder nennen Sie ein anderes.",
                "The token '\(token)' is not there. Plug it in, or name another one.")
        case .foreign(.tpm):
            BilingualText(
                "Diese Schlüssel sind aus einem anderen TPM und mit diesem nicht zu benutzen. Richten Sie diesen Rechner als "
                    + "eigenes Gerät ein.",
                "These keys were made in another TPM and cannot be used with this one. Enrol this machine as a device of its own."
            )
        case .foreign(let kind):
            BilingualText(
                "\(kind.germanName) ist ein anderes gleichen Namens: Diese Schlüssel sind aus einem mit anderer "
                    + "Seriennummer.",
                "Another \(kind.name) of the same name is there: these keys were made in one with another serial number."
            )
        case .unfit(let kind, let reason):
            BilingualText(
                "\(kind.germanName) kann die Schlüssel nicht so verwahren, wie es sein muss. Technische Angabe: \(reason).",
                "The \(kind.name) cannot keep the keys as they must be kept: \(reason).")
        case .failed(let kind, let operation, let code):
            BilingualText(
                "\(kind.germanName) hat abgelehnt: \(operation) endete mit 0x\(String(code, radix: 16)).",
                "The \(kind.name) refused: \(operation) ended with 0x\(String(code, radix: 16)).")
        }
    }

    private static func remedy(_ kind: KeyStoreKind, seconds: Int?) -> BilingualText {
        if let seconds {
            let minutes = max(1, (seconds + 59) / 60)
            return BilingualText(
                minutes == 1
                    ? "In einer Minute ist wieder ein Versuch möglich."
                    : "In \(minutes) Minuten ist wieder ein Versuch möglich.",
                "It allows another try in \(minutes) minutes.")
        }
        return kind == .pkcs11
            ? BilingualText(
                "Entsperren Sie es mit dem Programm und der PUK, die dazugehören, oder richten Sie neu ein.",
                "Unlock it with the program and the PUK that came with it, or enrol anew.")
            : BilingualText("Richten Sie das Gerät neu ein.", "Enrol anew.")
    }
}
