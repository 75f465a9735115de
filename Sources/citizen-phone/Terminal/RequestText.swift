import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// A login as a person reads it before answering (D-4.4.1).
enum RequestText {
    static func lines(_ request: LoginRequestStatement) -> [String] {
        let initiator = request.initiator
        let network = initiator.sameNetwork ? "the same network as this device" : "ANOTHER NETWORK than this device"
        var lines = [
            row("Town", request.portal.tenantName), row("Portal", "\(request.portal.name) (\(request.portal.host))"),
        ]
        if let service = request.service {
            lines.append(row("Service", service.title))
            if let purpose = service.purpose, let version = service.purposeVersion {
                lines.append(row("Purpose", "\(purpose) (version \(version))"))
            }
        }
        lines += [
            row("Text", request.text), row("Needs", list(request.essentialClaims)),
            row("Would like", list(request.voluntaryClaims)), row("Level", request.acr),
            request.flow == .backChannel
                ? row("Asked by", "the portal itself, without a browser")
                : row("Browser", "\(initiator.browser), \(initiator.area), \(network)"),
        ]
        if let familiarity = familiarity(request) { lines.append(row("Known", familiarity)) }
        lines += [row("Begun", time(initiator.startedAt)), row("Valid until", time(request.expiresAt))]
        lines += request.contexts.map(context)
        if request.acr.hasPrefix("sim:") { lines.append("(A simulated login: good for tests and for nothing else.)") }
        return lines
    }

    /// Whether the person had the browser remembered that began, as the provider signed it; nil where none did.
    ///
    /// On the same device nobody looks: there the phone leads back to the browser that began, whichever it is.
    static func familiarity(_ request: LoginRequestStatement) -> String? {
        switch request.binding {
        case .knownBrowser:
            "yes, you had this browser remembered"
                + (request.initiator.knownSince.map { " at " + time($0) } ?? "") + "; it needs no digits"
        case .code:
            "NO, you did not have this browser remembered. Approve only if you typed the digits there yourself"
        case .return: "not looked at: this device leads back to the browser that began, and to no other"
        case .callCode, .none: nil
        }
    }

    private static func time(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: Double(time.seconds)).formatted(.iso8601)
    }

    /// For whom the person can act, and what goes out with that choice.
    private static func context(_ context: ContextDescription) -> String {
        guard let name = context.name else { return row("Act as", "citizen (level \(context.acr))") }
        let claims = context.claims.isEmpty ? "" : "; tells the portal: " + context.claims.joined(separator: ", ")
        return row("Act for", "\(name) (\(context.context), level \(context.acr))\(claims)")
    }

    /// The three answers, equally easy to reach.
    static let answers = "Answer with: citizen-phone approve | citizen-phone deny | citizen-phone report"

    /// A person whom nobody called has no digits: then this is a stranger's request.
    static let callCode =
        "To approve, the four digits are needed that somebody at the office reads out to you: --call-code."
        + "\nIf you are not on the phone with them, report it."

    static func lines(code: String, portal: ClaimedPortal) -> [String] {
        [
            row("Town", portal.tenantName), row("Portal", "\(portal.name) (\(portal.host))"),
            row("Type this", "\(code.prefix(4)) \(code.suffix(4))") + "   (into the browser, if you began this login)",
        ]
    }

    static func row(_ name: String, _ value: String) -> String {
        (name + ":").padding(toLength: 13, withPad: " ", startingAt: 0) + TerminalText.visible(value)
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }
}
