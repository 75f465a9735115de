import ArgumentParser

/// The attacks of docs/threat-model.md that this program plays, each with both sides.
enum Attack: String, CaseIterable, ExpressibleByArgument {
    case relay
    case linkRelay = "link-relay"
    case staleQR = "stale-qr"
    case flowSwap = "flow-swap"
    case replay
    case tamperText = "tamper-text"
    case hostileText = "hostile-text"
    case wrongReturn = "wrong-return"
    case enrolHijack = "enrol-hijack"
    case fakeIssuer = "fake-issuer"
    case fatigue
    case backChannel = "back-channel"
    case stolenBrowser = "stolen-browser"
    case foreignBrowser = "foreign-browser"
    case clone

    /// What the attacker tries.
    var attempt: String {
        switch self {
        case .relay: "shows the victim the QR code of the attacker's own login and guesses the digits"
        case .linkRelay: "sends the victim the same-device link of the attacker's own login"
        case .staleQR: "shows the victim a picture of a QR code that has grown old"
        case .flowSwap: "makes a link of a QR code, and a QR code of a link"
        case .replay: "sends the victim's signed answer again, to the same login and to another one"
        case .tamperText: "shows the victim another text than the one that is signed"
        case .hostileText: "has a portal whose name acts on the terminal that shows it"
        case .wrongReturn: "comes back to the browser with another value, and to another browser with the right one"
        case .enrolHijack:
            "enrols a device with an enrolment link that somebody photographed, after its person and before"
        case .fakeIssuer: "poses as the provider"
        case .fatigue: "opens login after login until the victim says yes"
        case .backChannel: "has a portal ask for the victim without a browser until the victim gives in"
        case .stolenBrowser: "poses as a browser that knows the victim, without that browser's key"
        case .foreignBrowser: "relays the victim's login in a browser that is known, but to the attacker's own account"
        case .clone: "answers with a copy of the victim's device"
        }
    }

    /// What must stop it.
    var guardian: String {
        switch self {
        case .relay: "the digits are typed into the browser before anything can be approved (P-4.2.5)"
        case .linkRelay, .wrongReturn: "the phone comes back to the browser that began the login (P-4.7.4)"
        case .staleQR: "a frame is good for eight seconds (P-4.2.2)"
        case .flowSwap: "the flow is inside the link's MAC (§3)"
        case .replay: "an answer is to one request, and a code is given once (P-4.6.1)"
        case .tamperText: "the text's digest is inside both signatures (D-4.3.2, P-4.6.1)"
        case .hostileText: "what acts on a terminal or reorders what is read is in no name, or shown as text (D-4.4.1)"
        case .enrolHijack: "a ticket is good once (P-6.2.2), and a further device waits for one that counts (P-6.5)"
        case .fakeIssuer: "the phone signs only for the issuer and the keys it was enrolled with (D-3.1, D-4.3.2)"
        case .fatigue: "at most three logins of an account are open (P-4.2.2)"
        case .backChannel:
            "one request is before a person, nothing is approved without the digits of a call, and a report ends it "
                + "(P-11.3, P-11.4)"
        case .stolenBrowser:
            "a known browser signs the nonce of each login with a key that it does not give away (P-12.2)"
        case .foreignBrowser: "a known browser counts for the account that its key is bound to alone (P-12.3)"
        case .clone: "a device's counter rises (P-4.6.1)"
        }
    }

    /// True when the victim's device is suspended if the provider resists.
    var endsDevice: Bool { self == .clone }
}

/// How an attack ended.
struct AttackOutcome: Equatable {
    enum Result: String, CaseIterable {
        case resisted
        case succeeded
        case notTested = "not_tested"
    }

    let attack: Attack
    let result: Result
    /// What was tried and what was answered, in its order; or why it was not tried.
    let evidence: [String]
}
