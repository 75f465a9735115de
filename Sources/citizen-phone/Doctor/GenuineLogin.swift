import OpenIDMessages

/// The login against which all others are compared.
struct GenuineLogin {
    let probe: CallbackProbe
    let judge: SignedInJudge

    /// Opens the callback in `session`, which is signed in afterwards at portal and provider.
    init(_ visit: PortalVisit, in session: inout BrowserSession, doctor: PortalDoctor) async throws {
        let before = session.jar
        let page = try await session.open(visit.callback)
        // A callback that shows a page of its own cannot be asked again: the front page stands for it.
        let isCallback = page.address.path == visit.callback.path && page.address.origin == visit.callback.origin
        let rest = isCallback ? WebAddress("/", relativeTo: visit.callback) : page.address
        probe = CallbackProbe(
            provider: doctor.provider.authorizationEndpoint, witness: doctor.accountPage ?? rest ?? page.address)
        judge = SignedInJudge(
            genuine: CallbackEnd(
                rest: PageSight(page), changedCookies: session.jar.changes(since: before, at: visit.callback),
                witness: try await probe.look(session)),
            stranger: try await probe.look(doctor.visitor.newBrowser))
    }

    var succeeded: Bool { judge.genuine.rest.status < 400 }

    var finding: IntegrationFinding {
        let (rest, check) = (judge.genuine.rest, PortalCheck.genuineLogin)
        guard succeeded else { return check.failure("It ended at \(rest.location) with status \(rest.status).") }
        let witness = probe.witness.origin + probe.witness.path
        if judge.hasWitness {
            return check.ok("It ended at \(rest.location); \(witness) tells who is signed in.")
        }
        return judge.canTell
            ? check.ok(
                "It ended at \(rest.location) and set cookies. No page tells who is signed in: see --account-page.")
            : check.notTested(
                "It ended at \(rest.location), and nothing there tells who is signed in: the login failed, or that page does not show it.",
                remedy: "Name a page that differs for who is signed in with --account-page.")
    }
}
