/// The guards that stand in the way of the attacks on a login (docs/protocol.md, docs/threat-model.md).
///
/// In every provider that serves anybody all of them stand: only this package can make one without, and only its tests do.
/// They take a guard away and see that `citizen-phone attack` notices, so that what it says of others can be believed.
package struct Guards: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// P-4.2.5: the digits on the phone are typed into the browser before anything can be approved.
    package static let typedDigits = Guards(rawValue: 1 << 0)
    /// P-4.2.2: a QR frame grows old.
    package static let frames = Guards(rawValue: 1 << 1)
    /// P-4.2.2: a link of one flow is none of another.
    package static let flowInLink = Guards(rawValue: 1 << 2)
    /// P-4.7.1: a login on the same device is complete only when the phone came back to the browser that began it.
    package static let browserReturn = Guards(rawValue: 1 << 3)
    /// P-4.7.4: what comes back must be what the phone promised.
    package static let returnValue = Guards(rawValue: 1 << 4)
    /// P-4.6.1: an answer is to one request alone.
    package static let answerBinding = Guards(rawValue: 1 << 5)
    /// P-4.6.1: the answer signs the text that was asked.
    package static let shownText = Guards(rawValue: 1 << 6)
    /// P-4.6.1: the counter of a device rises.
    package static let counter = Guards(rawValue: 1 << 7)
    /// P-4.2.2: few logins of an account are open at once.
    package static let openLogins = Guards(rawValue: 1 << 8)
    /// P-12.2: a known browser proves its key over the nonce of this login.
    package static let browserProof = Guards(rawValue: 1 << 9)

    /// P-12.3: a known browser counts for the account that its key is bound to, and for no other.
    package static let browserAccount = Guards(rawValue: 1 << 10)

    /// P-4.7.4: only the browser that holds the login's cookie gets on with it.
    package static let loginCookie = Guards(rawValue: 1 << 11)
    /// P-4.7.5: the outcome is given once.
    package static let codeOnce = Guards(rawValue: 1 << 12)

    /// P-11.3: one request is before a person at a time, and a silence follows one that was not wanted.
    package static let prompts = Guards(rawValue: 1 << 13)
    /// P-11.4: the digits of a call come before an approval.
    package static let callCode = Guards(rawValue: 1 << 14)
    /// P-11.3: a report stops the portal.
    package static let reports = Guards(rawValue: 1 << 15)

    package static let all = Guards(rawValue: (1 << 16) - 1)
}
