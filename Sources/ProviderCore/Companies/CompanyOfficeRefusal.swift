public import AccountDirectory
public import OpenIDMessages

/// Why a clerk's act on a company is not done: for the clerk, with what to do.
public enum CompanyOfficeRefusal: Error, Sendable, Equatable {
    case unknownCompany
    /// What the clerk sent cannot be read.
    case unreadable(MessageError)
    case wrongState(CompanyState)
    /// An office closes only what is frozen, and not for every reason.
    case notClosable(CompanyState, FreezeReason?)
    /// A fact of the extract differs from what the applicant said.
    case differentFact(String)
    case evidence(CompanyEvidenceObjection)
    /// The rules refuse the evidence.
    case evidenceNotEnough
    case companyKnown
    case administratorMissing
    case appointment
    /// Nobody is appointed while an administrator's rights count.
    case administratorThere
    /// Nobody is appointed where several represent the company together.
    case representedTogether
    /// The company is the clerk's own.
    case ownCompany
    /// The reason is one that only the provider gives.
    case reasonNotClerks
    /// Another act came first.
    case notPossible
    case unknownMandate
    /// The mandate has ended already.
    case mandateOver

    public var problem: AdministrationProblem {
        switch self {
        case .unknownCompany, .unknownMandate: .notFound
        case .unreadable, .reasonNotClerks: .invalidRequest
        case .wrongState, .notClosable: .wrongCompanyState
        case .differentFact, .evidence, .evidenceNotEnough: .companyEvidenceRefused
        case .companyKnown: .companyKnown
        case .administratorMissing: .companyAdministratorMissing
        case .appointment, .administratorThere, .representedTogether: .appointmentRefused
        case .ownCompany: .ownCompany
        case .notPossible, .mandateOver: .notPossibleNow
        }
    }

    /// The member that is wrong, where one is.
    public var member: String? {
        switch self {
        case .unreadable(.missing(let name)), .unreadable(.malformed(let name)), .unreadable(.unknown(let name)): name
        case .differentFact(let name): "company.\(name)"
        case .evidence(.inFuture), .evidence(.tooOld), .evidence(.outdated): "as_of"
        case .evidence(.tooWeak): "level"
        case .evidence(.noEvidence): "method"
        case .evidence(.powersOutOfRange), .evidence(.noRepresentative), .evidence(.namedTwice),
            .evidence(.tooFewNamed), .evidence(.otherOwner):
            "powers"
        case .evidence(.changesContradict): "changed"
        case .reasonNotClerks: "reason"
        default: nil
        }
    }

    /// What is wrong and what to do, in one or two plain sentences. Never a value that was sent.
    public var sentence: String {
        switch self {
        case .unknownCompany: "There is no such company. Compare the identifier with the one that the applicant has."
        case .unreadable(.missing(let name)): "\(name) is missing.\(CompanyMember(path: name)?.hint ?? "")"
        case .unreadable(.malformed(let name)): "\(name) is malformed.\(CompanyMember(path: name)?.hint ?? "")"
        case .unreadable(.unknown(let name)): "\(name) is not known here. Leave it out."
        case .wrongState(let state): "The company is \(state.rawValue). \(Self.remedy(state))"
        case .notClosable(let state, let reason):
            "The company is \(state.rawValue). \(Self.wayToClosing(state, reason))"
        case .differentFact(let name):
            "company.\(name) differs from what the applicant said, or proves nothing of it. Compare the extract with "
                + "`citizen-id company show`. If the register says otherwise by now, name in company what is known here, and in "
                + "changed what is new."
        case .evidence(let objection): objection.sentence
        case .evidenceNotEnough: "The evidence does not fit the company. Compare it with `citizen-id company show`."
        case .companyKnown:
            "A verified company has the EUID, the business identification number or the trade number. Its administrators "
                + "invite; in a dispute freeze it."
        case .administratorMissing:
            "The company has no administrator whose rights count. Appoint one who stands before you (--administrator)."
        case .appointment:
            "The person is unknown, locked, proved to less than the company's level, or a member with an end date. "
                + "Prove the identity at the desk first, or appoint somebody else."
        case .administratorThere:
            "The company has an administrator whose rights count: nobody else appoints another one. Leave the appointment "
                + "out; who is to administer it is invited, or signs by the register's extract."
        case .representedTogether:
            "Several represent the company together: nobody is appointed alone. Record the register's extract; those whom "
                + "it names sign, each with the own phone, and administer it with that."
        case .ownCompany:
            "You belong to this company, its register names you, or it would be you who gains by this. Somebody else at the "
                + "office does it."
        case .reasonNotClerks: "The reason is one that only the provider gives.\(CompanyMember.reason.hint)"
        case .notPossible: "Something else came first. Look at the company again."
        case .unknownMandate:
            "There is no such mandate. Compare the identifier with those that `citizen-id mandate list` shows."
        case .mandateOver: "The mandate is over: revoked, expired or replaced. `citizen-id mandate show` says which."
        }
    }

    private static func wayToClosing(_ state: CompanyState, _ reason: FreezeReason?) -> String {
        switch state {
        case .draft, .verifying: "What is not verified is given up by itself after a while."
        case .active: "Freeze it first: citizen-id company freeze --reason dissolved."
        case .frozen:
            "Its reason is \(reason?.rawValue ?? "-"), for which no office closes it. If the company is over all the same, "
                + "freeze it again with the reason dissolved or authority."
        case .closing, .closed: "What is ending stays so."
        }
    }

    private static func remedy(_ state: CompanyState) -> String {
        switch state {
        case .draft: "Its founder submits it first: citizen-phone companies submit."
        case .verifying: "It is verified first: citizen-id company verify."
        case .active: "It is verified; new facts about who represents it come with --register-extract."
        case .frozen: "New proof ends that: citizen-id company unfreeze."
        case .closing, .closed: "What is ending stays so."
        }
    }
}

/// Members of what a clerk sends that have a form of their own.
private enum CompanyMember: String {
    case euid
    case number
    case businessNumber = "w_idnr"
    case vatNumber = "ust_idnr"
    case lei
    case type
    case asOf = "as_of"
    case level
    case register
    case kind
    case representation
    case birthdate
    case reason, method

    /// - Parameter path: e.g. `company.register.number` or `powers[0].kind`.
    init?(path: String) {
        self.init(rawValue: path.split(separator: ".").last.map(String.init) ?? path)
    }

    /// The form, as a sentence.
    var hint: String {
        let form =
            switch self {
            case .euid:
                "DE, the code of the court, a full stop, the register and the number, e.g. DEX1517R.HRB395KI"
            case .number:
                "at most eleven characters without leading zero: digits, and up to four capitals of a former court"
            case .businessNumber:
                "DE and nine digits, the last of which is a check digit; an activity follows as -00001"
            case .vatNumber: "DE and nine digits, the last of which is a check digit"
            case .lei: "18 digits and capitals and two check digits (ISO 17442)"
            case .type: RegisterType.allCases.map(\.rawValue).joined(separator: ", ")
            case .asOf, .birthdate: "a day that exists and, for a birth, has come, as YYYY-MM-DD"
            case .level: "normal or substantiell"
            case .register: "type, number and court, or euid beside it"
            case .kind: RegisterPowerKind.allCases.map(\.rawValue).joined(separator: ", ")
            case .representation: "sole, or joint with signatories from 2 to 9"
            case .reason: FreezeReason.allCases.filter(\.isClerks).map(\.rawValue).joined(separator: ", ")
            case .method: "register_extract or desk"
            }
        return " Its form: \(form)."
    }
}
