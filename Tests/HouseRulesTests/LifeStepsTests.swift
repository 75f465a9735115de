import AccountDirectory
import Testing

/// The table of a life says what may happen; a table alone does not show that it does. So each step is named here with the call of
/// the program that makes it, or with the reason why none does.
@Suite("House rule: every step of every life is made by the program, or there is a reason why not")
struct LifeStepsTests {
    /// A table as words, with what makes its steps.
    struct Life: Sendable, CustomTestStringConvertible {
        let name: String
        let steps: [(from: String, event: String)]
        /// By `event`, or by `from event` for one step that another call makes: `File.swift: the text of the call`.
        let calls: [String: String]
        /// By `from event`.
        let reasons: [String: String]

        var testDescription: String { name }

        init<State: StateMachine>(
            _: State.Type, _ name: String, _ calls: [String: String], reasons: [String: String] = [:]
        ) {
            self.name = name
            steps = State.table.map { ($0.from.rawValue, "\($0.event)") }
            (self.calls, self.reasons) = (calls, reasons)
        }

        /// What makes a step; nil when nothing is said of it.
        func call(_ step: (from: String, event: String)) -> String? {
            calls["\(step.from) \(step.event)"] ?? calls[step.event]
        }
    }

    private static let lives: [Life] = people + companies + offices

    private static let people: [Life] = [
        Life(
            AccountState.self, "AccountState",
            [
                "firstDevice": "SQLiteEnrolmentStore.swift: move(account, .firstDevice,",
                "lock": "StoredAccounts.swift: move(account, .lock,",
                "reactivate": "AccountRules.swift: Reactivation(event: .reactivate,",
                "requestClose": "SQLiteErasure.swift: move(now, .requestClose,",
                "cancelClose": "AccountRules.swift: Reactivation(event: .cancelClose,",
                "erase": "SQLiteErasure.swift: UPDATE account SET state = 'closed'",
            ]),
        Life(
            DeviceState.self, "DeviceState",
            [
                "approve": "AccountFlow.swift: change(waiting, by: .approve,",
                "reportLost": "DeskFlow.swift: by: forGood ? .revoke : .reportLost",
                "reportCopied": "SQLiteLoginAnswers.swift: .reportCopied,",
                "found": "AccountFlow.swift: change(found, by: .found,",
                "wrongPINs": "SQLiteLoginAnswers.swift: .wrongPINs,",
                "unlock": "SQLiteAccountStore.swift: .unlock,",
                "revoke": "AccountFlow.swift: change(other, by: .revoke,",
                "pending revoke": "StoredDevices.swift: change(device.value(\"id\"), of: account, .revoke,",
                "expire": "SQLiteRetention.swift: by: .expire,",
            ]),
        Life(
            DeviceKeyState.self, "DeviceKeyState",
            [
                "revoke": "StoredDevices.swift: DeviceKeyState.step(.revoke)",
                "compromise": "StoredDevices.swift: DeviceKeyState.step(.compromise)",
            ],
            reasons: [
                "revoked compromise":
                    "the device of a revoked key answers nothing any more, so that nobody can see that it was copied"
            ]),
        Life(
            VerifiedAttribute.State.self, "VerifiedAttribute.State",
            [
                "expire": "StoredEvidence.swift: VerifiedAttribute.State.step(.expire)",
                "confirm": "StoredEvidence.swift: VerifiedAttribute.State.step(.confirm)",
            ],
            reasons: [
                "valid revoke": wrongEvidence, "stale revoke": wrongEvidence, "valid supersede": newEvidence,
                "stale supersede": newEvidence,
            ]),
        Life(
            SessionState.self, "SessionState",
            [
                "login": "StoredSessions.swift: UPDATE session SET cookie_digest = :cookie",
                "rest": "SessionRules.swift: > now ? .active : .idle",
                "expire": "SessionRules.swift: return .expired",
                "end": "StoredSessions.swift: UPDATE session SET ended_at = :now",
            ]),
        Life(
            ClaimRelease.State.self, "ClaimRelease.State",
            [
                "asked grant": "StoredReleases.swift: ClaimRelease.State.initial.after(.grant)",
                "granted grant": "StoredReleases.swift: UPDATE claim_release SET asked = ?, released = ?",
                "withdraw": "StoredReleases.swift: ClaimRelease.State.step(.withdraw)",
                "supersede": "StoredReleases.swift: ClaimRelease.State.step(.supersede)",
            ],
            reasons: [
                "asked expire": "what is only asked is not kept: it ends with the login",
                "granted expire":
                    "a release has no last day: it ends when the person takes it back, or goes with the account or the town",
            ]),
        Life(
            DataSubjectRequestState.self, "DataSubjectRequestState",
            [
                "checkIdentity": "DataRequestFlow.swift: by: [.checkIdentity, .start]",
                "start": "DataRequestFlow.swift: by: [.checkIdentity, .start]",
                "finish": "DataRequestFlow.swift: by: [decision.event]",
                "refuse": "DataRequestFlow.swift: by: [decision.event]",
            ],
            reasons: [
                "identity_checked refuse":
                    "to check the identity and to start is one transaction: nothing stands between them"
            ]),
    ]

    private static let wrongEvidence =
        "wrong data lock the account (`attribute_invalid`) until a desk has recorded what is right, in the same row"
    private static let newEvidence =
        "newer evidence takes the earlier one's place in the same row, which is confirmed by it"

    private static let companies: [Life] = [
        Life(
            CompanyState.self, "CompanyState",
            [
                "submit": "CompanyRules.swift: .company(.submit, nil)",
                "verify": "CompanyRules.swift: .company(.verify, nil)",
                "freeze": "AdministratorRules.swift: .company(.freeze, .noAdministrator)",
                "frozen freeze": "CompanyRules.swift: .company(.freeze, reason",
                "cure": "CompanyRules.swift: .company(.cure, nil)",
                "close": "CompanyRules.swift: .company(.close, nil)",
                "complete": "CompanySweep.swift: ? .complete : .abandon",
                "draft abandon": "MembershipRules.swift: .company(.abandon, nil)",
                "verifying abandon": "CompanySweep.swift: ? .complete : .abandon",
            ]),
        Life(
            InvitationState.self, "InvitationState",
            [
                "send": "InvitationRules.swift: .invitation(invitation.identifier, .send)",
                "open": "InvitationRules.swift: .invitation(invitation.identifier, .open)",
                "accept": "InvitationRules.swift: .invitation(invitation.identifier, .accept)",
                "decline": "InvitationRules.swift: .invitation(invitation.identifier, .decline)",
                "withdraw": "InvitationRules.swift: .invitation(invitation.identifier, .withdraw)",
                "expire": "CompanySweep.swift: .invitation(try row.value(\"id\"), .expire)",
            ]),
        Life(
            MembershipState.self, "MembershipState",
            [
                "suspend": "MembershipRules.swift: .suspend(target.identifier, .administrator)",
                "resume": "MembershipRules.swift: .resume(target.membership.identifier)",
                "end": "MembershipRules.swift: .end(member.identifier, .left)",
                "suspended end": "AccountNewsRules.swift: .end(identifier, .accountClosed)",
            ]),
        Life(
            RegisterPowerState.self, "RegisterPowerState",
            [
                "sign": "CompanyChanges.swift: UPDATE register_power SET state = 'signed'",
                "supersede": "CompanyChanges.swift: UPDATE register_power SET state = 'superseded'",
            ]),
        Life(
            EstablishmentState.self, "EstablishmentState",
            ["close": "CompanyRules.swift: .closeEstablishment(establishment)"]),
        Life(
            MandateState.self, "MandateState",
            [
                "cosign": "SQLiteMandateStore.swift: move(earlier, .cosign,",
                "activate": "SQLiteMandateStore.swift: activate(earlier,",
                "suspend": "MandateFlow.swift: move(mandate, .suspend,",
                "resume": "MandateFlow.swift: move(mandate, .resume,",
                "revoke": "MandateFlow.swift: move(mandate, .revoke,",
                "expire": "SQLiteMandateStore.swift: move(try row.mandate, .expire,",
                "supersede": "MandateChanges.swift: move(replaced, .supersede,",
            ]),
    ]

    private static let offices: [Life] = [
        Life(
            AdoptionState.self, "AdoptionState",
            [
                "approve": "Adoption.swift: move(state == .proposed ? .approve : .upgrade)",
                "publish": "Adoption.swift: move(.publish)", "upgrade": "Adoption.swift: move(.upgrade)",
                "decline": "Adoption.swift: move(.decline)", "withdraw": "Adoption.swift: move(.withdraw)",
            ]),
        Life(
            Emergency.State.self, "Emergency.State",
            [
                "approve": "SQLiteEmergencies.swift: decide(emergency, in: scope, .approve,",
                "refuse": "SQLiteEmergencies.swift: decide(emergency, in: scope, .refuse,",
            ]),
        // A change of the region file takes a town, client or service from any state to one that a step leads to.
        Life(
            TenantState.self, "TenantState",
            Dictionary(
                TenantState.Event.allCases.map { ("\($0)", "RegionChangeRules.swift: state.leads(to: tenant.state)") }
            ) { $1 }),
        Life(
            OfferState.self, "OfferState",
            Dictionary(
                OfferState.Event.allCases.map { ("\($0)", "RegionChangeRules.swift: earlier.leads(to: state)") }
            ) { $1 }),
    ]

    @Test("each step has its call, which is there, or a reason", arguments: lives)
    func steps(_ life: Life) throws {
        for step in life.steps {
            guard life.reasons["\(step.from) \(step.event)"] == nil else { continue }
            let call = try #require(life.call(step), "\(step): say what makes it, or why nothing does")
            let parts = call.split(separator: ": ", maxSplits: 1)
            let files = SourceTree.sources.filter { $0.path.hasSuffix("/" + parts[0]) }
            #expect(files.count == 1 && files[0].text.contains(parts[1]), "\(step): \(call)")
        }
    }

    @Test("every name of a step is one of its table", arguments: lives)
    func names(_ life: Life) {
        let steps = Set(life.steps.map { "\($0.from) \($0.event)" })
        let events = Set(life.steps.map(\.event))
        #expect(Set(life.reasons.keys).subtracting(steps) == [])
        #expect(Set(life.calls.keys).subtracting(steps.union(events)) == [])
    }

    @Test("every life that there is stands here")
    func all() {
        let written = SourceTree.sources.map { file in
            file.text.split(separator: "\n").count { $0.contains("enum ") && $0.contains(": String, StateMachine {") }
        }
        #expect(written.reduce(0, +) == Self.lives.count)
    }
}
