import IdentityCrypto
import OpenIDMessages

/// Bad callbacks, each made from a login of its own, and what the portal makes of them.
struct CallbackProbes {
    let visitor: PortalVisitor
    let genuine: GenuineLogin
    let say: (String) -> Void

    /// The findings, and one of the logins for a comparison with the first.
    func run() async throws -> (findings: [IntegrationFinding], visit: PortalVisit?) {
        guard genuine.judge.canTell else {
            let untested = Self.checks.map { $0.notTested("Nothing tells whether a callback signed somebody in.") }
            return (untested, try await visit("another login, for comparison"))
        }
        var kept: PortalVisit?
        var findings: [IntegrationFinding] = []
        for check in Self.checks {
            guard let visit = try await visit(Self.name(check), approves: check != .errorResponse) else {
                findings.append(check.notTested("The portal was not called back by a redirect."))
                continue
            }
            kept = visit
            findings.append(try await finding(check, visit))
        }
        return (findings, kept)
    }

    private static let checks: [PortalCheck] = [
        .wrongState, .otherBrowser, .missingIssuer, .wrongIssuer, .errorResponse, .foreignCode, .replayedCallback,
    ]

    private static func name(_ check: PortalCheck) -> String {
        switch check {
        case .wrongState: "a callback with another state"
        case .otherBrowser: "a callback in a browser that did not begin the login"
        case .missingIssuer: "a callback without iss"
        case .wrongIssuer: "a callback with the iss of somebody else"
        case .errorResponse: "a callback with an error (the phone denies this login)"
        case .foreignCode: "a callback with the code of another login"
        case .replayedCallback: "a callback that was used before"
        default: check.rawValue
        }
    }

    private func visit(_ what: String, approves: Bool = true) async throws -> PortalVisit? {
        say(what)
        return try await visitor.visit(approves: approves)
    }

    private func finding(_ check: PortalCheck, _ visit: PortalVisit) async throws -> IntegrationFinding {
        guard visit.hasCode || check == .errorResponse || check == .otherBrowser || check == .replayedCallback else {
            return check.notTested("The callback has no code in the open: its parameters are signed.")
        }
        var browser = check == .otherBrowser ? visitor.newBrowser : visit.browser
        if check == .replayedCallback {
            // The same browser, as a second tab that still has the cookies of the login.
            var other = visit.browser
            _ = try? await genuine.probe.open(visit.callback, in: &other)
        }
        guard let callback = try await callback(check, visit) else { return check.notTested("There was no code.") }
        do { return judge(check, try await genuine.probe.open(callback, in: &browser)) } catch {
            return check.warning("The portal gave no usable answer: \(CommandFailure(error).message)")
        }
    }

    private func callback(_ check: PortalCheck, _ visit: PortalVisit) async throws -> WebAddress? {
        switch check {
        case .wrongState: return visit.callback(changing: ["state": StateValue.random(bytes: 32).rawValue])
        case .missingIssuer: return visit.callback(changing: ["iss": nil])
        case .wrongIssuer: return visit.callback(changing: ["iss": "https://attacker.example"])
        case .foreignCode:
            let other = try await self.visit("the login whose code is taken")
            return other?.attempt.callback["code"].flatMap { visit.callback(changing: ["code": $0]) }
        default: return visit.callback
        }
    }

    private func judge(_ check: PortalCheck, _ end: CallbackEnd) -> IntegrationFinding {
        let name = Self.name(check)
        let what = name.prefix(1).uppercased() + name.dropFirst()
        let place = "\(end.rest.location) with status \(end.rest.status)"
        if genuine.judge.isSignedIn(end) {
            return check.failure("\(what) signed the person in, at \(place).")
        }
        // 502 and the like say that the provider refused; 500 is what nobody thought of.
        guard end.rest.status != 500 else {
            return check.warning("\(what) signed nobody in, but the portal broke down at \(place).")
        }
        return check.ok("\(what) signed nobody in; it ended at \(place).")
    }
}
