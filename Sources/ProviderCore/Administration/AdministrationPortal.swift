internal import AccountDirectory
internal import OpenIDMessages

/// The client by which administrators log in. It is part of the provider, not of a region file, and belongs to a tenant
/// of its own, so that an administrator's subject is good for nothing else.
public enum AdministrationPortal {
    static let tenantName = "citizen-id-administration"
    static let clientName = "citizen-id-admin"
    /// The path of the resource, behind the issuer and behind the address of the administration listener alike.
    public static let path = "/admin/v1"

    static var sector: SubjectSector? { SectorIdentifier(rawValue: tenantName).map { .pairwise($0) } }

    /// What access tokens for administration are made for (RFC 8707).
    static func resource(of issuer: IssuerURL) -> ResourceURI? { ResourceURI(rawValue: issuer.appending(path)) }

    /// Tenant and client; nil when the names were no names.
    static func parts(region: Region, issuer: IssuerURL) -> (tenant: Tenant, client: Client)? {
        guard let identifier = TenantIdentifier(rawValue: tenantName),
            let clientIdentifier = ClientIdentifier(rawValue: clientName),
            let worker = OperatorIdentifier(rawValue: tenantName),
            let sector = SectorIdentifier(rawValue: tenantName), let resource = resource(of: issuer),
            let callback = RedirectURI(rawValue: "http://127.0.0.1/callback"),
            let callback6 = RedirectURI(rawValue: "http://[::1]/callback")
        else { return nil }
        let tenant = Tenant(
            identifier: identifier, officialName: "Verwaltung der Region \(region.name)", kind: .regionalPortal,
            municipalityKey: nil, operatorAssignment: OperatorAssignment(worker), sector: sector, hosts: [],
            floor: .substantiell, allowedScopes: nil, state: .live)
        let client = Client(
            identifier: clientIdentifier, tenant: identifier, name: "citizen-id (Verwaltung)", profile: .baseline,
            redirectURIs: [callback, callback6], authenticationMethod: .none,
            requiresPushedAuthorizationRequests: true, requiresDPoP: true,
            grantTypes: [.authorizationCode, .refreshToken], responseModes: [.query], scopes: [Scope.openID],
            resources: [resource], requiredLevel: .substantiell, defaultMaximumAge: 0)
        return (tenant, client)
    }
}
