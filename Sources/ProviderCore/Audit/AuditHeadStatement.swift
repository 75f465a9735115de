public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Where a chain ended at a time, signed: what an outsider keeps. Whoever owns the database can make a whole new chain, and
/// not the statement about the old one.
public struct AuditHeadStatement: Sendable {
    /// The type of the signed form; no other token of ours has it.
    public static let type = "audit-head+jwt"

    public let number: Int64
    public let hash: [UInt8]
    /// A compact JWS over issuer, time, chain, number and hash.
    public let signed: String
}

extension Provider {
    /// The end of a tenant's own chain; nil while it has no event.
    public func auditHead(in scope: TenantScope) async throws -> AuditHeadStatement? {
        let chain = AuditChain.tenant(scope.tenant.identifier)
        guard let head = try await audit.heads().first(where: { $0.chain == chain }), let number = head.number,
            let hash = head.hash
        else { return nil }
        let payload: JSONObject = [
            "iss": .string(issuer.rawValue), "iat": clock.now().json, "chain": .string(chain.rawValue),
            "seq": .integer(number), "hash": .string(Base64URL.encode(hash)),
        ]
        return AuditHeadStatement(
            number: number, hash: hash,
            signed: try keys.ring.current(.es256).sign(type: AuditHeadStatement.type, payload: payload))
    }
}
