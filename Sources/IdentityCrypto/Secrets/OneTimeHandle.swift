internal import OpenIDMessages

/// What a handle is for. The class is part of the handle's text and so of its digest: no handle of one class can be
/// found as another (CVE-2026-4282).
public enum HandleClass: String, Sendable, Hashable, CaseIterable {
    case authorizationCode = "ac"
    case refreshToken = "rt"
    case deviceCode = "dc"
    /// `auth_req_id` (OpenID Connect CIBA Core §7.3).
    case authenticationRequest = "ar"
    case pushedRequest = "pr"
    case session = "se"
    case initialAccessToken = "ia"
    case registrationAccessToken = "ra"
    case bootstrapTicket = "bt"
}

/// The digest under which a handle is stored.
public struct HandleDigest: Sendable, Hashable {
    public let handleClass: HandleClass
    public let digest: SecretDigest

    /// A stored digest of a known class.
    public init(_ handleClass: HandleClass, digest: SecretDigest) {
        self.handleClass = handleClass
        self.digest = digest
    }
}

/// A secret that stands for something at the provider: `ac_` and 43 characters for a code, and so on.
public struct OneTimeHandle: Sendable, CustomStringConvertible {
    public let handleClass: HandleClass
    /// The handle as it is sent: the class's prefix and 32 bytes in base64url.
    public let text: String

    /// A fresh handle of 256 random bits.
    public init(_ handleClass: HandleClass) { self.init(handleClass, bytes: RandomBytes.make(32)) }

    private init(_ handleClass: HandleClass, bytes: [UInt8]) {
        self.handleClass = handleClass
        text = handleClass.rawValue + "_" + Base64URL.encode(bytes)
    }

    /// Reads what somebody presents; nil unless it is well-formed and of that class.
    public init?(parsing text: String, as handleClass: HandleClass) {
        let prefix = handleClass.rawValue + "_"
        guard text.utf8.count == prefix.utf8.count + 43, text.utf8.starts(with: prefix.utf8),
            Base64URL.decode(String(text.dropFirst(prefix.utf8.count)))?.count == 32
        else { return nil }
        self.handleClass = handleClass
        self.text = text
    }

    /// The handle that follows this one: always the same under one key, and unknown without it.
    ///
    /// A client that never got the answer gets the same successor when it asks again, though no handle is stored.
    public func successor(key: [UInt8]) -> OneTimeHandle {
        OneTimeHandle(
            handleClass, bytes: Digest.authenticationCode(Array("citizen-id/successor/v1\n\(text)".utf8), key: key))
    }

    public var digest: HandleDigest { HandleDigest(handleClass, digest: SecretDigest(of: text)) }

    /// Never the handle itself.
    public var description: String { "(\(handleClass.rawValue) handle)" }
}
