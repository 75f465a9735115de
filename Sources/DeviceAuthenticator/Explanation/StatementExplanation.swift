internal import IdentityCrypto
internal import OpenIDMessages

/// Explains one compact JWS: form, type, algorithm, members, signature, issuer, addressee, expiry and text.
enum StatementExplanation {
    static let noProfile = "no profile here is enrolled"

    /// - Parameters:
    ///   - profile: nil when no device is enrolled; then nothing of it can be compared.
    ///   - now: nil for what was kept: it has expired and that says nothing.
    ///   - isKept: true for a part of a receipt: whatever this device signed, its profile can prove.
    static func explain(
        _ text: String, profile: ExplainingProfile?, now: Timestamp?, isKept: Bool = false
    ) -> Explanation {
        var list = CheckList()
        let token: CompactJWS
        do throws(JWSError) { token = try CompactJWS(parsing: text) } catch {
            list.check("form", false, "", else: "not a compact JWS as RFC 7515 §7.1 and docs/protocol.md §2 want it")
            return Explanation("unknown", title: "not a statement", checks: list.checks)
        }
        list.check("form", true, "a compact JWS in canonical base64url, each name once", else: "")
        let kind = StatementKind.of(type: token.normalizedType)
        let content = token.unverifiedPayload ?? [:]
        if let kind {
            list.check("type", true, "\(kind.type): \(kind.name)", else: "")
            list.check(
                "algorithm", token.header["alg"]?.string == "ES256", "ES256",
                else: "\(token.header["alg"]?.string ?? "none") where the protocol wants ES256")
        } else {
            list.skip("type", "\(token.normalizedType ?? "no typ"): no statement of the device protocol")
        }
        let facts = kind.flatMap { try? $0.facts(content) }
        if kind != nil {
            list.check(
                "members", facts != nil, "exactly the members of its type, each well-formed",
                else: "a member is missing, malformed, or none of its type")
        }
        signature(of: token, kind: kind, profile: profile, isKept: isKept, &list)
        if let facts { compare(facts, profile: profile, now: now, &list) }
        return Explanation(
            token.normalizedType ?? "jws", title: kind?.name ?? "a token that is no statement of the device protocol",
            content: content, header: token.header, parts: evidence(in: token, content, now: now), checks: list.checks)
    }

    /// What a registration says of where its keys live, judged for its offer and its keys.
    private static func evidence(
        in token: CompactJWS, _ content: JSONObject, now: Timestamp?
    ) -> [(name: String, explanation: Explanation)] {
        guard token.normalizedType == DeviceRegistration.type, let now,
            let registration = try? DeviceRegistration(json: content),
            let key = (token.header["jwk"]?.object).flatMap({ try? VerificationKey(jwk: $0) }),
            let installation = try? VerificationKey(jwk: registration.installationKey),
            let pin = try? VerificationKey(jwk: registration.pinKey)
        else { return [] }
        let subject = EvidenceExplanation.Subject(
            offer: registration.offerDigest, authentication: key, installation: installation.thumbprint,
            pin: pin.thumbprint)
        return registration.evidence.enumerated().compactMap { number, evidence in
            EvidenceExplanation.explain(evidence, about: subject, profile: nil, now: now).map {
                (name: "evidence \(number + 1)", explanation: $0)
            }
        }
    }

    private static func signature(
        of token: CompactJWS, kind: StatementKind?, profile: ExplainingProfile?, isKept: Bool,
        _ list: inout CheckList
    ) {
        let (key, owner): (VerificationKey?, String)
        switch kind?.signer {
        case .headerKey:
            (key, owner) = (
                (token.header["jwk"]?.object).flatMap { try? VerificationKey(jwk: $0) }, "the key it brings"
            )
        case .browserKey:
            guard let brought = token.header["jwk"]?.object else {
                return list.skip("signature", "by a browser's key, which only the provider knows")
            }
            (key, owner) = (try? VerificationKey(jwk: brought), "the key it brings")
        case .certificateChain:
            key = SimulatorEvidenceVerifier.attesterKey(of: token)
            owner = "the key of its first certificate, whose chain only the provider can judge"
        case .provider, nil:
            guard let profile else { return list.skip("signature", noProfile) }
            key = token.keyIdentifier.flatMap { KeyThumbprint(rawValue: $0) }.flatMap { profile.providerKeys[$0] }
            owner = "a key of the provider \(profile.issuer)"
        case .authenticationKey:
            guard let profile else { return list.skip("signature", noProfile) }
            (key, owner) = (profile.authentication.named(by: token), "K_auth of this device")
        case .otherDeviceKey:
            guard let profile else { return list.skip("signature", noProfile) }
            (key, owner) = (profile.installation.named(by: token), "K_inst of this device")
        }
        guard let key else {
            switch kind?.signer {
            case .authenticationKey where !isKept, .otherDeviceKey where !isKept, nil where !isKept:
                // Another device of the person may have made it, or a key of the provider for something else.
                list.skip("signature", "signed by a key that this profile does not know")
            default: list.check("signature", false, "", else: "the key that signed is not \(owner)")
            }
            return
        }
        list.check(
            "signature", (try? token.verified(by: key, type: kind?.type)) != nil, "by \(owner)",
            else: "wrong: the text was changed after \(owner) signed it, or another key did")
    }

    private static func compare(
        _ facts: StatementKind.Facts, profile: ExplainingProfile?, now: Timestamp?, _ list: inout CheckList
    ) {
        if let issuer = facts.issuer {
            if let profile {
                list.check(
                    "provider", issuer == profile.issuer, "\(issuer), where this device is enrolled",
                    else: "\(issuer), but this device is enrolled at \(profile.issuer)")
            } else {
                list.skip("provider", noProfile)
            }
        }
        if let device = facts.device {
            if let profile {
                list.check(
                    "device", device == profile.device, "this device", else: "another device than this one: \(device)")
            } else {
                list.skip("device", noProfile)
            }
        }
        if let expiry = facts.expiresAt, let now {
            list.check("expiry", now < expiry + RequestChecks.clockDifference, "not expired", else: "expired")
        }
        if let (text, digest) = facts.text {
            list.check(
                "text", digest == ContentDigest(of: text), "the text is the one whose digest is signed",
                else: "the text is not the one whose digest is signed")
        }
    }
}

extension VerificationKey {
    /// This key, if the token's `kid` names it.
    fileprivate func named(by token: CompactJWS) -> VerificationKey? {
        thumbprint.rawValue == token.keyIdentifier ? self : nil
    }
}
