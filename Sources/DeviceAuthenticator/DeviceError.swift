public import OpenIDMessages

/// Why the device did not do what it was asked.
public enum DeviceError: Error, Sendable, Equatable {
    /// The profile has no device; it must be enrolled first.
    case notEnrolled
    /// The profile already has a device.
    case alreadyEnrolled(IssuerURL)
    /// The link does not lead where this device may go (D-3.1); nothing was sent.
    case linkRefused(LinkRefusal)
    /// A statement of the provider failed a check; nothing was signed.
    case statementRefused(StatementRefusal)
    /// This device's clock differs from the provider's by more than the protocol allows: how many seconds it is ahead, or
    /// behind when the number is negative. Nothing was signed that counts.
    case clock(ahead: Int64)
    /// The provider could not be reached.
    case network(NetworkFailure)
    /// The provider refused, with its reason (docs/protocol.md §9).
    case provider(ProblemDocument)
    /// The provider's answer is none that the protocol knows.
    case unexpectedAnswer(status: Int, what: String)
    /// No login waits on this device.
    case noLogin
    /// A login waits, but its request has not come yet: the digits must be typed first.
    case requestNotYetThere
    /// The digits of the call must be typed before the request can be approved.
    case callCodeNeeded
    /// The login is over.
    case loginOver(LoginState)
    /// The PIN is shorter than the provider wants.
    case pinTooShort(minimum: Int)
    /// The offer does not accept the evidence that was chosen.
    case evidenceNotAccepted(format: String, accepted: [String])
    /// A device whose keys come from a seed was to have other evidence than played evidence, or keys in hardware.
    case seedNotAllowed
    /// The claims chosen for release were not asked for.
    case unknownClaims([String])
    /// More than one context is offered and none was chosen.
    case contextToBeChosen([String])
    /// The context that was chosen is not offered, or two have that name.
    case unknownContext(String, offered: [String])
    /// The device's files are not as they must be.
    case file(FileRefusal)
    /// The keys could not be made or used where they live.
    case keyStore(KeyStoreRefusal)
    /// A key could not be derived or did not sign.
    case cryptography
}

/// Why a link is not followed.
public enum LinkRefusal: String, Error, Sendable, Equatable, CaseIterable {
    /// The text is no CitizenID link.
    case malformed
    /// A login link where an enrolment link is needed.
    case notForEnrolment
    /// An enrolment link where a login link is needed.
    case notForLogin
    /// The link leads to another provider than the one at which this device is enrolled.
    case foreignIssuer
}

extension DeviceError: CustomStringConvertible {
    /// One plain English sentence or two, with the remedy. Text of the provider in it still has to be escaped.
    public var description: String {
        switch self {
        case .notEnrolled: "This profile has no device yet. Enrol it first with an enrolment link."
        case .alreadyEnrolled(let issuer): "This profile is already enrolled at \(issuer). Choose another profile."
        case .linkRefused(let refusal): refusal.sentence
        case .statementRefused(let refusal): "Nothing was signed: \(refusal.sentence)"
        case .clock(let ahead):
            "This device's clock is \(abs(ahead)) seconds \(ahead < 0 ? "behind" : "ahead of") the provider's. "
                + "Set it right and try again; nothing was answered."
        case .network(let failure): failure.description
        case .provider(let problem):
            problem.title + (problem.triesLeft.map { " Tries left: \($0)." } ?? "")
                + (problem.failedChecks.isEmpty
                    ? "" : " Checks that failed: \(problem.failedChecks.joined(separator: ", ")).")
        case .unexpectedAnswer(let status, let what):
            "The provider's answer (status \(status)) is not understood: \(what)."
        case .noLogin: "No login waits on this device. Scan a login's QR code or open its link first."
        case .requestNotYetThere: "The request is not there yet. Type the eight digits into the browser first."
        case .callCodeNeeded:
            "The four digits that somebody reads out to you are needed first. If nobody called you, report the request."
        case .loginOver(let state): "The login is over (\(state.rawValue)). Begin again in the browser."
        case .pinTooShort(let minimum): "The PIN needs at least \(minimum) digits."
        case .evidenceNotAccepted(let format, let accepted):
            "The provider does not accept the evidence '\(format)'; it accepts: \(accepted.joined(separator: ", "))."
        case .seedNotAllowed:
            "Keys from a seed are for simulated devices: they need evidence that is played and the key store file."
        case .unknownClaims(let names): "The portal did not ask for: \(names.joined(separator: ", "))."
        case .contextToBeChosen(let offered):
            "Choose for whom to act with --context: \(offered.joined(separator: ", "))."
        case .unknownContext(let chosen, let offered):
            "'\(chosen)' names no one context of this login; offered are: \(offered.joined(separator: ", "))."
        case .file(let refusal): refusal.description
        case .keyStore(let refusal): refusal.description
        case .cryptography: "A key could not be used, perhaps for lack of memory."
        }
    }
}

extension DeviceError {
    /// Has a key sign; what its store says is passed on.
    static func signing<Value>(_ body: () throws -> Value) throws(DeviceError) -> Value {
        do { return try body() } catch let refusal as KeyStoreRefusal { throw .keyStore(refusal) } catch {
            throw .cryptography
        }
    }
}

extension LinkRefusal {
    var sentence: String {
        switch self {
        case .malformed:
            "This is not a CitizenID link, or not the whole of one. Copy all of it, or scan the QR code."
        case .notForEnrolment: "This link is for a login, not for enrolling a device."
        case .notForLogin: "This link is for enrolling a device, not for a login."
        case .foreignIssuer:
            "The link leads to a provider at which this device is not enrolled. Nothing was sent. "
                + "If you did not expect that, do not follow it; else choose the profile that is enrolled there."
        }
    }
}
