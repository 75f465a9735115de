internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Client-initiated backchannel authentication (OpenID Connect CIBA Core 1.0): a portal asks for a person whom it knows,
/// and the person decides on the phone. Every grant comes of `GrantPolicy` like any other.
public struct BackChannelFlow: Sendable {
    let rules: AuthorizationRules
    let objects: RequestObjectVerifier
    let hints: BackChannelHints
    let store: any BackChannelStore
    let requests: BackChannelRequests
    let prompts: BackChannelPrompts
    let notifications: BackChannelNotifications
    let budget: BackChannelBudget
    let clock: ProviderClock

    /// CIBA Core §7.3: the acknowledgement of a request. It is the same for somebody who has no phone, wants to hear
    /// nothing of this portal, or does not exist (docs/decisions/0014).
    ///
    /// - Parameters:
    ///   - proofKey: the key of the call's DPoP proof; the tokens will be bound to it.
    ///   - area: the network from which the portal asks.
    public func begin(
        _ parameters: FormParameters, by client: AuthenticatedClient, proofKey: KeyThumbprint?, area: String
    ) async throws -> JSONObject {
        let registered = client.registered
        guard let settings = registered.client.backChannel else {
            throw ClientRefusal(.unauthorizedClient, "the client may not use this grant", .grantTypeNotAllowed)
        }
        guard budget.take(client.identifier) else {
            throw ClientRefusal(.temporarilyUnavailable, "this client asks too often", .budgetSpent)
        }
        let request = try BackChannelAuthenticationRequest(
            parameters: try await opened(parameters, by: registered, settings))
        try check(request, of: registered.client, settings)
        let validated = try rules.validate(
            polled: request.demand, by: registered, grantType: .backChannel, proofKey: proofKey)
        let acting = validated.client
        let subject = try await hints.subject(request.hint, by: acting)
        let recipient = try await store.recipient(subject, in: acting.sector, of: client.identifier)
        return try ask(recipient, validated, request, area: area)
    }

    /// CIBA Core §7.1.1: what is signed stands in the object alone. FAPI-CIBA §5.2.2-6 wants it signed.
    private func opened(
        _ parameters: FormParameters, by client: RegisteredClient, _ settings: ClientBackChannel
    ) async throws -> FormParameters {
        guard let object = parameters[backChannel: .request] else {
            guard client.client.profile != .fapi2, !client.client.requiresSignedRequestObject,
                settings.requestAlgorithm == nil
            else {
                throw ClientRefusal(
                    .invalidRequest, "this client must sign its authentication requests", .requestObjectRequired)
            }
            return parameters
        }
        guard BackChannelParameter.allCases.allSatisfy({ $0 == .request || parameters[backChannel: $0] == nil }) else {
            throw ClientRefusal(
                .invalidRequest, "a parameter stands beside the signed request", .requestObjectClaims)
        }
        return try await objects.parameters(of: object, by: client, kind: .backChannel)
    }

    private func check(
        _ request: BackChannelAuthenticationRequest, of client: Client, _ settings: ClientBackChannel
    ) throws(ClientRefusal) {
        // FAPI-CIBA §5.2.2-2: what the person approves must be told from every other request.
        guard request.bindingMessage != nil || client.profile != .fapi2 else {
            throw ClientRefusal(.invalidRequest, "binding_message is missing", .bindingMessageMissing)
        }
        guard request.notificationToken != nil || settings.delivery != .ping else {
            throw ClientRefusal(.invalidRequest, "client_notification_token is missing", .notificationTokenMissing)
        }
    }

    private func ask(
        _ recipient: BackChannelRecipient?, _ validated: ValidatedAuthorizationRequest,
        _ request: BackChannelAuthenticationRequest,
        area: String
    ) throws(ClientRefusal) -> JSONObject {
        let now = clock.now()
        let limits = Lifetime.backChannelRequests
        let lifetime =
            request.requestedExpiry.map { min(max($0, limits.lowerBound), limits.upperBound) }
            ?? Lifetime.backChannelRequest
        let handle = OneTimeHandle(.authenticationRequest)
        let client = validated.client.client
        let reachable = recipient.flatMap { $0.stoppedAt == nil ? $0 : nil }
        func login(_ recipient: BackChannelRecipient?) -> Login {
            let redemption = PolledRedemption(handle: handle.digest, until: now + lifetime)
            let prompt = BackChannelPrompt(
                recipient: recipient, message: request.bindingMessage, expiresAt: redemption.until)
            return Login(
                request: validated,
                browser: BrowserContext(description: String(client.name.prefix(100)), area: area, language: .german),
                cookie: OneTimeSecret().digest,
                start: LoginStart(
                    previousSession: nil, expectedSubject: nil, redemption: redemption, prompt: prompt), now: now)
        }
        var asked = login(reachable)
        if let reachable, !prompts.open(asked.page, for: reachable.account, of: client.identifier) {
            // Another request is open, or it is too soon after one that the person did not want: nobody sees this one.
            asked = login(nil)
        }
        // Before the login is there: a phone that asks at this moment may end it at once.
        if let endpoint = client.backChannel?.notificationEndpoint, let token = request.notificationToken {
            notifications.expect(
                BackChannelNotification(request: handle, token: token, endpoint: endpoint), of: asked.page)
        }
        guard let redemption = asked.start.redemption, let prompt = asked.start.prompt,
            requests.begin(asked, redemption)
        else {
            notifications.withdraw(asked.page)
            prompts.withdraw(asked)
            throw ClientRefusal(.temporarilyUnavailable, "too many requests are waiting", .overloaded)
        }
        prompts.announce(asked)
        return [
            "auth_req_id": .string(handle.text), "expires_in": .integer(lifetime),
            "interval": .integer(PollingPace.interval), "call_code": .string(prompt.callCode),
        ]
    }
}
