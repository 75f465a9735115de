public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// An adoption with everything that somebody reads who agrees to what waits, or refuses it.
public struct AdoptionReview: Sendable {
    public let adoption: Adoption
    /// The template whose version waits, or is in force where none waits; nil when the library has it no more.
    public let template: ServiceTemplate?
    /// The service as the tenant offers it now.
    public let current: AdoptedService?
    /// The service as it would be, with the dry run of the template's cases.
    public let proposed: AdoptedService?
    /// Why what waits is not possible at all.
    public let objection: String?

    init(_ adoption: Adoption, at tenant: Tenant, in library: TemplateLibrary) {
        self.adoption = adoption
        current = library.service(adoption, at: tenant)
        let terms = adoption.proposal?.terms ?? adoption.terms
        template = terms.flatMap { library.template(adoption.template, $0.version) }
        guard let terms = adoption.proposal?.terms, let template else {
            (proposed, objection) = (nil, nil)
            return
        }
        do throws(AdoptionObjection) {
            proposed = try AdoptedService(template, terms, at: tenant)
            objection = nil
        } catch { (proposed, objection) = (nil, error.sentence) }
    }

    /// What would be another thing than now, or all of it at a first adoption.
    public var differences: [ServiceDifference] { proposed.map { ServiceDifference.all(from: current, to: $0) } ?? [] }

    /// By what more would become possible than now (invariant I31).
    public var widenings: [String] {
        guard let current, let proposed else { return [] }
        return ServiceChange(from: current, to: proposed).widenings.map(\.sentence)
    }
}

extension Adoption {
    /// Names what waits, and what is in force beside it: who agrees to one agrees to nothing else. Nil when nothing waits.
    public var proposalDigest: String? {
        guard let proposal else { return nil }
        var object: JSONObject = ["proposed": .object(proposal.terms.json)]
        object["in_force"] = terms.map { .object($0.json) }
        return Base64URL.encode(Digest.sha256(object.serialized).prefix(16))
    }
}
