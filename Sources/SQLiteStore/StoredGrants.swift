internal import AccountDirectory
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// Writes a grant for the session and the subject; returns the subject.
    @discardableResult
    func insert(
        _ grant: AuthorizationGrant, session: SessionIdentifier, sector: SubjectSector, release: ReleaseIdentifier
    ) throws -> SubjectIdentifier {
        let subject = try subject(of: grant.account, in: sector, as: grant.acting.pseudonym)
        try run(
            """
            INSERT INTO authorization_grant (txn, handle_class, handle_digest, client, tenant, account, redirect_uri,
                scope, resource, nonce, code_challenge, proof_key, subject, acr, bounds, methods, flow, relay_resistance, authenticated_at,
                session, released, id_token_claims, expires_at, service, purpose_version, context, company, mandate, release, verified_claims)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                grant.transaction.rawValue, grant.handle.handleClass.rawValue, grant.handle.digest.bytes,
                grant.client.rawValue, grant.tenant.rawValue, grant.account.rawValue, grant.redirectURI,
                grant.scope.description, grant.resource?.rawValue, grant.nonce?.rawValue,
                grant.codeChallenge?.rawValue, grant.proofKey?.rawValue, subject.rawValue, grant.context.acr,
                grant.bounds.json.text, grant.methods.jsonText, grant.flow.rawValue, grant.relayResistance.rawValue,
                grant.authenticatedAt.seconds,
                session.rawValue,
                grant.released.jsonText, grant.idTokenClaims.jsonText, grant.expiresAt.seconds,
                grant.service?.rawValue, grant.purposeVersion, grant.acting.name.rawValue,
                grant.acting.company?.rawValue, grant.acting.mandate?.rawValue, release.rawValue,
                grant.verified.isEmpty ? nil : grant.verified.json.text,
            ])
        return subject
    }

    /// A redeemed grant that was not revoked, with account, session and device as they are now; nil as well when the
    /// token with this identifier was revoked by itself.
    func liveGrant(
        _ transaction: TransactionIdentifier, token: TokenIdentifier? = nil, among known: KnownGrants, now: Timestamp
    ) throws -> LiveGrant? {
        let remembered = known[transaction]
        let row = try row(
            remembered == nil ? StandingOfGrant.whole : StandingOfGrant.alone,
            [transaction.rawValue, now.seconds, OneTimeClass.revokedAccessToken.rawValue, token?.rawValue])
        guard let row else { return nil }
        var grant: Shared<AuthorizationGrant>
        if let remembered {
            grant = remembered
        } else {
            grant = Shared(wrappedValue: try row.grant)
            known.remember(grant, as: transaction)
        }
        let granted = grant.wrappedValue.released
        let released = ReleaseRules.remaining(
            granted, of: try row.value("release_state"),
            released: try row.wanted(ReadLately.claims.value(try row.text("released_now")), "released_now"))
        if released != granted { grant.wrappedValue.released = released }
        return LiveGrant(
            grant: grant, account: try row.account,
            isSessionLive: try row.integer("is_session_live") == 1,
            isDeviceActive: try row.value("device_state", as: DeviceRecordRow.State.self) == .active)
    }

    /// The grant of a login with its account and the device of its session, whatever became of them.
    func login(_ transaction: TransactionIdentifier, in scope: TenantScope) throws -> LoginFacts? {
        let row = try row(
            """
            SELECT g.*, a.level AS account_level, a.state AS account_state, p.attributes, s.device
            FROM authorization_grant g
            JOIN account a ON a.id = g.account
            JOIN person p ON p.id = a.person
            JOIN session s ON s.id = g.session
            WHERE g.txn = ? AND g.tenant = ?
            """, [transaction.rawValue, scope.name])
        return try row.map { row in
            LoginFacts(grant: try row.grant, account: try row.account, device: try row.value("device"))
        }
    }

    /// Ends a grant with all its tokens; whose it was, nil when it was ended before or is not there.
    @discardableResult
    func revoke(_ transaction: TransactionIdentifier, now: Timestamp) throws -> AccountIdentifier? {
        try row(
            "UPDATE authorization_grant SET revoked_at = ? WHERE txn = ? AND revoked_at IS NULL RETURNING account",
            [now.seconds, transaction.rawValue])?
            .accountIdentifier
    }

    /// Writes what happened to a client's grant into the running transaction.
    func audit(_ kind: SecurityEvent.Kind, _ grant: AuditedGrant, actor: SecurityEvent.Actor, now: Timestamp) throws {
        try audit(
            SecurityEvent(
                kind, time: now, tenant: grant.tenant, object: grant.client.rawValue, transaction: grant.transaction,
                actor: actor, person: grant.account))
    }
}

/// How a grant stands: what may have changed since it was made, with the grant or without it. The places are transaction, time,
/// class and identifier of a token: by number, for this runs at every call with a token.
private enum StandingOfGrant {
    static let whole = "SELECT g.*, " + changing
    static let alone = "SELECT g.account, " + changing

    private static let changing = """
        a.level AS account_level, a.state AS account_state, p.attributes,
            s.ended_at IS NULL AND s.expires_at > ?2 AS is_session_live, d.state AS device_state,
            r.state AS release_state, r.released AS released_now
        FROM authorization_grant g
        JOIN account a ON a.id = g.account
        JOIN person p ON p.id = a.person
        JOIN session s ON s.id = g.session
        JOIN device d ON d.id = s.device
        JOIN claim_release r ON r.id = g.release
        WHERE g.txn = ?1 AND g.redeemed_at IS NOT NULL AND g.revoked_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM used_once WHERE class = ?3 AND value = ?4)
        """
}

/// What an audit event says of a grant.
struct AuditedGrant {
    var transaction: TransactionIdentifier
    var tenant: TenantIdentifier
    var client: ClientIdentifier
    var account: AccountIdentifier

    init(_ grant: AuthorizationGrant) {
        transaction = grant.transaction
        tenant = grant.tenant
        client = grant.client
        account = grant.account
    }

    /// A row with `txn`, `tenant` and `account`.
    init(_ row: StoredRow, client: ClientIdentifier) throws {
        transaction = try row.value("txn")
        tenant = try row.value("tenant")
        self.client = client
        account = try row.accountIdentifier
    }
}

extension StoredRow {
    var context: AuthenticationContext {
        get throws { try wanted(AuthenticationContext(acr: try text("acr")), "acr") }
    }

    var bounds: LevelBounds {
        get throws { try wanted(LevelBounds(json: try json("bounds")), "bounds") }
    }

    fileprivate var grant: AuthorizationGrant {
        get throws {
            AuthorizationGrant(
                transaction: try value("txn"),
                handle: HandleDigest(try value("handle_class"), digest: try digest("handle_digest")),
                client: try value("client"), tenant: try value("tenant"), account: try accountIdentifier,
                redirectURI: try optionalText("redirect_uri"),
                scope: try wanted(Scope(parsing: try text("scope")), "scope"),
                resource: try optionalValue("resource"), nonce: try optionalValue("nonce"),
                codeChallenge: try optionalValue("code_challenge"), proofKey: try optionalValue("proof_key"),
                subject: try value("subject", as: SubjectIdentifier.self), context: try context,
                bounds: try bounds, methods: try strings("methods"), flow: try value("flow"),
                relayResistance: try value("relay_resistance"),
                authenticatedAt: try time("authenticated_at"), session: try value("session"),
                released: try strings("released"), idTokenClaims: try strings("id_token_claims"),
                verified: try verified, service: try optionalValue("service"),
                purposeVersion: try text("purpose_version"),
                acting: try acting, expiresAt: try time("expires_at"))
        }
    }

    private var verified: VerifiedClaimsDemand {
        get throws {
            guard try optionalText("verified_claims") != nil else { return .none }
            return try wanted(VerifiedClaimsDemand(json: try json("verified_claims")), "verified_claims")
        }
    }

    /// The context of a grant: `citizen`, or a company's with the membership in its name.
    private var acting: ActingContext {
        get throws {
            let name = try value("context", as: ContextName.self)
            guard let membership = name.membership else { return .citizen }
            return .company(
                membership: try wanted(MembershipIdentifier(rawValue: membership), "context"),
                company: try value("company"), mandate: try optionalValue("mandate"), serves: name.servesAnother)
        }
    }
}
