internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The device authorization grant (RFC 8628): the device shows a code, the person types it in any browser and decides on
/// the phone, as for every login. A session is never enough: whoever sent the code could be anybody (RFC 8628 §5.4).
public struct DeviceGrantFlow: Sendable {
    let issuer: IssuerURL
    let rules: AuthorizationRules
    let devices: DeviceAuthorizations
    let logins: BrowserLoginFlow

    /// RFC 8628 §3.2: the answer to a device's request.
    public func begin(
        _ parameters: FormParameters, by client: AuthenticatedClient
    ) throws(ClientRefusal) -> JSONObject {
        let request = try rules.validate(polled: parameters, by: client.registered, grantType: .deviceCode)
        guard let (device, user) = devices.begin(request) else {
            throw ClientRefusal(.temporarilyUnavailable, "too many devices are waiting", .overloaded)
        }
        let page = issuer.appending(DiscoveryDocument.Path.device)
        return [
            "device_code": .string(device.text), "user_code": .string(user.text), "verification_uri": .string(page),
            "verification_uri_complete": .string(page + "?user_code=" + user.text),
            "expires_in": .integer(Lifetime.deviceCode), "interval": .integer(PollingPace.interval),
        ]
    }

    /// Who asks, for the person to compare with what stands before them.
    public struct Asker: Sendable {
        public let portal: String
        public let tenant: String
    }

    /// The device behind a code; nil when none waits with it.
    public func asker(_ code: UserCode) -> Asker? {
        guard let client = devices.entry(code)?.request.client else { return nil }
        return Asker(portal: client.client.name, tenant: client.scope.tenant.officialName)
    }

    /// What came of a typed code.
    public enum Entry: Sendable {
        case login(page: String, cookie: String)
        /// No device waits with this code, or somebody decides about it now.
        case unknown
        case overloaded
    }

    /// The person typed the code: a login begins in this browser.
    public func enter(_ code: UserCode, browser: BrowserContext) -> Entry {
        guard let entry = devices.entry(code) else { return .unknown }
        let start = LoginStart(
            previousSession: nil, expectedSubject: nil,
            redemption: PolledRedemption(handle: entry.device, until: entry.expiresAt))
        guard let begun = logins.begin(entry.request, browser: browser, start: start) else { return .overloaded }
        guard devices.attach(code, login: begun.page) else {
            // Somebody else was first: nobody will ever see this login.
            logins.withdraw(page: begun.page)
            return .unknown
        }
        return .login(page: begun.page, cookie: begun.cookie)
    }
}
