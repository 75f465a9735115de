public import OpenIDMessages

/// The company's own life: proof, freezing, closing.
public enum CompanyRules {
    /// The level of a member, unless a company wants more.
    public static let leastFloor = AssuranceLevel.substantiell
    /// Drafts and applications of one account.
    public static let openDrafts = 5
    /// A draft or application that nobody finished is given up after so many seconds.
    public static let draftLifetime: Int64 = 90 * 86_400
    /// From the decision to close until it is done, in seconds.
    public static let closingGrace: Int64 = 14 * 86_400
    /// The oldest extract, in days.
    public static let oldestEvidence = 366
    /// People in one extract.
    public static let powersAtMost = 50

    /// The founder describes a draft otherwise. What was submitted stands: an office compares it with its register.
    public static func describe(
        _ details: CompanyDetails, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard snapshot.actor != nil else { return .refused(.unknown) }
        guard snapshot.actingAdministrator(now) != nil else { return .refused(.levelTooLow) }
        guard snapshot.company.state == .draft else { return .refused(.notInThisState) }
        return CompanyDecision([.details(details)])
    }

    /// The founder says that the description is complete.
    public static func submit(in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        guard snapshot.actor != nil else { return .refused(.unknown) }
        guard snapshot.actingAdministrator(now) != nil else { return .refused(.levelTooLow) }
        guard snapshot.company.state.allows(.submit) else { return .refused(.notInThisState) }
        return CompanyDecision([.company(.submit, nil)])
    }

    /// A clerk records whom the register's extract names, or for a company in no register the trade register of the town.
    /// In a company that was verified it takes the place of the earlier one at once, and whom both name has signed
    /// already; else those whom it names must sign. What the register says otherwise than the company's description is
    /// written with it: the company has another name, or another seat.
    public static func record(
        _ powers: [RegisterPowerRecord], evidence: CompanyEvidence, changed facts: CompanyFacts? = nil,
        in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard [.verifying, .active, .frozen].contains(snapshot.company.state) else { return .refused(.notInThisState) }
        let details = snapshot.company.details
        guard isOfItsRegister(evidence, details), details.isRegistered || details.kind == .organization,
            isUsable(evidence, for: snapshot.company, now: now),
            (1...powersAtMost).contains(powers.count), powers.contains(where: \.kind.isLegalRepresentative),
            // In a company that is verified nobody has to sign: what its register says counts, with a vacancy as without one.
            snapshot.company.state != .verifying
                || RepresentationRules.canSuffice(powers.map { ($0.kind, $0.representation) }),
            Set(powers.map(\.person)).count == powers.count, !isOutdated(evidence.asOf, by: snapshot.powers)
        else { return .refused(.evidenceNotEnough) }
        var described: [CompanyChange] = []
        if let facts {
            guard let changed = facts.changed(details), changed.isRegistered == details.isRegistered else {
                return .refused(.evidenceNotEnough)
            }
            described = [.details(changed)]
        }
        guard snapshot.company.state != .verifying else {
            return CompanyDecision([.evidence(evidence)] + described + [.powers(powers)])
        }
        let renewed = signed(powers, in: snapshot.powers)
        return CompanyDecision(
            [.evidence(evidence)] + described + [
                .powers(renewed),
                .standing(
                    level: level(by: evidence, renewed, of: snapshot.company),
                    approversNeeded: RepresentationRules.approversNeeded(powers)),
            ])
    }

    /// That of the weakest proof that stands: the new extract, and the signatures of those whom it names. A better extract
    /// raises a company whose signatories reach more. As long as nobody whom it names has signed, the earlier proof counts
    /// as well.
    private static func level(
        by evidence: CompanyEvidence, _ powers: [RegisterPowerRecord], of company: CompanyRecord
    ) -> AssuranceLevel {
        min(evidence.level, powers.compactMap(\.signature?.level).min() ?? company.level)
    }

    /// An extract from before the one that is recorded says who represented the company once.
    public static func isOutdated(_ day: CalendarDate, by powers: [RegisterPowerRecord]) -> Bool {
        powers.contains { $0.asOf > day }
    }

    /// The powers with the signatures of those who signed under the earlier extract: they say who the person is.
    private static func signed(
        _ powers: [RegisterPowerRecord], in earlier: [RegisterPowerRecord]
    ) -> [RegisterPowerRecord] {
        powers.map { power in
            guard let signed = earlier.first(where: { $0.person == power.person && $0.state == .signed }) else {
                return power
            }
            var power = power
            power.state = .signed
            power.signature = signed.signature
            return power
        }
    }

    /// Evidence is usable when it is strong enough, not from the future and not too old.
    static func isUsable(_ evidence: CompanyEvidence, for company: CompanyRecord, now: Timestamp) -> Bool {
        evidence.level >= company.floor && daysOfEvidence(now).contains(evidence.asOf)
    }

    /// A company in a register is proved by that, and one in none by the town's trade office.
    private static func isOfItsRegister(_ evidence: CompanyEvidence, _ details: CompanyDetails) -> Bool {
        evidence.method == (details.isRegistered ? .registerExtract : .desk)
    }

    /// The days of which evidence may speak: up to today, and not too long ago.
    public static func daysOfEvidence(_ now: Timestamp) -> ClosedRange<CalendarDate> {
        let today = CalendarDate(inGermanyAt: now)
        return today.adding(days: -Int64(oldestEvidence))...today
    }

    /// Somebody whom the register may name signs for the company. Whoever it does not name hears that there is no such
    /// company. An application is active when those who may represent the company have signed; the other powers of its extract
    /// end with that. In an active company a legal representative whom a later extract names takes the seat of an administrator by the signature: the register
    /// and the clerk who read it stand for the agreement of the others, and joint representation binds the new one as it
    /// does them (I16). A freeze is a clerk's to end: whoever signs meanwhile administers the company from then on. Who has signed
    /// and has no seat any more, or no administrator's, takes it again in the same way, without a second signature, while the others whom
    /// the register names are too few to decide without: who was removed or suspended by those is back by their word alone.
    ///
    /// - Parameters:
    ///   - hash: the signatory's identity, hashed for this company.
    ///   - membership: the identifier of a new membership, should the signatory have none.
    public static func sign(
        _ signature: RegisterPowerRecord.Signature, as hash: IdentityHash, usesPrivateIdentity: Bool,
        membership: MembershipIdentifier, in snapshot: CompanySnapshot
    ) -> CompanyDecision {
        guard let power = snapshot.powers.first(where: { $0.person == hash && $0.state != .superseded }) else {
            return .refused(.unknown)
        }
        let company = snapshot.company
        guard [.verifying, .active, .frozen].contains(company.state) else { return .refused(.notInThisState) }
        guard isSignable(power, for: company, now: signature.time) else { return .refused(.evidenceNotEnough) }
        // A Prokurist has no power over the company's own affairs (§ 49 HGB): the administrators invite one.
        guard company.state == .verifying || power.kind.isLegalRepresentative else { return .refused(.notPermitted) }
        let joining = seat(signature, membership: membership, in: snapshot)
        let returns =
            company.state != .verifying && power.signature?.account == signature.account && !joining.isEmpty
            && !isRepresented(byOthersThan: signature.account, in: snapshot, now: signature.time)
        guard power.state.allows(.sign) || returns else { return .refused(.approvedBefore) }
        guard returns || !snapshot.powers.contains(where: { isUsed($0, signature) }) else {
            return .refused(.approvedBefore)
        }
        guard signature.level >= company.floor else { return .refused(.levelTooLow) }
        guard usesPrivateIdentity else { return .refused(.consentMissing) }
        guard snapshot.actor.map({ $0.membership.state == .active }) != false else { return .refused(.notInThisState) }
        // Administrators have no end date, and a member who has one does not lose it by a signature.
        guard snapshot.actor?.membership.validUntil == nil else { return .refused(.notAcceptable) }
        if returns { return CompanyDecision(joining) }
        var powers = snapshot.powers
        for index in powers.indices where powers[index].identifier == power.identifier {
            powers[index].state = .signed
            powers[index].signature = signature
        }
        let signed = [CompanyChange.signature(power.identifier, signature)] + joining
        guard company.state == .verifying else {
            return CompanyDecision(signed + weakened(company, by: signature.level))
        }
        guard RepresentationRules.suffices(powers) else { return CompanyDecision(signed) }
        let levels = powers.compactMap(\.signature?.level) + [snapshot.extractLevel ?? .undefined]
        let standing = CompanyChange.standing(
            level: levels.min() ?? .undefined, approversNeeded: RepresentationRules.approversNeeded(powers))
        return CompanyDecision(signed + [standing, .company(.verify, nil)])
    }

    private static func isRepresented(
        byOthersThan account: AccountIdentifier, in snapshot: CompanySnapshot, now: Timestamp
    ) -> Bool {
        let others = snapshot.effectiveAdministrators(now).map(\.membership.account).filter {
            $0 != account && snapshot.isRepresentative($0)
        }
        return others.count >= max(1, snapshot.company.approversNeeded)
    }

    /// An extract from before the last freeze, which may be about just that, is signed no more, nor is one for an active
    /// company that is too old to be recorded. An application is signed however long its people take.
    private static func isSignable(_ power: RegisterPowerRecord, for company: CompanyRecord, now: Timestamp) -> Bool {
        if company.state == .active, !daysOfEvidence(now).contains(power.asOf) { return false }
        return company.frozenAt.map { power.asOf >= CalendarDate(inGermanyAt: $0) } ?? true
    }

    /// The level of a verified company is that of its weakest proof, and so of its weakest signatory.
    private static func weakened(_ company: CompanyRecord, by level: AssuranceLevel) -> [CompanyChange] {
        level < company.level ? [.standing(level: level, approversNeeded: company.approversNeeded)] : []
    }

    /// One person, one device and one signature.
    private static func isUsed(_ power: RegisterPowerRecord, _ new: RegisterPowerRecord.Signature) -> Bool {
        guard power.state == .signed, let signature = power.signature else { return false }
        return signature.account == new.account || (new.device != nil && signature.device == new.device)
    }

    /// Whom the register names administers the company.
    private static func seat(
        _ signature: RegisterPowerRecord.Signature, membership: MembershipIdentifier, in snapshot: CompanySnapshot
    ) -> [CompanyChange] {
        if let member = snapshot.actor?.membership {
            return member.roles.contains(.orgAdmin)
                ? [] : [.roles(member.identifier, member.roles.union(.administrator))]
        }
        return [
            .newMembership(
                MembershipRecord(
                    identifier: membership, company: snapshot.company.identifier, account: signature.account,
                    roles: .administrator, level: signature.level, since: signature.time))
        ]
    }

    /// A trade office's clerk found a sole trader in the town's trade register. Nobody else is in business under that name
    /// than the owner whom it names: the company is active when that is whoever founded its account, and stays what it is
    /// when it is somebody else.
    public static func verify(
        by evidence: CompanyEvidence, owner power: RegisterPowerRecord, founder: CompanyFounder,
        in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        let company = snapshot.company
        guard company.state.allows(.verify) else { return .refused(.notInThisState) }
        guard evidence.method == .desk, company.details.kind == .soleTrader, !company.details.isRegistered,
            isUsable(evidence, for: company, now: now), power.kind == .owner, power.representation == .sole,
            power.person == founder.person
        else { return .refused(.evidenceNotEnough) }
        // A verified company has an administrator whose rights count (I13).
        let administrators = snapshot.effectiveAdministrators(now)
        guard let level = administrators.first(where: { $0.membership.account == founder.account })?.account.level
        else {
            return .refused(.lastAdministrator)
        }
        var owner = power
        owner.state = .signed
        owner.signature = RegisterPowerRecord.Signature(account: founder.account, device: nil, level: level, time: now)
        return CompanyDecision([
            .evidence(evidence), .powers([owner]),
            .standing(level: min(level, evidence.level), approversNeeded: 1), .company(.verify, nil),
        ])
    }

    /// Another account for organisations vouches for the company. Where it names who represents the company, whoever brought
    /// the assertion signs with that, if it names them, and the others sign as for an extract; an account that names nobody
    /// vouches for the administrators that there are.
    ///
    /// - Parameters:
    ///   - named: whom it names.
    ///   - signature: of whoever brought the assertion.
    ///   - hash: whose it is, hashed for this company; nil for a person whose day of birth is not recorded.
    public static func verify(
        upstream evidence: CompanyEvidence, approversNeeded: Int, naming named: [RegisterPowerRecord] = [],
        signature: RegisterPowerRecord.Signature? = nil, as hash: IdentityHash? = nil, in snapshot: CompanySnapshot,
        now: Timestamp
    ) -> CompanyDecision {
        let company = snapshot.company
        guard company.state.allows(.verify) else { return .refused(.notInThisState) }
        guard evidence.method == .upstream, isUsable(evidence, for: company, now: now),
            company.details.kind == .organization || isOwnersAlone(named, hash)
        else { return .refused(.evidenceNotEnough) }
        // A verified company has an administrator whose rights count (I13).
        guard let level = snapshot.effectiveAdministrators(now).map(\.account.level).min() else {
            return .refused(.lastAdministrator)
        }
        let standing = CompanyChange.standing(
            level: min(level, evidence.level),
            approversNeeded: max(1, approversNeeded, RepresentationRules.approversNeeded(named)))
        guard !named.isEmpty else { return CompanyDecision([.evidence(evidence), standing, .company(.verify, nil)]) }
        guard named.count <= powersAtMost, named.contains(where: \.kind.isLegalRepresentative),
            Set(named.map(\.person)).count == named.count
        else { return .refused(.evidenceNotEnough) }
        var powers = named
        if let signature, let index = powers.firstIndex(where: { $0.person == hash }) {
            powers[index].state = .signed
            powers[index].signature = signature
        }
        let recorded = [CompanyChange.evidence(evidence), .powers(powers)]
        return CompanyDecision(
            RepresentationRules.suffices(powers) ? recorded + [standing, .company(.verify, nil)] : recorded)
    }

    /// A sole trader's business is verified for its owner, who is named, and for nobody else.
    private static func isOwnersAlone(_ named: [RegisterPowerRecord], _ hash: IdentityHash?) -> Bool {
        named.count == 1 && named[0].kind == .owner && named[0].representation == .sole && named[0].person == hash
    }

    /// A clerk freezes the company: nobody acts for it any more. One that is frozen already has the clerk's reason from
    /// then on.
    ///
    /// - Parameter evidence: what the clerk looked at; recorded with it, and wanted for every reason but a dispute.
    public static func freeze(
        for reason: FreezeReason, by evidence: CompanyEvidence? = nil, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard reason.isClerks else { return .refused(.notAcceptable) }
        guard snapshot.company.state.allows(.freeze) else { return .refused(.notInThisState) }
        guard evidence.map({ isUsable($0, for: snapshot.company, now: now) }) ?? !reason.needsEvidence else {
            return .refused(.evidenceNotEnough)
        }
        return CompanyDecision([evidence.map { .evidence($0) }].compactMap(\.self) + [.company(.freeze, reason)])
    }

    /// A clerk has new proof: the company is active again. Without an administrator whose rights count, the clerk must
    /// appoint one who is present: that is how a company comes out of having none. While there is one, administrators are
    /// made by invitation; and where several represent the company together nobody is appointed: those whom the extract
    /// names sign (I16).
    ///
    /// - Parameters:
    ///   - account: who is appointed; the snapshot's actor.
    ///   - membership: the identifier of a new membership, should the appointed have none.
    public static func cure(
        by evidence: CompanyEvidence, appointing account: AccountIdentifier?, membership: MembershipIdentifier,
        in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard snapshot.company.state.allows(.cure) else { return .refused(.notInThisState) }
        guard isOfItsRegister(evidence, snapshot.company.details),
            isUsable(evidence, for: snapshot.company, now: now)
        else { return .refused(.evidenceNotEnough) }
        var changes: [CompanyChange] = [.evidence(evidence)]
        let isAdministered = !snapshot.effectiveAdministrators(now).isEmpty
        if let account {
            guard !isAdministered, snapshot.company.approversNeeded == 1 else { return .refused(.notPermitted) }
            guard let standing = snapshot.actorAccount, standing.isActive, standing.level >= snapshot.company.floor
            else {
                return .refused(.levelTooLow)
            }
            guard snapshot.actor?.membership.validUntil == nil else { return .refused(.notAcceptable) }
            changes += appointment(of: account, standing, membership: membership, in: snapshot, now: now)
        } else {
            guard isAdministered else { return .refused(.lastAdministrator) }
        }
        let standing = CompanyChange.standing(
            level: min(evidence.level, snapshot.company.level), approversNeeded: snapshot.company.approversNeeded)
        return CompanyDecision(changes + [standing, .company(.cure, nil)])
    }

    private static func appointment(
        of account: AccountIdentifier, _ standing: AccountStanding, membership: MembershipIdentifier,
        in snapshot: CompanySnapshot, now: Timestamp
    ) -> [CompanyChange] {
        guard let known = snapshot.actor?.membership else {
            return [
                .newMembership(
                    MembershipRecord(
                        identifier: membership, company: snapshot.company.identifier, account: account,
                        roles: .administrator, level: standing.level, since: now))
            ]
        }
        return (known.state == .suspended ? [.resume(known.identifier)] : [])
            + [.roles(known.identifier, known.roles.union(.administrator))]
    }

    /// An administrator wants the account to end. All administrators must agree; under joint representation so many as
    /// represent the company.
    public static func close(
        device: DeviceIdentifier, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard let actor = snapshot.effectiveActor(now) else { return .refused(.unknown) }
        guard snapshot.company.state.allows(.close) else { return .refused(.notInThisState) }
        let approval = CompanyApproval(
            act: .close, subject: snapshot.company.identifier.rawValue, account: actor.membership.account,
            device: device, time: now)
        let joint = snapshot.company.approversNeeded
        let needed = joint > 1 ? joint : snapshot.effectiveAdministrators(now).count
        return ApprovalRules.agree(
            approval, to: [.company(.close, nil)], needed: needed, in: snapshot, now: now)
    }

    /// A clerk closes a frozen company with proof that it is over, e.g. the register's entry that it was dissolved. That
    /// is no less than what ends a freeze, for nothing brings the company back.
    public static func closeFrozen(
        by evidence: CompanyEvidence, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard snapshot.company.state == .frozen, snapshot.company.freezeReason?.allowsClosing == true else {
            return .refused(.notInThisState)
        }
        guard isOfItsRegister(evidence, snapshot.company.details),
            isUsable(evidence, for: snapshot.company, now: now)
        else { return .refused(.evidenceNotEnough) }
        return CompanyDecision([.evidence(evidence), .company(.close, nil)])
    }

    /// A further establishment, or the end of one.
    public static func addEstablishment(
        _ establishment: EstablishmentRecord, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard snapshot.effectiveActor(now) != nil else { return .refused(.unknown) }
        guard snapshot.actingAdministrator(now) != nil else { return .refused(.notPermitted) }
        guard snapshot.company.state == .active else { return .refused(.companyNotActive) }
        return CompanyDecision([.newEstablishment(establishment)])
    }

    public static func closeEstablishment(
        _ establishment: EstablishmentIdentifier, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard snapshot.effectiveActor(now) != nil else { return .refused(.unknown) }
        guard snapshot.actingAdministrator(now) != nil else { return .refused(.notPermitted) }
        return CompanyDecision([.closeEstablishment(establishment)])
    }
}
