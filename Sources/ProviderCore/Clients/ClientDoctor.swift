internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Examines one client from the provider's side: its registration, its addresses, and what was seen of it.
public struct ClientDoctor: Sendable {
    let registry: ClientRegistry
    let observations: ClientObservations
    let store: any ProviderStore
    let documents: DocumentFetch
    let clock: ProviderClock

    /// The latest logout tokens that are looked at.
    private static let deliveries = 10
    /// Hosts of one client that are called, and redirect URIs.
    private static let hosts = 8

    /// Nil when there is no such client, or it cannot act now. Calls the portal's hosts; a fault of the store is thrown.
    public func examine(_ identifier: ClientIdentifier) async throws -> [IntegrationFinding]? {
        guard let registered = registry.resolve(identifier) else { return nil }
        let client = registered.client
        let region = registry.region
        let rules = ClientRules(
            tenant: registered.scope.tenant, isDevelopment: region.isDevelopment, isNotified: region.isNotified)
        // What a town adopted counts as well when the client may not ask for it: that is what is to be said.
        let services =
            registry.offered(to: client) + client.servedTenants.flatMap { registry.adopted(by: $0, from: client) }
        let objections =
            rules.objections(to: client)
            + rules.objections(to: client, serving: registered.allTowns.map(\.scope.tenant))
            + rules.objections(to: client, askingFor: services)
        var findings = RegistrationDiagnosis(client: client, keys: registered.keys, objections: objections).findings
        findings +=
            HostDiagnosis(
                client: client, tenant: registered.scope.tenant, today: CalendarDate(inGermanyAt: clock.now())
            ).findings
        findings += registry.servedTowns(of: registered).findings
        if let url = client.keysURI { findings.append(await publishedKeys(url)) }
        for url in Self.places(of: client).prefix(Self.hosts) { findings.append(await host(url)) }
        let callbacks = client.redirectURIs.compactMap { OutboundURL(rawValue: $0.rawValue) }
        for url in callbacks.prefix(Self.hosts) { findings.append(await callback(url)) }
        if client.logout.backChannelURI != nil { findings.append(try await deliveries(to: identifier)) }
        return findings
            + ObservationDiagnosis(
                seen: observations.observation(of: identifier),
                makesAssertions: client.authenticationMethod == .privateKeyJWT
            ).findings
    }

    private func publishedKeys(_ url: OutboundURL) async -> IntegrationFinding {
        let check = ClientCheck.publishedKeys
        do {
            let document = try await documents(url)
            guard let keys = ClientKeySet(published: document) else {
                return check.failure("jwks_uri holds no JWK Set.", "Publish {\"keys\": [...]} there.")
            }
            let usable = SignatureAlgorithm.allCases.filter { !keys.verificationKeys($0).isEmpty }
            guard !usable.isEmpty else {
                return check.failure(
                    "jwks_uri holds no key that can be used.", "Publish a public key with kid and alg.")
            }
            let names = (document.object?["keys"]?.array ?? []).prefix(10).compactMap {
                $0.object?["kid"]?.string.map(Self.plain)
            }
            return check.ok("jwks_uri answers with the keys \(names.joined(separator: ", ")).")
        } catch {
            return check.failure(
                "jwks_uri \(Self.words(error)).", "Make it answer with application/json, without a redirect.")
        }
    }

    /// Any answer will do: a host that answers has an address, a port that is open and a certificate of its name.
    private func host(_ url: OutboundURL) async -> IntegrationFinding {
        let check = ClientCheck.portalHosts
        do {
            _ = try await documents(url)
        } catch let failure as OutboundFailure {
            switch failure {
            case .status, .mediaType, .malformed, .redirect, .tooLarge: break
            case .notAllowed:
                return check.notTested(
                    "\(url.authority) has an address to which this provider makes no calls.",
                    "Name it in outbound.allowed_hosts, if the provider shall call it.")
            case .busy, .cancelled:
                return check.notTested("\(url.authority) was not called: \(Self.words(failure)).", "Try again.")
            case .unresolvable, .connect, .tls, .timeout:
                return check.failure(
                    "\(url.authority) \(Self.words(failure)).", "Check name, firewall and certificate of the portal.")
            }
        } catch { return check.notTested("\(url.authority) was not called.", nil) }
        return check.ok("\(url.authority) answers, with a certificate of its name.")
    }

    /// A good portal refuses a callback without parameters, whatever the status; a dead address breaks every login that uses it.
    private func callback(_ url: OutboundURL) async -> IntegrationFinding {
        let check = ClientCheck.redirectURIs
        do {
            _ = try await documents(url)
        } catch OutboundFailure.status(let status) where status == 404 || status == 410 {
            return check.failure(
                "\(url.rawValue) answers with status \(status): there is no callback.",
                "Take the URI out of the registration, or let the portal answer there.")
        } catch OutboundFailure.status(let status) where status >= 500 {
            return check.warning(
                "\(url.rawValue) answers a call without parameters with status \(status).",
                "Refuse a callback without code and state with a page that says so.")
        } catch let failure as OutboundFailure {
            switch failure {
            case .status, .mediaType, .malformed, .redirect, .tooLarge: break
            case .notAllowed, .busy, .cancelled, .unresolvable, .connect, .tls, .timeout:
                return check.notTested("\(url.rawValue) was not called: its host \(Self.words(failure)).", nil)
            }
        } catch { return check.notTested("\(url.rawValue) was not called.", nil) }
        return check.ok("\(url.rawValue) answers.")
    }

    private func deliveries(to client: ClientIdentifier) async throws -> IntegrationFinding {
        let check = ClientCheck.logoutDelivery
        let latest = try await store.logouts(to: client, limit: Self.deliveries)
        guard !latest.isEmpty else {
            return check.notTested("No logout token was sent yet.", "Log in at the portal, then out at the provider.")
        }
        let open = latest.filter { $0.state != .delivered }
        guard let worst = open.first else { return check.ok("The last \(latest.count) logout tokens were taken.") }
        let cause =
            "\(open.count) of the last \(latest.count) logout tokens were not taken: "
            + (worst.lastFailure ?? "not tried yet")
        let remedy = "Answer a good logout token with status 200 at backchannel_logout_uri, without a redirect."
        return open.contains { $0.state == .failed } ? check.failure(cause, remedy) : check.warning(cause, remedy)
    }

    /// The front pages of the hosts that the client's addresses name, each once.
    private static func places(of client: Client) -> [OutboundURL] {
        let browser = client.redirectURIs + [client.initiateLoginURI].compactMap(\.self)
        let addresses =
            browser.filter { $0.rawValue.hasPrefix("https://") }.map(\.origin)
            + [client.logout.backChannelURI].compactMap { $0.map { "https://" + $0.authority } }
        var seen: Set<String> = []
        return addresses.compactMap { OutboundURL(rawValue: $0 + "/") }.filter { seen.insert($0.authority).inserted }
    }

    /// What a portal wrote, short and without characters that act on a terminal.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { (0x21...0x7E).contains($0.value) }.prefix(64)))
    }

    private static func words(_ error: any Error) -> String {
        switch error as? OutboundFailure {
        case .notAllowed: "has an address that is not public"
        case .unresolvable: "has no address"
        case .connect: "takes no connection"
        case .tls: "has no certificate that can be trusted"
        case .timeout: "did not answer in time"
        case .tooLarge: "answers with too much"
        case .redirect: "leads elsewhere, which is not followed"
        case .status(let status): "answers with status \(status)"
        case .mediaType: "answers with another content type"
        case .malformed: "answers with what is not JSON"
        case .busy: "failed too often and is left alone for a while"
        case .cancelled: "was not waited for"
        case nil: "was not reached"
        }
    }
}
