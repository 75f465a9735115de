internal import IdentityCrypto
public import OpenIDMessages

/// A provider's offer to enrol this device, checked (D-6.2.3). The person sees it before choosing a PIN.
public struct EnrolmentInvitation: Sendable {
    public let issuer: IssuerURL
    /// The person's name, masked.
    public let maskedName: String
    /// The level to which the person's identity was proved.
    public let level: AssuranceLevel
    /// Evidence formats that the provider accepts.
    public let formats: [String]
    /// The fewest digits of the PIN.
    public let minimumPINLength: Int
    public let expiresAt: Timestamp

    let offer: SignedStatement<EnrolmentOffer>
    let providerKeys: ProviderKeys

    init(offer: SignedStatement<EnrolmentOffer>, providerKeys: ProviderKeys) {
        issuer = offer.statement.issuer
        maskedName = offer.statement.maskedName
        level = offer.statement.level
        formats = offer.statement.formats
        minimumPINLength = max(PINKey.lengths.lowerBound, Int(clamping: offer.statement.minimumPINLength))
        expiresAt = offer.statement.expiresAt
        self.offer = offer
        self.providerKeys = providerKeys
    }
}

/// What enrolment gave. The block code is for the person alone (P-6.5): once it was shown, say so with
/// `DeviceAuthenticator.blockCodeWasSeen()`, and the device forgets it.
public struct EnrolmentResult: Sendable {
    public let record: DeviceRecord
    /// How the checks of the evidence ended.
    public let verdicts: [EvidenceVerdict]
    /// 18 digits that suspend the device at once.
    public let blockCode: String
    /// Nil when the device counts at once.
    public let waiting: Waiting?

    /// Another device of the account has a say.
    public struct Waiting: Sendable {
        /// When the device counts by itself, unless another one refuses it; nil when one must approve it.
        public let usableFrom: Timestamp?
    }
}
