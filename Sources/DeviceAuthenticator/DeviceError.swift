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
    /// The device would not reach a level that is wanted of it: nothing was made, and the ticket is still good.
    case levelOutOfReach(LevelOutOfReach)
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
    public var description: String { text.english }

    /// What a person reads: one plain sentence or two, with the remedy. Text of the provider in it still has to be escaped.
    public var text: BilingualText {
        switch self {
        case .notEnrolled:
            BilingualText(
                "In diesem Profil ist noch kein Gerät. Richten Sie es zuerst mit einer Einladung ein.",
                "This profile has no device yet. Enrol it first with an enrolment link.")
        case .alreadyEnrolled(let issuer):
            BilingualText(
                "Dieses Profil ist schon bei \(issuer) eingerichtet. Nehmen Sie ein anderes Profil.",
                "This profile is already enrolled at \(issuer). Choose another profile.")
        case .linkRefused(let refusal): refusal.text
        case .statementRefused(let refusal):
            BilingualText("Es wurde nichts unterschrieben: ", "Nothing was signed: ") + refusal.text
        case .clock(let ahead): Self.clock(ahead: ahead)
        case .network(let failure): failure.text
        case .provider(let problem): problem.text
        case .unexpectedAnswer(let status, let what):
            BilingualText(
                "Die Antwort des Anbieters (Status \(status)) ist nicht verständlich. Technische Angabe: \(what).",
                "The provider's answer (status \(status)) is not understood: \(what).")
        case .noLogin:
            BilingualText(
                "Auf diesem Gerät wartet keine Anmeldung. Scannen Sie zuerst den QR-Code einer Anmeldung, oder öffnen Sie "
                    + "ihren Link.",
                "No login waits on this device. Scan a login's QR code or open its link first.")
        case .requestNotYetThere:
            BilingualText(
                "Die Anfrage ist noch nicht da. Geben Sie zuerst die acht Ziffern im Browser ein.",
                "The request is not there yet. Type the eight digits into the browser first.")
        case .callCodeNeeded:
            BilingualText(
                "Zuerst werden die vier Ziffern gebraucht, die Ihnen jemand vorliest. Hat niemand Sie angerufen, melden Sie "
                    + "die Anfrage.",
                "The four digits that somebody reads out to you are needed first. If nobody called you, report the request."
            )
        case .loginOver(let state): Self.loginOver(state)
        case .pinTooShort(let minimum):
            BilingualText(
                "Die PIN braucht mindestens \(minimum) Ziffern.", "The PIN needs at least \(minimum) digits.")
        case .evidenceNotAccepted(let format, let accepted):
            BilingualText(
                "Der Anbieter nimmt den Nachweis „\(format)“ nicht an; er nimmt: \(accepted.joined(separator: ", ")).",
                "The provider does not accept the evidence '\(format)'; it accepts: "
                    + "\(accepted.joined(separator: ", ")).")
        case .levelOutOfReach(let shortfall): shortfall.text
        case .seedNotAllowed:
            BilingualText(
                "Schlüssel aus einer Zahl sind für simulierte Geräte: Sie brauchen einen gespielten Nachweis und als "
                    + "Schlüsselspeicher eine Datei.",
                "Keys from a seed are for simulated devices: they need evidence that is played and the key store file.")
        case .unknownClaims(let names):
            BilingualText(
                "Danach hat das Portal nicht gefragt: \(names.joined(separator: ", ")).",
                "The portal did not ask for: \(names.joined(separator: ", ")).")
        case .contextToBeChosen(let offered):
            BilingualText(
                "Wählen Sie mit --context, für wen Sie handeln: \(offered.joined(separator: ", ")).",
                "Choose for whom to act with --context: \(offered.joined(separator: ", ")).")
        case .unknownContext(let chosen, let offered):
            BilingualText(
                "„\(chosen)“ nennt nicht genau eine Wahl dieser Anmeldung; zur Wahl stehen: "
                    + "\(offered.joined(separator: ", ")).",
                "'\(chosen)' names no one context of this login; offered are: \(offered.joined(separator: ", ")).")
        case .file(let refusal): refusal.text
        case .keyStore(let refusal): refusal.text
        case .cryptography:
            BilingualText(
                "Ein Schlüssel konnte nicht benutzt werden, vielleicht weil der Arbeitsspeicher nicht reicht.",
                "A key could not be used, perhaps for lack of memory.")
        }
    }

    private static func clock(ahead: Int64) -> BilingualText {
        let seconds = ahead.magnitude
        return BilingualText(
            "Die Uhr dieses Geräts geht \(seconds) Sekunden \(ahead < 0 ? "nach" : "vor"), verglichen mit der des "
                + "Anbieters. Stellen Sie sie richtig, und versuchen Sie es noch einmal; es wurde nichts beantwortet.",
            "This device's clock is \(seconds) seconds \(ahead < 0 ? "behind" : "ahead of") the provider's. "
                + "Set it right and try again; nothing was answered.")
    }

    private static func loginOver(_ state: LoginState) -> BilingualText {
        BilingualText(
            "Die Anmeldung ist vorbei (\(state.text(for: .phone, language: .german).title)). "
                + "Beginnen Sie im Browser neu.",
            "The login is over (\(state.rawValue)). Begin again in the browser.")
    }
}

extension ProblemDocument {
    /// The refusal in the person's language; of a code that this version does not know, what the provider said.
    var text: BilingualText {
        let title = ProblemCode(rawValue: code)?.title.german ?? self.title
        let text =
            BilingualText(title, self.title) + .triesLeft(triesLeft) + failedChecksText + (mistake?.text ?? .nothing)
        guard let obstacle else { return text }
        return text + BilingualText(verbatim: " ") + obstacle.text
    }

    /// A further sentence where evidence was examined.
    private var failedChecksText: BilingualText {
        guard !failedChecks.isEmpty else { return .nothing }
        let checks = failedChecks.map { EvidenceVerdict.words(for: $0) }
        return BilingualText(
            " Nicht bestanden: \(checks.map(\.german).joined(separator: ", ")).",
            " Checks that failed: \(checks.map(\.english).joined(separator: ", ")).")
    }
}

extension MessageError {
    /// A further sentence that names what has to be set right.
    fileprivate var text: BilingualText {
        switch self {
        case .missing(let name): BilingualText(" „\(name)“ fehlt.", " “\(name)” is missing.")
        case .malformed(let name): BilingualText(" „\(name)“ ist fehlerhaft.", " “\(name)” is malformed.")
        case .unknown(let name): BilingualText(" „\(name)“ ist hier nicht bekannt.", " “\(name)” is not known here.")
        }
    }
}

extension BilingualText {
    static let nothing = BilingualText(verbatim: "")

    /// A further sentence where somebody counts.
    static func triesLeft(_ count: Int?) -> BilingualText {
        guard let count else { return .nothing }
        return BilingualText(
            count == 1 ? " Sie haben noch einen Versuch." : " Sie haben noch \(count) Versuche.",
            " Tries left: \(count).")
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
    var text: BilingualText {
        switch self {
        case .malformed:
            BilingualText(
                "Das ist kein Link der CitizenID oder nicht der ganze. Kopieren Sie ihn ganz, oder scannen Sie den QR-Code.",
                "This is not a CitizenID link, or not the whole of one. Copy all of it, or scan the QR code.")
        case .notForEnrolment:
            BilingualText(
                "Dieser Link ist für eine Anmeldung, nicht um ein Gerät einzurichten.",
                "This link is for a login, not for enrolling a device.")
        case .notForLogin:
            BilingualText(
                "Dieser Link ist, um ein Gerät einzurichten, nicht für eine Anmeldung.",
                "This link is for enrolling a device, not for a login.")
        case .foreignIssuer:
            BilingualText(
                "Der Link führt zu einem Anbieter, bei dem dieses Gerät nicht eingerichtet ist. Es wurde nichts gesandt. "
                    + "Haben Sie das nicht erwartet, folgen Sie ihm nicht; sonst nehmen Sie das Profil, das dort "
                    + "eingerichtet ist.",
                "The link leads to a provider at which this device is not enrolled. Nothing was sent. "
                    + "If you did not expect that, do not follow it; else choose the profile that is enrolled there.")
        }
    }
}
