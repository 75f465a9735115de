/// What the exit status of `citizen-phone` says; docs/citizen-phone.md has the same list.
enum ExitStatus: Int32, CaseIterable {
    case ok = 0
    /// Something that should not happen.
    case internalError = 1
    case notEnrolled = 10
    case alreadyEnrolled = 11
    /// The link is malformed, altered or too old.
    case linkRefused = 12
    /// A statement of the provider failed a check; nothing was signed.
    case statementRefused = 13
    case network = 14
    case providerRefused = 15
    case wrongPIN = 16
    /// The device is locked, suspended or taken for a copy.
    case deviceBlocked = 17
    /// The login is over or its request has expired.
    case loginOver = 18
    /// A file is missing, damaged or can be reached by others; for a disk or a version that is to blame see below.
    case file = 19
    /// A PIN is needed and there is no terminal to ask.
    case noTerminal = 20
    /// No login waits, or its request is not there yet.
    case nothingWaits = 21
    /// `login`, `doctor`, `attack`: the browser's side did not come where it should.
    case browser = 22
    /// `doctor`, `receipts verify`, `explain`: a check failed; `attack`: one succeeded; `run`: an expectation is not met.
    case findings = 23
    /// The person did not confirm; nothing was done. `login`: it was left before its end.
    case declined = 24
    /// The digits of a call are missing or wrong.
    case wrongCallCode = 25
    /// The key store cannot be reached, is another one, or cannot keep the keys.
    case keyStore = 26
    /// The picture shows no QR code.
    case noQRCode = 27
    /// The picture shows more than one CitizenID code.
    case severalQRCodes = 28
    /// The picture shows QR codes of others only.
    case foreignQRCode = 29
    /// The link leads to another provider than the one at which this device is enrolled.
    case otherProvider = 30
    /// The enrolment ticket is unknown, used or expired: the provider does not say which.
    case ticket = 31
    /// This device's clock is wrong.
    case clock = 32
    /// The server's certificate, or its TLS, is not as it must be.
    case certificate = 33
    /// The folder cannot be written.
    case readOnly = 34
    case diskFull = 35
    /// A file of a newer version of this program.
    case newerVersion = 36
    /// `attack`: none succeeded, but not all that were named were played; `run`: every scenario was skipped.
    case notTested = 37
    /// `enrol`: the device would not reach the level that is wanted of it; no keys were made.
    case levelOutOfReach = 38
    case usage = 64

    /// The word for it in `--json`.
    var name: String {
        switch self {
        case .ok: "ok"
        case .internalError: "internal_error"
        case .notEnrolled: "not_enrolled"
        case .alreadyEnrolled: "already_enrolled"
        case .linkRefused: "link_refused"
        case .statementRefused: "statement_refused"
        case .network: "network"
        case .providerRefused: "provider_refused"
        case .wrongPIN: "wrong_pin"
        case .deviceBlocked: "device_blocked"
        case .loginOver: "login_over"
        case .file: "file"
        case .noTerminal: "no_terminal"
        case .nothingWaits: "nothing_waits"
        case .browser: "browser"
        case .findings: "findings"
        case .declined: "declined"
        case .wrongCallCode: "wrong_call_code"
        case .keyStore: "key_store"
        case .noQRCode: "no_qr_code"
        case .severalQRCodes: "several_qr_codes"
        case .foreignQRCode: "foreign_qr_code"
        case .otherProvider: "other_provider"
        case .ticket: "ticket"
        case .clock: "clock"
        case .certificate: "certificate"
        case .readOnly: "read_only"
        case .diskFull: "disk_full"
        case .newerVersion: "newer_version"
        case .notTested: "not_tested"
        case .levelOutOfReach: "level_out_of_reach"
        case .usage: "usage"
        }
    }
}
