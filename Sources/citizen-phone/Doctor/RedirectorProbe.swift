import OpenIDMessages

/// Whether the callback sends browsers wherever its parameters say: then a link to the portal leads people, or a code,
/// elsewhere (RFC 9700 §4.11.1).
struct RedirectorProbe {
    let visitor: PortalVisitor
    let say: (String) -> Void

    /// Nobody's: the browser stops before it gets there.
    static let elsewhere = "https://attacker.example"

    /// Names under which portals take an address to go to.
    static let names = [
        "next", "url", "uri", "redirect", "redirect_to", "redirect_url", "redirect_uri", "return", "return_to",
        "returnTo", "return_url", "returnUrl", "continue", "target", "target_link_uri", "goto", "dest", "destination",
        "RelayState",
    ]

    func finding() async throws -> IntegrationFinding {
        let check = PortalCheck.openRedirector
        say("a callback that names an address elsewhere")
        guard let visit = try await visitor.visit() else {
            return check.notTested("The portal was not called back by a redirect.")
        }
        for (what, callback) in Self.callbacks(visit) {
            var browser = what.isOwn ? visit.browser : visitor.newBrowser
            let end: BrowserSession.Page
            do {
                end = try await browser.open(callback) { $0.origin == Self.elsewhere }
            } catch { return check.warning("The portal gave no usable answer: \(CommandFailure(error).message)") }
            if end.address.origin == Self.elsewhere {
                return check.failure("\(what.name) led the browser to \(Self.elsewhere).")
            }
        }
        return check.ok("Neither a good callback nor a forged one led the browser to an address that it named.")
    }

    private static func callbacks(_ visit: PortalVisit) -> [((name: String, isOwn: Bool), WebAddress)] {
        let address = elsewhere + "/"
        var named: [String: String?] = [:]
        for name in names { named[name] = address }
        // Nothing of a login is in it: what a stranger sends somebody as a link.
        var forged = named
        for name in visit.attempt.callback.names { forged.updateValue(nil, forKey: name) }
        forged["error"] = "access_denied"
        forged["state"] = address
        return [
            (("A good callback with further parameters", true), visit.callback(changing: named)),
            (("A forged callback", false), visit.callback(changing: forged)),
        ].compactMap { what, callback in callback.map { (what, $0) } }
    }
}
