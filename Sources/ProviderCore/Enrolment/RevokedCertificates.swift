public import IdentityCrypto
internal import Synchronization

/// The list of revoked certificates that counts now. Its file is read again when it changes.
public final class RevokedCertificates: Sendable {
    private let list: Mutex<RevocationList?>

    /// - Parameter list: nil while there is none: then evidence that needs one is refused.
    public init(_ list: RevocationList? = nil) { self.list = Mutex(list) }

    /// Nil when there is no list that can be relied on.
    public var current: RevocationList? { list.withLock { $0 } }

    /// Takes over what was read. Nil when the file is gone or malformed: a list that cannot be read must not pass for an
    /// empty one, nor an old one for the present.
    public func replace(with fresh: RevocationList?) { list.withLock { $0 = fresh } }
}
