import DeviceAuthenticator
import OpenIDMessages

/// Examines a portal as a browser and a phone see it. Every login is a real one, which the phone answers.
struct PortalDoctor {
    let visitor: PortalVisitor
    let provider: ProviderFacts
    /// A page of the portal that differs for who is signed in; else the page where the genuine login ends.
    let accountPage: WebAddress?
    /// How long to wait until the operator has rotated the provider's keys; nil to leave that check out.
    let rotationSeconds: Int64?
    let console: Console

    func examine() async throws -> [IntegrationFinding] {
        let keys = try await provider.keys(by: visitor.transport)
        let first: PortalVisit
        do {
            say("a genuine login")
            guard let visit = try await visitor.visit() else { return [Self.noCallback] }
            first = visit
        } catch let failure as CommandFailure where failure.status == .browser {
            return [PortalCheck.authorizationRequest.failure(failure.message.english), clock]
        }
        var session = first.browser
        let genuine = try await GenuineLogin(first, in: &session, doctor: self)
        guard genuine.succeeded else {
            say("another login, for comparison")
            let second = try await visitor.visit(approves: false)
            return requestFindings(first, second) + [clock, genuine.finding]
        }
        let probes = CallbackProbes(visitor: visitor, genuine: genuine, say: say)
        let (probed, second) = try await probes.run()
        let redirector = try await RedirectorProbe(visitor: visitor, say: say).finding()
        let rotation = try await RotationCheck(doctor: self, genuine: genuine, before: keys).finding()
        let logout = try await LogoutCheck(provider: provider, genuine: genuine, session: session).finding()
        return requestFindings(first, second) + [clock, genuine.finding] + probed + [redirector, rotation, logout]
    }

    func say(_ what: String) { console.note("Doctor: \(what)") }

    private static let noCallback = PortalCheck.genuineLogin.notTested(
        "The provider's answer does not reach the portal by a redirect with a query (form_post is not played).",
        remedy: "Let the portal ask for response_mode=query while the doctor examines it.")

    private func requestFindings(_ first: PortalVisit, _ second: PortalVisit?) -> [IntegrationFinding] {
        guard let second else { return [] }
        return RequestRules(first: first.attempt, second: second.attempt).findings
    }

    private var clock: IntegrationFinding {
        func samples(_ site: WebAddress) -> [ClockRules.Sample] {
            visitor.transport.exchanges.filter { $0.address.origin == site.origin }.compactMap { exchange in
                exchange.date.map { ClockRules.Sample(date: $0, seenAt: exchange.seenAt) }
            }
        }
        return ClockRules.finding(portal: samples(visitor.address), provider: samples(provider.authorizationEndpoint))
    }
}
