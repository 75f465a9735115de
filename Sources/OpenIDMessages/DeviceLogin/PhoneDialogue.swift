/// A statement by which the provider asks the person on the phone: a login's request, or what is to be confirmed. What all
/// of them have is checked by one rule on each side.
public protocol AskingStatement: DeviceStatement {
    var issuer: IssuerURL { get }
    var device: DeviceIdentifier { get }
    var transaction: TransactionIdentifier { get }
    var nonce: Nonce { get }
    var expiresAt: Timestamp { get }
    /// The text to show.
    var text: String { get }
    var textDigest: ContentDigest { get }
}

/// What the phone signs back with `K_auth`.
public protocol AnsweringStatement: DeviceStatement {
    /// The thumbprint of `K_auth`.
    var key: KeyThumbprint { get }
    var device: DeviceIdentifier { get }
    var issuer: IssuerURL { get }
    var transaction: TransactionIdentifier { get }
    var nonce: Nonce { get }
    /// SHA-256 over the exact bytes of what was asked.
    var requestDigest: ContentDigest { get }
    /// SHA-256 over the text that was shown.
    var textDigest: ContentDigest { get }
    /// Authentication methods that took part (RFC 8176).
    var methods: [String] { get }
    /// Strictly greater than the counter of every earlier answer of the device.
    var counter: Int64 { get }
    var issuedAt: Timestamp { get }
}

extension LoginRequestStatement: AskingStatement {}
extension LoginResponseStatement: AnsweringStatement {}
extension ConfirmationRequestStatement: AskingStatement {}
extension ConfirmationResponseStatement: AnsweringStatement {}
