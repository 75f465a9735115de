import AccountDirectory
import OpenIDMessages

/// The keys of a client's entry: the registered names of its metadata, except where a shorter one is older.
enum ClientKey {
    /// Every key that an entry may have.
    static let all =
        ["id", "tenant", "secret_sha256", "verified_claims", "state"] + ClientMember.allCases.flatMap(keys)

    /// The keys that stand for a member; none for one that a region file has no use for.
    static func keys(of member: ClientMember) -> [String] {
        switch member {
        case .name: ["name"]
        case .authenticationMethod: ["authentication"]
        case .keys: ["jwks", "jwks_file"]
        case .scope: ["scopes"]
        case .idTokenAlgorithm: ["id_token_alg"]
        case .applicationType, .responseTypes, .idTokenContentEncryption, .userinfoContentEncryption: []
        default: [member.rawValue]
        }
    }

    /// Where the mistake is that an objection names: the element, else the member, else the whole entry.
    static func place(of objection: ClientObjection, in entry: YAMLMapping, _ whole: YAMLValue) -> YAMLValue {
        guard let member = keys(of: objection.member).compactMap({ entry[$0] }).first else { return whole }
        guard let value = objection.value, member.isList else { return member }
        return member.elements()?.first { $0.scalarText == value } ?? member
    }
}
