import AccountDirectory
import IdentityCrypto
import OpenIDMessages

/// A region of two towns that exists only in these tests.
public enum TestRegion {
    public static let issuer = IssuerURL(rawValue: "https://id.region.example")!
    public static let herten = TenantIdentifier(rawValue: "herten")!
    public static let marl = TenantIdentifier(rawValue: "marl")!

    /// `private_key_jwt` with pushed requests; two redirect URIs, one of them with a query.
    public static let pushing = TestPortal(
        "pushing", tenant: "herten", method: .privateKeyJWT, key: .makeES256(),
        redirectURIs: ["https://pushing.example/callback", "https://pushing.example/back?way=2"], pushes: true)
    /// `client_secret_basic` without pushed requests.
    public static let basic = TestPortal("basic", tenant: "herten", method: .clientSecretBasic)
    /// `client_secret_post` in the other town.
    public static let post = TestPortal("post", tenant: "marl", method: .clientSecretPost)
    /// An RSA client key and ID tokens with RS256.
    public static let rsa = TestPortal(
        "rsa", tenant: "marl", method: .privateKeyJWT, key: try? .makeRS256(), algorithm: .rs256)
    /// An Ed25519 client key and ID tokens with EdDSA.
    public static let edDSA = TestPortal(
        "ed25519", tenant: "marl", method: .privateKeyJWT, key: try? .makeEdDSA(), algorithm: .edDSA)
    /// ID tokens with PS256.
    public static let ps256 = TestPortal(
        "pss", tenant: "marl", method: .clientSecretBasic, algorithm: .ps256)
    /// Every login needs *substantiell*; nobody tells it when a session ends.
    public static let substantial = TestPortal(
        "substantial", tenant: "herten", method: .clientSecretBasic, level: .substantiell, hasBackChannel: false)

    public static let portals = [pushing, basic, post, rsa, edDSA, ps256, substantial]

    public static func region(formats: [String] = ["none"], simulatorRoots: [[UInt8]] = []) -> Region {
        Region(
            identifier: RegionIdentifier(rawValue: "test-region")!, name: "Testregion", issuer: issuer,
            isDevelopment: true, evidence: EvidencePolicy(formats: formats, simulatorRoots: simulatorRoots),
            operators: [Operator(identifier: OperatorIdentifier(rawValue: "it")!, name: "IT", shortName: "IT")],
            tenants: [tenant("herten", "Stadt Herten", "05562020"), tenant("marl", "Stadt Marl", "05562024")],
            services: [], clients: portals.map(\.client))
    }

    private static func tenant(_ identifier: String, _ name: String, _ key: String) -> Tenant {
        Tenant(
            identifier: TenantIdentifier(rawValue: identifier)!, officialName: name, kind: .kreisangehoerigeStadt,
            municipalityKey: key, operatorAssignment: OperatorAssignment(OperatorIdentifier(rawValue: "it")!),
            sector: SectorIdentifier(rawValue: "sector:\(identifier)")!, hosts: [TenantHost("\(identifier).example")],
            floor: .normal, allowedScopes: nil, state: .live)
    }

    /// A person for whom a clerk makes tickets.
    public static let person: JSONObject = [
        "given_name": "Erika", "family_name": "Mustermann", "birthdate": "1964-08-12",
        "email": "erika@example.org",
    ]
}
