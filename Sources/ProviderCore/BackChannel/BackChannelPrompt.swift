internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// What a login has that a portal asked for without a browser (OpenID Connect CIBA Core §7).
struct BackChannelPrompt: Sendable {
    /// Whose phone gets it; nil when nobody's does. Both look the same to the portal (docs/decisions/0014).
    let recipient: AccountIdentifier?
    /// The hat that the portal asks for.
    let context: ContextName
    /// Four digits that somebody at the portal reads out.
    let callCode: String
    let message: BindingMessage?
    let expiresAt: Timestamp

    init(recipient: BackChannelRecipient?, message: BindingMessage?, expiresAt: Timestamp) {
        self.recipient = recipient?.account
        context = recipient?.context ?? .citizen
        callCode = RandomBytes.digits(4)
        self.message = message
        self.expiresAt = expiresAt
    }
}
