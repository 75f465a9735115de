import OpenIDMessages

/// Ends the session at the provider and looks whether the portal's ends, too.
struct LogoutCheck {
    let provider: ProviderFacts
    let genuine: GenuineLogin
    /// The browser of the genuine login, with the provider's cookies.
    let session: BrowserSession

    /// How long a portal may take, in seconds: logout tokens are sent at once.
    private static let patience = 10

    func finding() async throws -> IntegrationFinding {
        let check = PortalCheck.logout
        guard genuine.judge.hasWitness else {
            return check.notTested(
                "No page of the portal tells who is signed in.", remedy: "Name one with --account-page.")
        }
        guard try await genuine.judge.isSignedIn(genuine.probe.look(session)) else {
            return check.notTested("The portal's session of the genuine login is over already.")
        }
        guard try await endSession() else { return check.notTested("The provider showed no form for a logout.") }
        for _ in 1...Self.patience {
            guard try await genuine.judge.isSignedIn(genuine.probe.look(session)) else {
                return check.ok("After the logout at the provider nobody was signed in at the portal.")
            }
            try await Task.sleep(for: .seconds(1))
        }
        return check.warning(
            "\(Self.patience) s after the logout at the provider the person was still signed in at the portal.")
    }

    private func endSession() async throws -> Bool {
        guard let address = provider.endSession else { return false }
        var browser = session
        let page = try await browser.open(address)
        guard let form = LoginPage.form("logout-form", in: HTMLScanner.pieces(of: page.html)) else { return false }
        return try await browser.submit(form, from: page.address).status < 400
    }
}
