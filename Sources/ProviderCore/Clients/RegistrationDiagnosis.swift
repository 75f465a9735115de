internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// What a client's registration alone says. A pure rule.
struct RegistrationDiagnosis {
    let client: Client
    let keys: ClientKeySet
    let objections: [ClientObjection]

    var findings: [IntegrationFinding] {
        registration
            + [profile, authentication, keysAtHand, algorithms, pushed, bound, encryption, logout]
            .compactMap(\.self)
    }

    private var registration: [IntegrationFinding] {
        guard objections.isEmpty else {
            return objections.map { objection in
                ClientCheck.registration.failure(
                    "\(objection.member.rawValue): \(objection.message)"
                        + (objection.value.map { " (\($0))" } ?? ""),
                    "Correct it in the region file or the registration.")
            }
        }
        return [ClientCheck.registration.ok("Redirect URIs and all else agree with tenant and profile.")]
    }

    private var profile: IntegrationFinding {
        switch client.profile {
        case .fapi2: ClientCheck.profile.ok("Held to FAPI 2.0.")
        case .baseline: ClientCheck.profile.ok("Held to baseline: PKCE S256 with each login.")
        case .legacy:
            ClientCheck.profile.warning(
                "Held to legacy: no PKCE, and no login above level normal.",
                "Move the portal to software with PKCE, then to profile baseline.")
        }
    }

    private var authentication: IntegrationFinding {
        let name = client.authenticationMethod.rawValue
        switch client.authenticationMethod {
        case .privateKeyJWT: return ClientCheck.authentication.ok("\(name): no secret is shared.")
        case .none:
            return ClientCheck.authentication.ok("A native application, which has nothing to prove itself with.")
        case .clientSecretBasic, .clientSecretPost:
            guard client.secretDigest != nil else {
                return ClientCheck.authentication.failure("\(name), and no secret is registered.", "Set secret_sha256.")
            }
            return ClientCheck.authentication.warning(
                "\(name): the secret passes over the wire with each call.", "Register a key and use private_key_jwt.")
        }
    }

    private var keysAtHand: IntegrationFinding? {
        guard client.authenticationMethod == .privateKeyJWT, client.keysURI == nil else { return nil }
        let usable = SignatureAlgorithm.allCases.filter { !keys.verificationKeys($0).isEmpty }
        guard !usable.isEmpty else {
            return ClientCheck.keys.failure("No key is registered with which the client could sign.", "Register jwks.")
        }
        guard client.keys.allSatisfy({ $0["kid"]?.string != nil }) else {
            return ClientCheck.keys.warning(
                "A registered key has no kid: a change of keys cannot overlap.", "Give every key a kid.")
        }
        return ClientCheck.keys.ok("Keys for \(usable.map(\.rawValue).joined(separator: ", ")).")
    }

    private var algorithms: IntegrationFinding {
        guard client.cryptography.idTokenAlgorithm.isAllowedInFAPI else {
            return ClientCheck.algorithms.warning(
                "ID tokens are signed under RS256.", "Set id_token_alg to ES256, if the portal's software knows it.")
        }
        return ClientCheck.algorithms.ok("ID tokens are signed under \(client.cryptography.idTokenAlgorithm.rawValue).")
    }

    private var pushed: IntegrationFinding {
        client.requiresPushedAuthorizationRequests
            ? ClientCheck.pushedRequests.ok("Requests must be pushed.")
            : ClientCheck.pushedRequests.warning(
                "Requests need not be pushed: browsers may carry and change them.",
                "Let the portal use /par, then set require_pushed_authorization_requests.")
    }

    private var bound: IntegrationFinding {
        client.requiresDPoP
            ? ClientCheck.boundTokens.ok("Access tokens are bound to a key of the portal (DPoP).")
            : ClientCheck.boundTokens.warning(
                "Access tokens are bearer tokens: who finds one can use it for five minutes.",
                "Let the portal send DPoP proofs, then set dpop_bound_access_tokens.")
    }

    private var encryption: IntegrationFinding? {
        let wanted = [client.cryptography.idTokenEncryption, client.cryptography.userinfoEncryption]
            .compactMap(\.self)
        guard !wanted.isEmpty, client.keysURI == nil else { return nil }
        guard wanted.allSatisfy({ keys.recipientKey($0) != nil }) else {
            return ClientCheck.encryption.failure(
                "Encrypted tokens are registered, and no key fits: the client gets none.",
                "Register an encryption key (use: enc) for \(wanted.map(\.rawValue).joined(separator: ", ")).")
        }
        return ClientCheck.encryption.ok("There is a key to encrypt to.")
    }

    private var logout: IntegrationFinding {
        client.logout.backChannelURI != nil
            ? ClientCheck.logout.ok("The portal is told when a session ends.")
            : ClientCheck.logout.warning(
                "The portal is not told when a session ends: people stay signed in there.",
                "Register backchannel_logout_uri.")
    }
}
