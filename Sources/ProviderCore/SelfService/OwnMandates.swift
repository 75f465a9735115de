public import AccountDirectory
public import OpenIDMessages

/// Mandates, seen and changed from a phone. Each act says in the signed text who may do what, for whom, up to what and
/// until when.
public struct OwnMandates: Sendable {
    public let flow: MandateFlow
    let companies: CompanyFlow

    public func proposing(
        _ proposal: MandateProposal, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        // Whoever is no member hears that there is no such company.
        _ = try await companies.company(proposal.grantor, for: device)
        var company = proposal.grantor
        if let parent = proposal.parent,
            let found = try await flow.store.mandate(parent, for: device.account.identifier)
        {
            company = found.mandate.company
        }
        // Nothing is asked of the person that would be refused when it is confirmed.
        try await flow.check(proposal, by: device)
        let content = try await words(proposal, for: company, device, language)
        let question = language == .german ? "Diese Vollmacht geben?" : "Give this mandate?"
        return ProposedAct(.proposeMandate, text: "\(question) \(content)") { [flow] confirmation in
            Self.answer(try await flow.propose(proposal, by: confirmation.device))
        }
    }

    /// Agrees to a mandate that waits for approvals.
    public func cosigning(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let question = language == .german ? "Dieser Vollmacht zustimmen?" : "Agree to this mandate?"
        return try await act(.cosignMandate, question, mandate, device, language, flow.approve)
    }

    /// Ends a mandate, and what was delegated from it.
    public func revoking(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let question =
            language == .german
            ? "Diese Vollmacht widerrufen, mit allem, was aus ihr weitergegeben wurde?"
            : "Revoke this mandate, with everything that was delegated from it?"
        return try await act(.revokeMandate, question, mandate, device, language, flow.revoke)
    }

    /// Lets a mandate rest.
    public func suspending(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let question = language == .german ? "Diese Vollmacht ruhen lassen?" : "Suspend this mandate?"
        return try await act(.suspendMandate, question, mandate, device, language, flow.suspend)
    }

    /// Brings back a mandate that rests.
    public func resuming(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let question = language == .german ? "Diese Vollmacht wieder gelten lassen?" : "Let this mandate count again?"
        return try await act(.resumeMandate, question, mandate, device, language, flow.resume)
    }

    /// An act on a mandate that is there, with all that it says.
    private func act(
        _ action: ConfirmedAction, _ question: String, _ mandate: MandateIdentifier, _ device: VerifiedDevice,
        _ language: Language,
        _ perform: @escaping @Sendable (MandateIdentifier, VerifiedDevice) async throws -> MandateRecord
    ) async throws -> ProposedAct {
        let found = try await flow.mandate(mandate, for: device.account.identifier).mandate
        let content = try await words(MandateProposal(found), for: found.company, device, language)
        return ProposedAct(action, text: "\(question) \(content)") { confirmation in
            Self.answer(try await perform(mandate, confirmation.device))
        }
    }

    private func words(
        _ proposal: MandateProposal, for company: CompanyIdentifier, _ device: VerifiedDevice, _ language: Language
    ) async throws -> String {
        var files: [CompanyIdentifier: CompanyFile] = [:]
        for party in [company, proposal.grantor, proposal.grantee.company].compactMap(\.self) where files[party] == nil
        {
            files[party] = try await companies.store.file(of: party)
        }
        return MandateWords(
            proposal: proposal, company: company, files: files, registry: flow.registry,
            reader: device.account.identifier, language: language
        ).text
    }

    private static func answer(_ record: MandateRecord) -> JSONObject {
        [
            "mandate": .string(record.mandate.identifier.rawValue),
            "state": .string(record.mandate.state.rawValue),
            "approvals": .integer(Int64(record.approvals.count)),
            "approvals_needed": .integer(Int64(record.mandate.approvalsNeeded)),
        ]
    }
}
