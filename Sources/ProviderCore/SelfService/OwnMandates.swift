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
        let content = try await words(proposal, for: company, device, language)
        let text =
            language == .german ? "Diese Vollmacht geben? \(content)" : "Give this mandate? \(content)"
        return ProposedAct(.proposeMandate, text: text) { [flow] confirmation in
            Self.answer(try await flow.propose(proposal, by: confirmation.device))
        }
    }

    /// Agrees to a mandate that waits for approvals.
    public func cosigning(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let content = try await content(of: mandate, device, language)
        let text =
            language == .german
            ? "Dieser Vollmacht zustimmen? \(content)" : "Agree to this mandate? \(content)"
        return ProposedAct(.cosignMandate, text: text) { [flow] confirmation in
            Self.answer(try await flow.approve(mandate, by: confirmation.device))
        }
    }

    /// Ends a mandate, and what was delegated from it.
    public func revoking(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let content = try await content(of: mandate, device, language)
        let text =
            language == .german
            ? "Diese Vollmacht widerrufen, mit allem, was aus ihr weitergegeben wurde? \(content)"
            : "Revoke this mandate, with everything that was delegated from it? \(content)"
        return ProposedAct(.revokeMandate, text: text) { [flow] confirmation in
            Self.answer(try await flow.revoke(mandate, by: confirmation.device))
        }
    }

    public func suspending(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let content = try await content(of: mandate, device, language)
        let text =
            language == .german
            ? "Diese Vollmacht ruhen lassen? \(content)" : "Suspend this mandate? \(content)"
        return ProposedAct(.suspendMandate, text: text) { [flow] confirmation in
            Self.answer(try await flow.suspend(mandate, by: confirmation.device))
        }
    }

    public func resuming(
        _ mandate: MandateIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let content = try await content(of: mandate, device, language)
        let text =
            language == .german
            ? "Diese Vollmacht wieder gelten lassen? \(content)"
            : "Let this mandate count again? \(content)"
        return ProposedAct(.resumeMandate, text: text) { [flow] confirmation in
            Self.answer(try await flow.resume(mandate, by: confirmation.device))
        }
    }

    // MARK: Words

    private func content(
        of mandate: MandateIdentifier, _ device: VerifiedDevice, _ language: Language
    ) async throws -> String {
        let found = try await flow.mandate(mandate, for: device.account.identifier).mandate
        return try await words(MandateProposal(found), for: found.company, device, language)
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
            proposal: proposal, company: company, files: files, reader: device.account.identifier, language: language
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
