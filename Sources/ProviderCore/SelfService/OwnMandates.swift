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
        let view = try await companies.company(proposal.grantor, for: device)
        let holder = name(of: proposal.grantee, in: view, language)
        let content = Self.words(proposal.powers, mayDelegate: proposal.mayDelegate, language)
        let company = view.company.details.name.text
        let text =
            language == .german
            ? "\(holder) eine Vollmacht des Unternehmens „\(company)“ geben? \(content) Zweck: \(proposal.reason)"
            : "Give \(holder) a mandate of the company “\(company)”? \(content) Purpose: \(proposal.reason)"
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
        return Self.words(found.powers, mayDelegate: found.mayDelegate, language)
    }

    private func name(of grantee: MandateGrantee, in view: CompanyView, _ language: Language)
        -> String
    {
        switch grantee {
        case .membership(let membership):
            view.people.first { $0.membership.identifier == membership }.map {
                "\($0.givenName) \($0.familyName)"
            }
                ?? membership.rawValue
        case .company(let company):
            language == .german ? "dem Unternehmen \(company)" : "the company \(company)"
        }
    }

    private static func words(_ powers: MandatePowers, mayDelegate: Bool, _ language: Language)
        -> String
    {
        let scopes = powers.scopes.map(\.rawValue).sorted().joined(separator: ", ")
        let towns = powers.tenants == .all ? nil : powers.tenants.words.joined(separator: ", ")
        let limit = powers.limit.map { "\($0.text) \($0.currency.rawValue)" }
        let (from, until) = (powers.validity.from.rawValue, powers.validity.until.rawValue)
        switch language {
        case .german:
            return
                "Für: \(scopes). Wo: \(towns ?? "überall"). Bis zu: \(limit ?? "ohne Grenze"). Von \(from) bis \(until)."
                + (mayDelegate ? " Sie darf weitergegeben werden." : "")
        case .english:
            return
                "For: \(scopes). Where: \(towns ?? "everywhere"). Up to: \(limit ?? "no limit"). From \(from) until "
                + "\(until)." + (mayDelegate ? " It may be delegated." : "")
        }
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
