internal import IdentityCrypto
internal import OpenIDMessages

/// What a registration is made with.
struct EnrolmentMeans: Sendable {
    let keys: any DeviceKeyStore
    let credential: PINCredential
    /// Where the identifiers of this registration come from.
    let random: RandomSource
    /// The number of this registration among those of the profile that drew from a seed; 0 for the first.
    let attempt: Int64
}

extension DeviceAuthenticator {
    /// The invitation of an enrolment with this ticket that was begun or shown and whose offer still lives.
    ///
    /// - Parameter key: that the link names (D-6.2.3), whichever link brought the offer.
    func begunEnrolment(
        ticket: String, key: KeyThumbprint, at issuer: IssuerURL
    ) throws(DeviceError) -> EnrolmentInvitation? {
        let begun = try begun()
        let now = clock.now
        // Where there are no keys a PIN is still to be chosen: that takes a minute by the provider's clock.
        return Self.invitation(begun.offer, ticket: ticket, key: key, at: issuer, now: now)
            ?? Self.invitation(
                begun.shown, ticket: ticket, key: key, at: issuer, now: now + 2 * RequestChecks.clockDifference)
    }

    private static func invitation(
        _ begun: BegunEnrolment.Offer?, ticket: String, key: KeyThumbprint, at issuer: IssuerURL, now: Timestamp
    ) -> EnrolmentInvitation? {
        guard let begun, let key = begun.providerKeys[key],
            let offer = try? RequestChecks.offer(begun.text, key: key, issuer: issuer, ticket: ticket, now: now)
        else { return nil }
        return EnrolmentInvitation(offer: offer, providerKeys: begun.providerKeys)
    }

    /// Keeps the offer that the person is to be shown: whoever looks again, or mistypes a PIN, needs no other one.
    func keepShown(_ invitation: EnrolmentInvitation) throws(DeviceError) {
        var begun = try begun()
        begun.shown = BegunEnrolment.Offer(
            text: invitation.offer.text, providerKeys: invitation.providerKeys, seed: nil)
        try remember(begun)
    }

    /// The keys with which this enrolment began, or fresh ones. All that is needed to go on is stored before this returns.
    /// Those of a device that enrolled meanwhile stay.
    func enrolmentMeans(
        _ invitation: EnrolmentInvitation, _ choice: KeyStoreChoice, _ pin: PIN
    ) throws(DeviceError) -> EnrolmentMeans {
        if let enrolled = try enrolment() { throw .alreadyEnrolled(enrolled.issuer) }
        var begun = try begun()
        let attempt = begun.attempts
        // Whoever knows the seed has the keys: they go on as what they are, or not at all.
        let keys = begun.offer?.text == invitation.offer.text && begun.offer?.seed == random.seed ? try? keys() : nil
        if random.seed != nil { begun.attempts += 1 }
        if let keys, keys.choice == choice {
            try remember(begun)
            let credential = try Self.credential(pin, keys)
            return EnrolmentMeans(keys: keys, credential: credential, random: random(of: attempt), attempt: attempt)
        }
        // Before there are other keys: they must never be taken for those that were registered under an offer.
        begun.offer = nil
        try remember(begun)
        let derivation = PINDerivation(freshAt: folder.pinCost, random: random)
        guard let credential = derivation.credential(for: pin) else { throw .cryptography }
        let fresh = try KeyFile.create(choice, in: folder, derivation: derivation, pin: credential, random: random)
        begun.offer = BegunEnrolment.Offer(
            text: invitation.offer.text, providerKeys: invitation.providerKeys, seed: random.seed)
        if begun.shown?.text == invitation.offer.text { begun.shown = nil }
        try remember(begun)
        return EnrolmentMeans(keys: fresh, credential: credential, random: random(of: attempt), attempt: attempt)
    }

    /// The provider no longer knows the offer: nothing can go on under it.
    func forgetOffer() {
        guard var begun = try? folder.begunEnrolment() else { return }
        begun.offer = nil
        // What cannot be removed has expired after five minutes.
        try? folder.remember(begun)
    }

    /// The first registration draws what follows its keys; each later one has a stream of its own.
    private func random(of attempt: Int64) -> RandomSource {
        guard attempt > 0, let seed = random.seed else { return random }
        return .seeded(seed, stream: UInt64(attempt))
    }

    private func begun() throws(DeviceError) -> BegunEnrolment {
        do throws(FileRefusal) { return try folder.begunEnrolment() } catch { throw .file(error) }
    }

    private func remember(_ begun: BegunEnrolment) throws(DeviceError) {
        do throws(FileRefusal) { try folder.remember(begun) } catch { throw .file(error) }
    }
}
