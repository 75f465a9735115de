import OpenIDMessages

/// A login situation, step by step, with what is expected of it. docs/citizen-phone.md has the format of the files.
struct Scenario: Equatable {
    /// One step and where it stands.
    struct Step: Equatable {
        let line: Int
        /// As it is written in the file, on one line.
        let text: String
        let action: Action
    }

    enum Action: Equatable {
        /// A browser begins a login at the portal.
        case open(Visitor)
        /// Goes on with an earlier browser; the first that was opened is 1.
        case browser(Int)
        /// Somebody copies the files of the phone's device.
        case copyDevice
        /// Which files the phone has from now on.
        case device(Device)
        case claim(LoginFlow)
        /// - Parameter remembers: whether the browser is to be known from now on.
        case type(Digits, remembers: Bool)
        /// A portal asks by itself for the person whose phone it is.
        case ask
        /// The phone takes the request that has arrived without a browser.
        case receive
        /// The person types the digits of a call.
        case call(Digits)
        /// The portal that asked fetches its tokens.
        case collect
        /// The person suspends this device.
        case suspend
        /// The operator takes the evidence of this device's hardware back.
        case revoke
        case answer(Answer)
        /// The acknowledgement of the next answer does not reach the phone.
        case lose
        /// The phone answers once more as before.
        case resend
        case comeBack(Return)
        case cancel
        case wait(Int64)
        /// The browser goes to the portal with what the provider gives it.
        case finish
        case expect(Expectation)

        /// Whether it is about a browser's login.
        var needsBrowser: Bool {
            switch self {
            case .claim, .type, .comeBack, .cancel, .finish: true
            case .expect(let expectation): expectation.isOfBrowser
            default: false
            }
        }
    }

    enum Device: String, CaseIterable { case own, copy }

    /// Who opens the portal's page.
    enum Visitor: String, CaseIterable {
        /// A new browser without cookies.
        case portal
        /// The browser whose turn it is, with all that it has from before.
        case again
        /// The browser that was remembered last, when its session is over.
        case known
    }

    enum Digits: Equatable {
        /// Those that the phone shows; of a call, those that the portal has.
        case right
        case wrong
        case these(String)
    }

    enum Answer: Equatable {
        case approve(isPINRight: Bool, released: [String]?, context: String?)
        case deny
        case report
    }

    enum Return: String, CaseIterable {
        case right
        /// With a value that the phone has not signed.
        case wrong
        case otherBrowser = "other-browser"
    }

    /// What must be so; nil for what does not matter.
    struct Expectation: Equatable {
        /// The state that the login page shows, or `none`.
        var page: String?
        /// The state that the phone knows, or `none`.
        var phone: String?
        /// What the person was told last, outside of any login.
        var notice: String?
        /// Why the step before was refused, or `none`.
        var error: String?
        /// What the browser took along to the portal.
        var callback: String?
        /// What the portal that asked by itself got: `granted`, an error code, or `none`.
        var tokens: String?
        /// The tries that the refusal of a PIN, or of the digits of a call, names.
        var triesLeft: Int?
        /// The status of the page where the browser came to rest.
        var status: Int?

        /// Whether it asks for what only a browser has.
        var isOfBrowser: Bool { page != nil || callback != nil || status != nil }
    }

    /// The name of the file as it was given.
    let file: String
    let name: String
    let description: String
    /// Whose phone it is; nil for the device of the profile.
    var persona: Persona?
    /// True when the phone's device cannot log in afterwards.
    let endsDevice: Bool
    let steps: [Step]

    /// True when a portal asks by itself: it needs one that may.
    var asks: Bool { steps.contains { $0.action == .ask } }

    /// True when an operator takes evidence back: it needs one who can be played.
    var revokes: Bool { steps.contains { $0.action == .revoke } }

    /// The word for what is not there.
    static let none = "none"

    /// Why a step can be refused: codes of docs/protocol.md §9 and words for what the phone itself refuses.
    static let errors = [
        "not_accepted", "device_locked", "device_suspended", "device_cloned", "level_unreachable",
        "relay_resistance_too_low", "context_unavailable", "unknown_login", "scan_again", "already_claimed",
        "login_over", "statement_refused",
        "too_many_logins", "rate_limited", "invalid_attestation", "overloaded", "server_error", "link_refused",
        "no_login", "request_not_yet_there", "call_code_needed", "unknown_claims", "context_to_be_chosen",
        "unknown_context",
        "code_not_awaited", "not_cancellable", "acknowledgement_lost", "nothing_asked", "wrong_call_code",
    ]
}
