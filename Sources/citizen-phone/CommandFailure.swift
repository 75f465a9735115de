import DeviceAuthenticator
import OpenIDMessages

/// Why a command failed: a status, a sentence for the person in both languages, and what programs may want to know.
struct CommandFailure: Error {
    var status: ExitStatus
    var message: BilingualText
    var problem: ProblemDocument?
    /// What exactly is wrong with the network, or with the person's right to act for a company, where that is to blame.
    var reason: String?
    /// How many more PINs, or digits of a call, are taken; nil where nobody said.
    var triesLeft: Int?
    /// What was found before it failed.
    var found: Report?

    init(_ status: ExitStatus, _ message: BilingualText, problem: ProblemDocument? = nil) {
        self.status = status
        self.message = message
        self.problem = problem
        triesLeft = problem?.triesLeft
        reason = problem?.obstacle?.reason
    }

    init(_ status: ExitStatus, _ german: String, _ english: String, problem: ProblemDocument? = nil) {
        self.init(status, BilingualText(german, english), problem: problem)
    }

    /// What only developers meet, whose tools speak English.
    init(_ status: ExitStatus, developer message: String, problem: ProblemDocument? = nil) {
        self.init(status, BilingualText(verbatim: message), problem: problem)
    }

    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as DeviceError: self.init(device: error)
        case let refusal as FileRefusal: self.init(device: .file(refusal))
        case let failure as NetworkFailure: self.init(device: .network(failure))
        default: self.init(.internalError, BilingualText(verbatim: "\(error)"))
        }
    }

    private init(device error: DeviceError) {
        let status: ExitStatus
        var problem: ProblemDocument?
        switch error {
        case .notEnrolled: status = .notEnrolled
        case .alreadyEnrolled: status = .alreadyEnrolled
        case .linkRefused(.foreignIssuer): status = .otherProvider
        case .linkRefused: status = .linkRefused
        case .clock: status = .clock
        case .statementRefused(.expired), .loginOver: status = .loginOver
        case .statementRefused: status = .statementRefused
        case .network(let failure): status = Self.status(of: failure.reason)
        case .provider(let document):
            status = Self.status(of: document.code)
            problem = document
        case .unexpectedAnswer: status = .providerRefused
        case .callCodeNeeded: status = .wrongCallCode
        case .noLogin, .requestNotYetThere: status = .nothingWaits
        case .pinTooShort, .evidenceNotAccepted, .seedNotAllowed, .unknownClaims, .contextToBeChosen, .unknownContext:
            status = .usage
        case .levelOutOfReach: status = .levelOutOfReach
        case .file(let refusal): status = Self.status(of: refusal)
        case .keyStore(let refusal): status = Self.status(of: refusal)
        case .cryptography: status = .internalError
        }
        self.init(status, error.text, problem: problem)
        if case .keyStore(.wrongPIN(let left)) = error { triesLeft = left }
        if case .network(let failure) = error { reason = failure.reason.rawValue }
    }

    private static func status(of reason: NetworkFailure.Reason) -> ExitStatus {
        if reason == .badCertificateFile { return .file }
        return reason.isAboutCertificates ? .certificate : .network
    }

    private static func status(of refusal: FileRefusal) -> ExitStatus {
        switch refusal.trouble {
        case .readOnly: .readOnly
        case .diskFull: .diskFull
        case .newerVersion: .newerVersion
        case nil: .file
        }
    }

    /// A wrong PIN is one, whoever counts it.
    private static func status(of refusal: KeyStoreRefusal) -> ExitStatus {
        switch refusal {
        case .pinNeeded: .noTerminal
        case .wrongPIN: .wrongPIN
        case .locked: .deviceBlocked
        case .unreachable, .absent, .foreign, .unfit, .failed: .keyStore
        }
    }

    /// The status for a code of docs/protocol.md §9.
    private static func status(of code: String) -> ExitStatus {
        switch code {
        case "not_accepted": .wrongPIN
        case "wrong_call_code": .wrongCallCode
        case "device_locked", "device_suspended", "device_cloned": .deviceBlocked
        case "unknown_login", "login_over", "unknown_confirmation", "confirmation_over": .loginOver
        case "scan_again": .linkRefused
        case "unknown_ticket": .ticket
        default: .providerRefused
        }
    }

    /// `{"error": …}` as `--json` prints it. Its message is English, whatever the language: programs keep it.
    var json: JSONObject {
        var error: JSONObject = [
            "status": .integer(Int64(status.rawValue)), "name": .string(status.name),
            "message": .string(message.english),
        ]
        if let problem {
            error["code"] = .string(problem.code)
            error["retry"] = .bool(problem.retry)
            error["trace_id"] = .string(problem.traceIdentifier)
            if !problem.failedChecks.isEmpty { error["failed_checks"] = .strings(problem.failedChecks) }
            error["member"] = problem.mistake.map { .string($0.member) }
            error["mistake"] = problem.mistake.map { .string($0.kind.rawValue) }
            for member in problem.obstacle?.json.members ?? [] { error[member.name] = member.value }
        }
        error["reason"] = reason.map { .string($0) }
        error["tries_left"] = triesLeft.map { .integer(Int64($0)) }
        var object = found?.json ?? [:]
        object["error"] = .object(error)
        return object
    }
}
