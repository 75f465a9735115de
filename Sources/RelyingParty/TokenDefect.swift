internal import IdentityCrypto

/// What ID tokens and logout tokens can have wrong alike; each kind has a type of its own for it.
protocol TokenDefect: Error {
    static var encryption: Self { get }
    static func signature(_ error: JWSError) -> Self
    static func missing(_ claim: String) -> Self
    static func wrong(_ claim: String) -> Self
    static var expired: Self { get }
    static func clockDisagrees(_ claim: String) -> Self
}
