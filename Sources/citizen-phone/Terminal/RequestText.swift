import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// A login as a person reads it before answering (D-4.4.1).
enum RequestText {
    static func lines(_ request: LoginRequestStatement) -> [String] {
        let initiator = request.initiator
        let began = Date(timeIntervalSince1970: Double(initiator.startedAt.seconds)).formatted(.iso8601)
        let expires = Date(timeIntervalSince1970: Double(request.expiresAt.seconds)).formatted(.iso8601)
        let network = initiator.sameNetwork ? "the same network as this device" : "ANOTHER NETWORK than this device"
        var lines = [
            row("Town", request.portal.tenantName), row("Portal", "\(request.portal.name) (\(request.portal.host))"),
            row("Text", request.text), row("Needs", list(request.essentialClaims)),
            row("Would like", list(request.voluntaryClaims)), row("Level", request.acr),
            row("Browser", "\(initiator.browser), \(initiator.area), \(network)"), row("Begun", began),
            row("Valid until", expires),
        ]
        if request.acr.hasPrefix("sim:") { lines.append("(A simulated login: good for tests and for nothing else.)") }
        return lines
    }

    /// The three answers, equally easy to reach.
    static let answers = "Answer with: citizen-phone approve | citizen-phone deny | citizen-phone report"

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
