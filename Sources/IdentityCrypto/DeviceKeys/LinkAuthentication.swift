public import OpenIDMessages

/// Makes and checks the MACs inside login links (docs/protocol.md §3).
///
/// The MAC covers the issuer, the handle, the flow and, in QR codes, the frame: a link of one flow is none of another,
/// and an old QR picture is known to be old.
public struct LinkAuthentication: Sendable {
    /// Seconds that one QR frame is shown.
    public static let frameSeconds: Int64 = 2
    /// Frames that are accepted beside the current one: one ahead, three behind.
    public static let acceptedFrameAge: ClosedRange<Int64> = -1...3

    private let issuer: IssuerURL
    private let key: [UInt8]
    private let isAgeJudged: Bool
    private let isFlowBound: Bool

    /// - Parameter key: 32 random bytes.
    public init(issuer: IssuerURL, key: [UInt8]) {
        self.init(issuer: issuer, key: key, isAgeJudged: true, isFlowBound: true)
    }

    /// Without one of its guards, for the tests of the attacker.
    package init(issuer: IssuerURL, key: [UInt8], isAgeJudged: Bool, isFlowBound: Bool) {
        self.issuer = issuer
        self.key = key
        self.isAgeJudged = isAgeJudged
        self.isFlowBound = isFlowBound
    }

    /// How a link stands the check.
    public enum Verdict: Sendable, Equatable {
        case authentic(handle: String, flow: LoginFlow)
        /// An authentic QR frame that is too old (or from the future): scan again.
        case stale
        case forged
    }

    /// The frame that is current at `now` in a login that began at `start`.
    public static func frame(at now: Timestamp, start: Timestamp) -> Int64 {
        max(0, (now.seconds - start.seconds) / frameSeconds)
    }

    public func qrLink(handle: String, frame: Int64) -> DeviceLink {
        DeviceLink(
            issuer: issuer, target: .qr(handle: handle, frame: frame, mac: mac(handle, flow: .qr, frame: frame)))
    }

    public func sameDeviceLink(handle: String) -> DeviceLink {
        DeviceLink(
            issuer: issuer, target: .sameDevice(handle: handle, mac: mac(handle, flow: .link, frame: 0)))
    }

    /// Checks a login link; `start` gives the beginning of the login with a handle, nil when there is none.
    public func check(_ link: DeviceLink, now: Timestamp, start: (String) -> Timestamp?) -> Verdict {
        guard link.issuer == issuer else { return .forged }
        switch link.target {
        case .enrolment: return .forged
        case .sameDevice(let handle, let mac):
            guard isEqual(mac, self.mac(handle, flow: .link, frame: 0)) else { return .forged }
            return .authentic(handle: handle, flow: .link)
        case .qr(let handle, let frame, let mac):
            guard isEqual(mac, self.mac(handle, flow: .qr, frame: frame)) else { return .forged }
            guard let start = start(handle) else { return .stale }
            let age = Self.frame(at: now, start: start) - frame
            return !isAgeJudged || Self.acceptedFrameAge.contains(age) ? .authentic(handle: handle, flow: .qr) : .stale
        }
    }

    private func isEqual(_ left: String, _ right: String) -> Bool {
        constantTimeEqual(Array(left.utf8), Array(right.utf8))
    }

    /// HMAC-SHA256, cut to 128 bits.
    private func mac(_ handle: String, flow: LoginFlow, frame: Int64) -> String {
        let bound = isFlowBound ? (flow.rawValue, frame) : ("", 0)
        let message = "citizen-id/link/v1\n\(issuer)\n\(bound.0)\n\(handle)\n\(bound.1)"
        return Base64URL.encode(Digest.authenticationCode(Array(message.utf8), key: key).prefix(16))
    }
}
