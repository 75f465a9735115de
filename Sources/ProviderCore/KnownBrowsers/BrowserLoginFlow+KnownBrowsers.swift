internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Browsers that are known from an earlier login (docs/protocol.md §12). What a browser proves counts for the login of its
/// own cookie and for the account that its key is bound to; for everybody else there are digits.
extension BrowserLoginFlow {
    /// Of one call; a browser has a key for each person who uses it.
    static let proofsAtOnce = 8

    /// How a call of the page's script was received.
    public enum BrowserCall<Value: Sendable>: Sendable {
        case done(Value)
        /// The nonce was used, the login has gone on, or nobody wanted the browser to be remembered.
        case notAwaited
        /// The call came from another page, or the login from another browser.
        case refused
    }

    /// P-12.2: the browser proves its keys, once in a login, before a phone has claimed it. Gives the keys that are known;
    /// whose they are it does not say.
    public func prove(
        _ proofs: [String], page: String, cookie: String, formToken: String
    ) async throws -> BrowserCall<[KeyThumbprint]> {
        let taken = held(page, cookie) { login -> BrowserCall<Nonce> in
            guard login.formToken.digest == SecretDigest(of: formToken) else { return .refused }
            return login.takeBrowserNonce().map { .done($0) } ?? .notAwaited
        }
        switch taken {
        case .refused, nil: return .refused
        case .notAwaited: return .notAwaited
        case .done(let nonce):
            let expected = BrowserProof(issuer: issuer, purpose: .login, nonce: nonce)
            var known: [AccountIdentifier: BrowserIdentifier] = [:]
            var keys: [KeyThumbprint] = []
            for proof in proofs.prefix(Self.proofsAtOnce) {
                guard let browser = try await browser(proving: expected, by: proof) else { continue }
                known[browser.account] = browser.identifier
                keys.append(browser.key.thumbprint)
            }
            let isInTime = held(page, cookie) { login in login.recognise(known) }
            return isInTime == true ? .done(keys) : .notAwaited
        }
    }

    private func browser(proving expected: BrowserProof, by text: String) async throws -> KnownBrowser? {
        guard let token = try? CompactJWS(parsing: text),
            let thumbprint = token.keyIdentifier.flatMap(KeyThumbprint.init(rawValue:)),
            let browser = try await browsers.knownBrowser(thumbprint, now: clock.now())
        else { return nil }
        guard guards.contains(.browserProof) else { return browser }
        guard let proof = try? SignedStatement<BrowserProof>.verify(text, key: browser.key),
            proof.statement == expected
        else { return nil }
        return browser
    }

    /// That a browser is to be remembered.
    private struct Wish {
        let nonce: Nonce
        let account: AccountIdentifier
        let login: Login
    }

    /// P-12.1: after a login that was approved, with typed digits and with the wish to be remembered in the text that was
    /// signed, the browser registers the key that it has made; once.
    public func remember(
        _ proof: String, page: String, cookie: String, formToken: String
    ) async throws -> BrowserCall<BrowserIdentifier> {
        let taken = held(page, cookie) { login -> BrowserCall<Wish> in
            guard login.formToken.digest == SecretDigest(of: formToken) else { return .refused }
            guard let nonce = login.takeRemembering(), let claim = login.claim else { return .notAwaited }
            return .done(Wish(nonce: nonce, account: claim.account, login: login))
        }
        switch taken {
        case .refused, nil: return .refused
        case .notAwaited: return .notAwaited
        case .done(let wish):
            let login = wish.login
            guard let signed = try? SignedStatement<BrowserProof>.verifyPossession(proof),
                signed.key.algorithm == .es256,
                signed.statement == BrowserProof(issuer: issuer, purpose: .registration, nonce: wish.nonce)
            else { return .refused }
            let now = clock.now()
            let browser = KnownBrowser(
                identifier: .random(bytes: 16), account: wish.account, key: signed.key, name: login.browser.description,
                transaction: login.transaction, createdAt: now, lastUsedAt: now)
            let town = login.request.client.scope.tenant.identifier
            let isRemembered = try await browsers.remember(browser, tenant: town)
            return isRemembered ? .done(browser.identifier) : .notAwaited
        }
    }
}

extension BrowserLoginFlow.BrowserCall: Equatable where Value: Equatable {}
