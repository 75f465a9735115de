import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// Portals and services with every grant, and with every form of answer.
public enum TestGrants {
    public static let files = TestProfiles.resource
    public static let archive = ResourceURI(rawValue: "https://archive.example/api")!
    public static let vault = ResourceURI(rawValue: "https://vault.example/api")!

    /// Refresh tokens that rotate.
    public static let refreshing = portal("refreshing") { $0.grantTypes = [.authorizationCode, .refreshToken] }
    public static let otherRefreshing = portal("other-refreshing") {
        $0.grantTypes = [.authorizationCode, .refreshToken]
    }
    /// Refresh tokens under DPoP, by FAPI 2.0 Security Profile.
    public static let fapi = portal("fapi-refreshing", .fapi2, .privateKeyJWT) {
        $0.grantTypes = [.authorizationCode, .refreshToken]
        $0.requiresDPoP = true
        $0.requiresPushedAuthorizationRequests = true
    }
    public static let otherFAPI = portal("other-fapi", .fapi2, .privateKeyJWT) {
        $0.grantTypes = [.authorizationCode, .refreshToken]
        $0.requiresDPoP = true
        $0.requiresPushedAuthorizationRequests = true
    }
    /// A native application with refresh tokens.
    public static let native = portal("native-refreshing", .baseline, .none) {
        $0.grantTypes = [.authorizationCode, .refreshToken]
    }
    /// Software that knows no PKCE.
    public static let legacy = portal("legacy-refreshing", .legacy) {
        $0.grantTypes = [.authorizationCode, .refreshToken]
    }
    /// A device without a keyboard.
    public static let television = portal("television") { $0.grantTypes = [.deviceCode, .refreshToken] }
    public static let otherTelevision = portal("other-television") { $0.grantTypes = [.deviceCode] }
    /// Every grant.
    public static let everything = portal("everything") {
        $0.grantTypes = Set(GrantType.allCases)
        $0.backChannel = ClientBackChannel(delivery: .poll)
    }
    /// The service behind `files`; it calls `archive`.
    public static let filesService = portal("files-service") {
        $0.grantTypes = [.tokenExchange, .clientCredentials]
        $0.servedResource = files
        $0.resources = [archive]
    }
    /// The service behind `archive`; it calls `vault`.
    public static let archiveService = portal("archive-service") {
        $0.grantTypes = [.tokenExchange, .clientCredentials]
        $0.servedResource = archive
        $0.resources = [vault]
    }

    public static let portals = [
        refreshing, otherRefreshing, fapi, otherFAPI, native, legacy, television, otherTelevision, everything,
        filesService, archiveService,
    ]

    /// A baseline portal with a secret, unless told otherwise.
    public static func portal(
        _ identifier: String, _ profile: ClientProfile = .baseline,
        _ method: ClientAuthenticationMethod = .clientSecretBasic, _ change: (inout Client) -> Void = { _ in }
    ) -> TestPortal {
        var client = Client(
            identifier: ClientIdentifier(rawValue: identifier)!, tenant: TestRegion.herten,
            name: "Portal \(identifier)", profile: profile,
            redirectURIs: [RedirectURI(rawValue: "https://\(identifier).example/callback")!],
            authenticationMethod: method, requiresPushedAuthorizationRequests: false,
            scopes: ["openid", "person", "email"], resources: [files], requiredLevel: .normal)
        change(&client)
        return TestPortal(client)
    }
}

extension TestProvider {
    /// A provider whose region has the portals of `TestGrants` as well, and these.
    public static func withGrants(
        _ more: [TestPortal] = [], store: SQLiteStore? = nil, clock: SettableClock = SettableClock()
    ) async throws -> TestProvider {
        let provider = try await TestProvider(store: store, clock: clock)
        try provider.add(TestGrants.portals + more)
        return provider
    }

    /// What the token endpoint gives for a whole login.
    public func granted(
        at portal: TestPortal, phone: TestPhone, _ changes: [String: String?] = [:], key: SigningKey? = nil
    ) async throws -> JSONObject {
        try await redeem(try await code(at: portal, phone: phone, changes), at: portal, key: key)
    }

    /// What the token endpoint gives for a refresh token.
    public func refreshed(
        _ token: String, at portal: TestPortal, _ changes: [String: String] = [:], key: SigningKey? = nil
    ) async throws -> JSONObject {
        let form = ["grant_type": "refresh_token", "refresh_token": token].merging(changes) { $1 }
        return try await tokens(form, at: portal, key: key)
    }

    /// How a portal's call is refused; nil when it is answered.
    public func refusal(_ call: () async throws -> Void) async throws -> ClientRefusal? {
        do {
            try await call()
            return nil
        } catch let refusal as ClientRefusal { return refusal } catch let error as OAuthError {
            return ClientRefusal(error, .callMalformed)
        }
    }
}

extension TestPortal {
    /// The same portal, registered otherwise.
    public init(_ portal: TestPortal, as client: Client) {
        self.init(client: client, key: portal.key, secret: portal.secret)
    }
}

extension JSONObject {
    /// A text that must be there.
    public func text(_ name: String) throws -> String {
        guard let text = self[name]?.string else { throw TestProvider.Unexpected.noToken }
        return text
    }
}

/// A secret with every kind of damage: cut at each length, each byte changed, extended.
public func damaged(_ secret: String) -> [String] { truncated(secret) + changed(secret) + extended(secret) }

/// A secret cut at each length, from both ends.
public func truncated(_ secret: String) -> [String] {
    let bytes = Array(secret.utf8)
    let texts = (1..<bytes.count).map { bytes.prefix($0) } + (1..<bytes.count).map { bytes.dropFirst($0) }
    return texts.map { String(decoding: $0, as: UTF8.self) }
}

/// A secret with one bit changed, each in turn.
public func changed(_ secret: String) -> [String] {
    let bytes = Array(secret.utf8)
    var texts: [[UInt8]] = []
    for index in bytes.indices {
        for mask: UInt8 in [1, 2, 4, 8, 16, 32, 64, 128] {
            var copy = bytes
            copy[index] ^= mask
            texts.append(copy)
        }
    }
    return texts.map { String(decoding: $0, as: UTF8.self) }
}

/// A secret with something more.
public func extended(_ secret: String) -> [String] {
    ["A", "=", ".", "AA", "\n", " ", "%00", "\u{0}"].map { secret + $0 }
        + [" " + secret, secret.uppercased(), secret + secret]
}

extension TestProvider {
    /// A token exchange of `service` towards `resource`.
    public func exchanged(
        _ subjectToken: String, to resource: ResourceURI, by service: TestPortal, _ changes: [String: String?] = [:],
        key: SigningKey? = nil
    ) async throws -> JSONObject {
        var form: [String: String] = [
            "grant_type": TokenRequest.tokenExchangeGrant, "subject_token": subjectToken,
            "subject_token_type": TokenExchangeRequest.accessTokenType, "resource": resource.rawValue,
        ]
        for (name, value) in changes { form[name] = value }
        return try await tokens(form, at: service, key: key)
    }

    /// What a device hears when it asks for a login.
    public func beginDevice(
        at portal: TestPortal = TestGrants.television, _ parameters: [String: String] = ["scope": "openid person"]
    ) async throws -> JSONObject {
        try provider.deviceGrants.begin(FormParameters(parameters), by: try await authenticated(portal))
    }

    /// A device asks whether its person has decided.
    public func poll(
        _ deviceCode: String, at portal: TestPortal = TestGrants.television, key: SigningKey? = nil
    ) async throws -> JSONObject {
        let form = ["grant_type": TokenRequest.deviceCodeGrant, "device_code": deviceCode]
        return try await tokens(form, at: portal, key: key)
    }

    /// The login that begins when somebody types the code of a device.
    public func typed(_ code: String) throws -> TestLogin {
        guard let user = UserCode(typed: code) else { throw Unexpected.noToken }
        let browser = BrowserContext(description: "Firefox, Linux", area: "192.0.2.x", language: .german)
        guard case .login(let page, let cookie) = provider.deviceGrants.enter(user, browser: browser) else {
            throw Unexpected.loginNotBegun
        }
        return TestLogin(page: page, cookie: cookie, flow: provider.browserLogins)
    }
}
