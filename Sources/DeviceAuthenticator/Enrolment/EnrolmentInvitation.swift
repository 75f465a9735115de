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
    /// What each of them reaches, and in which key store.
    public let ceilings: [EvidenceCeiling]
    /// The lowest level of any login at the town whose ticket it is.
    public let requiredLevel: AssuranceLevel
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
        ceilings = offer.statement.ceilings
        requiredLevel = offer.statement.requiredLevel
        minimumPINLength = max(PINKey.lengths.lowerBound, Int(clamping: offer.statement.minimumPINLength))
        expiresAt = offer.statement.expiresAt
        self.offer = offer
        self.providerKeys = providerKeys
    }

    /// The highest level of a device with this evidence: the lower one of what it reaches and of the person's identity. Nil
    /// where the provider does not say that it accepts such evidence. A simulator's gives it as `sim:…`.
    public func ceiling(of evidence: EvidenceSource) -> AssuranceLevel? {
        ceilings.first { $0.format == evidence.format && $0.keyStore == evidence.keyStore }.map { min($0.level, level) }
    }

    /// Evidence with which a device reaches at least this level, in the provider's order of preference; none where the
    /// person's identity does not.
    public func evidence(reaching wanted: AssuranceLevel) -> [EvidenceCeiling] {
        level < wanted ? [] : ceilings.filter { $0.level >= wanted }
    }

    /// Refuses before there are keys, and before the ticket is spent, what would end at a lower level than is wanted (D-6.2.4).
    ///
    /// - Parameters:
    ///   - evidence: what the device would say about where its keys live.
    ///   - wanted: the level that the device must reach; nil for what the town demands, where the person's identity allows it.
    public func require(_ evidence: EvidenceSource, reaches wanted: AssuranceLevel? = nil) throws(DeviceError) {
        guard formats.contains(evidence.format) else {
            throw .evidenceNotAccepted(format: evidence.format, accepted: formats)
        }
        let wanted = wanted ?? min(requiredLevel, level)
        let reached = ceiling(of: evidence)
        guard let reached, reached >= wanted else {
            throw .levelOutOfReach(
                LevelOutOfReach(
                    wanted: wanted, reached: reached, identity: level, enough: self.evidence(reaching: wanted)))
        }
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
