public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The desk of a town whose clerks work over the network.
extension DeskFlow {
    /// What such a clerk says about people who look alike (I1).
    public enum TownDecision: Sendable, Equatable {
        /// The person is the one who was shown under this name (`DeskCandidate.name(in:)`).
        case samePerson(String)
        /// The person at the desk is none of those who were shown.
        case otherPerson
    }

    /// A ticket for a person whose identity the administrator's town has proved, as at the local desk. Refusals are
    /// `AdministrationProblem` and `DeskRefusal`, mistakes in what was sent `MessageError`.
    public func ticket(
        for person: JSONObject, level: AssuranceLevel, evidence: JSONObject? = nil, decision: TownDecision? = nil,
        in scope: TenantScope, by administrator: Administrator
    ) async throws -> DeskTicket {
        guard scope.tenant.isLive else { throw AdministrationProblem.tenantNotActive }
        var visit = DeskVisit(
            in: scope, level: level, person: try self.person(person), by: administrator)
        visit.evidence = try self.evidence(evidence, of: visit)
        do {
            switch decision {
            case nil: return try await ticket(for: visit)
            case .otherPerson: return try await ticket(for: visit, decision: .otherPerson)
            case .samePerson(let name):
                let account = try await account(called: name, in: visit, member: "same_person")
                return try await ticket(for: visit, decision: .samePerson(account))
            }
        } catch let refusal as DeskRefusal {
            // The others say themselves what is wrong.
            if let problem = refusal.problem { throw problem }
            throw refusal
        }
    }
}

extension DeskCandidate {
    /// The name under which one tenant is shown the account: neither the region's identifier nor a subject (I24), and good
    /// for nothing but the clerk's answer. The account's own identifier has 128 random bits: the digest under the sector's
    /// name gives nothing away.
    public func name(in scope: TenantScope) -> String { name(in: scope.tenant.sector) }

    func name(in sector: SectorIdentifier) -> String {
        let text = "citizen-id/candidate-name/v1\n\(sector)\n\(account)"
        return "pc_" + Base64URL.encode(Digest.sha256(Array(text.utf8)).prefix(16))
    }
}

extension DeskRefusal {
    fileprivate var problem: AdministrationProblem? {
        switch self {
        case .nothingToDecide: .nothingToDecide
        case .notOpen, .notPossible: .accountNotOpen
        default: nil
        }
    }
}
