import OpenIDMessages

/// Judges what two logins of one portal showed on their way to the provider and back.
struct RequestRules {
    /// One login as a browser sees it.
    struct Attempt {
        /// The query with which the browser came to the authorization endpoint; nil when it was not seen.
        var request: FormParameters?
        /// The query with which it came back.
        var callback: FormParameters
    }

    let first: Attempt
    let second: Attempt

    /// 128 bits in base64url.
    private static let goodLength = 22

    var findings: [IntegrationFinding] { [request, pushed, challenge, state, nonce] }

    private static let asksInside = "citizen-id client doctor shows it at the provider."

    private var isPushed: Bool { first.request?["request_uri"] != nil }

    /// Nil when parameters travel where the browser does not see them.
    private var visible: (FormParameters, FormParameters)? {
        guard let one = first.request, let two = second.request, !isPushed, one["request"] == nil else { return nil }
        return (one, two)
    }

    private var request: IntegrationFinding {
        PortalCheck.authorizationRequest.ok("The provider took the request and knows the redirect URI.")
    }

    private var pushed: IntegrationFinding {
        let check = PortalCheck.pushedRequest
        guard first.request != nil else { return check.notTested("The request was not sent by a redirect.") }
        return isPushed
            ? check.ok("The portal pushes its request; the browser carries a reference.")
            : check.warning("The whole request passes through the browser, where it can be read and changed.")
    }

    private var challenge: IntegrationFinding {
        let check = PortalCheck.codeChallenge
        guard let (one, two) = visible else { return hidden(check) }
        guard let challenge = one["code_challenge"] else {
            return check.failure("There is no code_challenge: a stolen code can be used.")
        }
        guard one["code_challenge_method"] == "S256" else {
            return check.failure("The method is not S256: who sees the request can use the code.")
        }
        guard challenge != two["code_challenge"] else {
            return check.failure("Two logins had the same code_challenge.")
        }
        return check.ok("PKCE with S256, fresh for each login.")
    }

    /// The provider sends `state` back, so that it is seen even when the request was pushed.
    private var state: IntegrationFinding {
        judge(.state, "state", first.callback["state"], second.callback["state"], whenMissing: .failure)
    }

    private var nonce: IntegrationFinding {
        guard let (one, two) = visible else { return hidden(.nonce) }
        let hasChallenge = one["code_challenge"] != nil
        return judge(.nonce, "nonce", one["nonce"], two["nonce"], whenMissing: hasChallenge ? .warning : .failure)
    }

    private func hidden(_ check: PortalCheck) -> IntegrationFinding {
        check.notTested("The browser does not see it, for the request is pushed or signed.", remedy: Self.asksInside)
    }

    private func judge(
        _ check: PortalCheck, _ name: String, _ one: String?, _ two: String?,
        whenMissing: IntegrationFinding.Result
    ) -> IntegrationFinding {
        guard let one, let two else {
            let cause = "The portal sends no \(name)."
            return whenMissing == .warning
                ? check.warning(cause + " PKCE alone guards the code.") : check.failure(cause)
        }
        guard one != two else { return check.failure("Two logins had the same \(name).") }
        let length = min(one.utf8.count, two.utf8.count)
        guard length >= Self.goodLength else {
            return check.warning("\(name) has \(length) characters: too few for 128 random bits.")
        }
        return check.ok("Fresh for each login, \(length) characters.")
    }
}
