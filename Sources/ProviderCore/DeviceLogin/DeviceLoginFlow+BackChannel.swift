internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Requests of portals that come without a browser (docs/protocol.md §11).
extension DeviceLoginFlow {
    /// P-11.2: the request that waits for this phone's person; waits for one at most `wait` seconds. The first phone that
    /// asks gets it, and gets the same one again until it is over.
    public func receive(
        by device: VerifiedDevice, language: Language, area: String, wait: Int64
    ) async throws -> ClaimedLogin? {
        let account = device.account.identifier
        let identifier = device.device.identifier
        if prompts.page(for: account, device: identifier) == nil, wait > 0 {
            await prompts.wait(for: account, device: identifier, seconds: min(wait, 25))
        }
        guard let page = prompts.page(for: account, device: identifier), let login = logins.login(.page(page)),
            !login.state.isTerminal
        else { return nil }
        let claimed: Login?
        do {
            let claim = try await makeClaim(
                login, device: device, flow: .backChannel, language: language, area: area, now: clock.now())
            claimed = try logins.claim(.page(page), claim, atMost: openLogins)
        } catch let refusal as DeviceRefusal where refusal.reason == .alreadyClaimed {
            // Another phone of the person was woken by the same request and was quicker.
            return nil
        }
        guard let claimed else { return nil }
        prompts.take(page, of: account, by: identifier)
        return try describe(claimed, device: device)
    }

    /// P-11.4: compares the digits that somebody read out to the person; three tries. The right ones again change nothing.
    /// Spaces and hyphens between them are none of them.
    public func enter(
        callCode digits: String, of transaction: TransactionIdentifier, by device: VerifiedDevice
    ) async throws -> ClaimedLogin {
        guard try held(transaction, by: device).claim?.flow == .backChannel else {
            throw DeviceRefusal(.unknownLogin, .loginUnknown)
        }
        let now = clock.now()
        let typed = String(digits.filter { !$0.isWhitespace && $0 != "-" })
        let entry = logins.update(.transaction(transaction)) { login in login.enter(code: typed, now: now) }
        switch entry {
        case .right: break
        case .wrong(let triesLeft): throw DeviceRefusal(.wrongCallCode, .callCodeWrong, triesLeft: triesLeft)
        case .locked: throw DeviceRefusal(.loginOver, .callCodeWrong)
        case .notAwaited, nil: break
        }
        let login = try held(transaction, by: device)
        guard login.state == .awaitingUser else { throw DeviceRefusal(.loginOver, .loginOver) }
        return try describe(login, device: device)
    }

    /// P-11.4 taken away: whatever digits there are count as typed.
    func spareCallCode(of login: Login) {
        guard login.isShownBeforeCode, let digits = login.claim?.code else { return }
        _ = logins.update(.page(login.page)) { $0.enter(code: digits, now: clock.now()) }
    }

    /// P-11.3: the portal that a report stops. In a browser's login it is not the portal that is reported.
    func stops(_ login: Login, _ claim: Login.Claim, _ decision: LoginDecision) -> ClientIdentifier? {
        guard claim.flow == .backChannel, decision == .report, guards.contains(.reports) else { return nil }
        return login.request.client.client.identifier
    }

    /// What binds an answer to where it was asked for. A portal asks without the digits of a call only where the operator
    /// allows it, and only whom it knows: the person has released something to it that still stands.
    func binding(_ login: Login, _ flow: LoginFlow) async throws -> BrowserBinding {
        switch flow {
        case .qr: return .code
        case .link: return .return
        case .backChannel:
            guard let prompt = login.start.prompt, let account = prompt.recipient,
                login.request.client.client.backChannel?.needsNoCallCode == true, login.request.relay.isMet(by: .none),
                let release = try await store.release(for: login.request.releaseKey(of: account, in: prompt.context)),
                release.state == .granted
            else { return .callCode }
            return .none
        }
    }
}
