internal import ArgumentParser
internal import OpenIDMessages
internal import RelyingParty

/// What a running portal needs besides its key.
struct PortalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The provider, e.g. https://id.example.org.", valueName: "url"))
    var issuer: String?

    @Option(name: .customLong("client-id"), help: ArgumentHelp("The portal's client identifier.", valueName: "id"))
    var clientIdentifier: String?

    @Option(help: ArgumentHelp("Where the portal listens.", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("The portal's own origin; by default https://HOST:PORT.", valueName: "url"))
    var origin: String?

    @Option(help: ArgumentHelp("The TLS certificate chain in PEM.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The TLS private key in PEM.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("Certificates to trust besides the system's, in PEM.", valueName: "file"))
    var ca: String?

    @Option(help: ArgumentHelp("The town, as the pages name it.", valueName: "name"))
    var tenantName = "Stadt Herten"

    @Option(help: ArgumentHelp("The lowest level that will do: normal, substantiell or hoch.", valueName: "level"))
    var level = "normal"

    @Option(help: ArgumentHelp("The scope that is asked for.", valueName: "scope"))
    var scope = "openid profile"

    @Flag(inversion: .prefixedNo, help: "Send the request to the provider before the browser goes there (RFC 9126).")
    var par = true

    @Flag(help: "Bind tokens to a key of each login (DPoP, RFC 9449), as the profile fapi2 demands.")
    var dpop = false

    @Flag(help: "Accept simulated logins (acr with sim:). For tests only.")
    var acceptSimulated = false
}

extension PortalOptions {
    /// Host and port of `--listen`.
    func address() throws -> (host: String, port: Int) {
        let text = try required(listen, "--listen")
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0,
            colon != text.startIndex
        else { throw ValidationError("--listen wants HOST:PORT.") }
        let host = text[..<colon]
        return (host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host), Int(port))
    }

    /// The origin in the form in which browsers send it.
    func portalOrigin() throws -> String {
        let text = try origin ?? "https://" + required(listen, "--listen")
        guard let origin = IssuerURL(rawValue: text) else {
            throw ValidationError("\(text) is not an origin: https, a host name and at most a port. Use --origin.")
        }
        return origin.rawValue
    }

    func configuration(authentication: ClientAuthentication) throws -> RelyingParty.Configuration {
        guard let issuer = IssuerURL(rawValue: try required(issuer, "--issuer")) else {
            throw ValidationError("--issuer wants an https URL without a path.")
        }
        guard let client = ClientIdentifier(rawValue: try required(clientIdentifier, "--client-id")) else {
            throw ValidationError("--client-id is malformed.")
        }
        guard let redirectURI = RedirectURI(rawValue: try portalOrigin() + Portal.Path.callback),
            let wayBack = RedirectURI(rawValue: try portalOrigin() + Portal.Path.loggedOut)
        else { throw ValidationError("The redirect URI is malformed.") }
        guard let scopes = Scope(parsing: scope) else { throw ValidationError("--scope is malformed.") }
        guard let level = AssuranceLevel(name: level), level != .undefined else {
            throw ValidationError("--level wants normal, substantiell or hoch.")
        }
        return RelyingParty.Configuration(
            issuer: issuer, clientIdentifier: client, redirectURI: redirectURI, authentication: authentication,
            scopes: scopes, acrValues: [level.acr], usesPushedAuthorizationRequests: par,
            acceptsSimulatedLevels: acceptSimulated, tokenBinding: dpop ? .keyOfEachLogin : .bearer,
            postLogoutRedirectURI: wayBack, extraTrustedCertificates: ca)
    }

    func required(_ value: String?, _ name: String) throws -> String {
        guard let value else { throw ValidationError("\(name) is missing.") }
        return value
    }
}
