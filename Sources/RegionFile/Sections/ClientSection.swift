import AccountDirectory
import OpenIDMessages

/// The section `clients`.
struct ClientSection {
    private static let keys = [
        "id", "tenant", "name", "profile", "redirect_uris", "authentication", "jwks", "jwks_file", "secret_sha256",
        "require_pushed_authorization_requests", "id_token_alg", "scopes", "required_level", "initiate_login_uri",
    ]

    private(set) var clients: [Client] = []
    private var names = NameTable("client")
    private let tenants: TenantSection
    private let isDevelopment: Bool

    init(_ entries: [YAMLValue], _ tenants: TenantSection, isDevelopment: Bool) {
        self.tenants = tenants
        self.isDevelopment = isDevelopment
        for entry in entries { read(entry) }
    }

    private mutating func read(_ value: YAMLValue) {
        guard let entry = value.mapping(keys: Self.keys) else { return }
        let identifier = entry.required("id") {
            $0.wire(ClientIdentifier.self, "1 to 128 letters, digits and any of `-._~`")
        }
        let isNew = names.add(identifier?.rawValue, at: entry["id"])
        let tenantName = entry.required("tenant") { tenants.reference($0) }
        let tenant = tenantName.flatMap { tenants.tenant($0) }
        let name = entry.required("name") { $0.text() }
        let redirectURIs = entry.required("redirect_uris") { self.redirectURIs($0, tenant) }
        let credentials = ClientCredentials(entry)
        let scopes = entry.required("scopes") { Self.scopes($0, tenant) }
        let requiredLevel = entry.value("required_level", default: tenant?.floor) { Self.level($0, tenant) }
        let initiateLoginURI = entry["initiate_login_uri"].flatMap { uri($0, tenant) }
        let profile = entry.value("profile", default: .baseline) { $0.choice(ClientProfile.self) }
        let pushes = entry.value("require_pushed_authorization_requests", default: true) { $0.bool() }
        let algorithm = entry.value("id_token_alg", default: .es256) { $0.choice(SignatureAlgorithm.self) }
        guard isNew, let identifier, let tenant, let name, let redirectURIs, let scopes, let requiredLevel else {
            return
        }
        clients.append(
            Client(
                identifier: identifier, tenant: tenant.identifier, name: name, profile: profile,
                redirectURIs: redirectURIs, authenticationMethod: credentials.method, keys: credentials.keys,
                secretDigest: credentials.secretDigest, requiresPushedAuthorizationRequests: pushes,
                cryptography: ClientCryptography(idTokenAlgorithm: algorithm), scopes: scopes,
                requiredLevel: requiredLevel,
                initiateLoginURI: initiateLoginURI))
    }

    private func redirectURIs(_ value: YAMLValue, _ tenant: Tenant?) -> [RedirectURI]? {
        value.someDistinct { uri($0, tenant) }
    }

    /// A URI on a host that the tenant has proved to be its own (invariant I29).
    private func uri(_ value: YAMLValue, _ tenant: Tenant?) -> RedirectURI? {
        guard let uri = value.redirectURI() else { return nil }
        if uri.isLoopback {
            return isDevelopment ? uri : value.refused("a loopback address is only for a development region")
        }
        guard let tenant, !tenant.hosts.contains(uri.host) else { return uri }
        let hosts = tenant.hosts.isEmpty ? "it has none" : "it has " + tenant.hosts.prefix(5).joined(separator: ", ")
        return value.refused("host `\(uri.host)` is not one of tenant `\(tenant.identifier)`; \(hosts)")
    }

    private static func scopes(_ value: YAMLValue, _ tenant: Tenant?) -> [String] {
        let scopes = value.scopes()
        guard let tenant, let allowed = tenant.allowedScopes else { return scopes }
        for element in value.elements() ?? [] {
            guard let scope = element.scalarText, scopes.contains(scope), !allowed.contains(scope) else { continue }
            element.refuse("tenant `\(tenant.identifier)` does not allow scope `\(scope)`")
        }
        return scopes
    }

    private static func level(_ value: YAMLValue, _ tenant: Tenant?) -> AssuranceLevel? {
        guard let level = value.level() else { return nil }
        guard let tenant, level < tenant.floor else { return level }
        return value.refused(
            "level `\(level.name)` is below the floor `\(tenant.floor.name)` of tenant `\(tenant.identifier)`")
    }
}
