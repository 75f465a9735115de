/// A link that a person hands to the phone: as a QR picture, by a tap or on the command line (docs/protocol.md §3).
///
/// The issuer is everything before the path; a phone compares it byte for byte with the issuers that it is enrolled at.
public struct DeviceLink: Sendable, Equatable {
    /// What the link leads to.
    public enum Target: Sendable, Equatable {
        /// `/app/e/{ticket}#k={thumbprint}`: enrolment, with the thumbprint of the provider's key.
        case enrolment(ticket: String, key: KeyThumbprint)
        /// `/app/q/{handle}.{frame}.{mac}`: a login on another screen.
        case qr(handle: String, frame: Int64, mac: String)
        /// `/app/s/{handle}.{mac}`: a login on the same device.
        case sameDevice(handle: String, mac: String)
    }

    public let issuer: IssuerURL
    public let target: Target

    public init(issuer: IssuerURL, target: Target) {
        self.issuer = issuer
        self.target = target
    }

    /// Nil when the text is not such a link, whole and without anything added.
    public init?(parsing text: String) {
        guard text.utf8.count <= 1024, let path = text.utf8Range(of: "/app/"),
            let issuer = IssuerURL(rawValue: String(text[..<path.lowerBound])),
            let target = Self.target(String(text[path.upperBound...]))
        else { return nil }
        self.init(issuer: issuer, target: target)
    }

    public var flow: LoginFlow? {
        switch target {
        case .enrolment: nil
        case .qr: .qr
        case .sameDevice: .link
        }
    }

    public var text: String {
        switch target {
        case .enrolment(let ticket, let key): issuer.appending("/app/e/\(ticket)#k=\(key)")
        case .qr(let handle, let frame, let mac): issuer.appending("/app/q/\(handle).\(frame).\(mac)")
        case .sameDevice(let handle, let mac): issuer.appending("/app/s/\(handle).\(mac)")
        }
    }

    private static func target(_ text: String) -> Target? {
        let rest = String(text.dropFirst(2))
        switch text.prefix(2) {
        case "e/":
            let parts = rest.split(separator: "#k=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, isSecret(parts[0], bytes: 14), let key = KeyThumbprint(rawValue: parts[1]) else {
                return nil
            }
            return .enrolment(ticket: parts[0], key: key)
        case "q/":
            let parts = fields(of: rest)
            guard parts.count == 3, isSecret(parts[0], bytes: 16), isSecret(parts[2], bytes: 16),
                let frame = Int64(parts[1]), frame >= 0, String(frame) == parts[1]
            else { return nil }
            return .qr(handle: parts[0], frame: frame, mac: parts[2])
        case "s/":
            let parts = fields(of: rest)
            guard parts.count == 2, isSecret(parts[0], bytes: 16), isSecret(parts[1], bytes: 16) else { return nil }
            return .sameDevice(handle: parts[0], mac: parts[1])
        default: return nil
        }
    }

    private static func fields(of text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    private static func isSecret(_ text: String, bytes: Int) -> Bool { Base64URL.decode(text)?.count == bytes }
}

extension String {
    /// The first range whose bytes are those of `text`.
    fileprivate func utf8Range(of text: String) -> Range<String.Index>? {
        var rest = utf8[...]
        while let start = rest.firstIndex(where: { $0 == text.utf8.first }) {
            rest = rest[start...]
            if rest.starts(with: text.utf8) { return start..<rest.index(start, offsetBy: text.utf8.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
