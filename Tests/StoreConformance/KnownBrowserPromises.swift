internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    private static func browser(of login: ApprovedLogin, key: VerificationKey, at time: Timestamp = Fixtures.now)
        -> KnownBrowser
    {
        KnownBrowser(
            identifier: .random(bytes: 16), account: login.device.account, key: key, name: "Firefox, Linux",
            transaction: login.grant.transaction, createdAt: time, lastUsedAt: time)
    }

    static let knownBrowsers: [StorePromise] = [
        StorePromise("A browser is remembered once for a login, by its account alone, and found by its key") { store in
            let login = try await Fixtures.login(in: store)
            let other = try await Fixtures.login(in: store)
            let key = SigningKey.makeES256().publicKey
            var strange = browser(of: login, key: key)
            strange.account = other.device.account
            try require(try await !store.remember(strange, tenant: Fixtures.tenant), "by another account")
            strange = browser(of: login, key: key)
            strange.transaction = .random(bytes: 16)
            try require(try await !store.remember(strange, tenant: Fixtures.tenant), "without a login")
            let browser = browser(of: login, key: key)
            try require(try await store.remember(browser, tenant: Fixtures.tenant), "remembered")
            try require(
                try await !store.remember(
                    Self.browser(of: login, key: SigningKey.makeES256().publicKey), tenant: Fixtures.tenant),
                "a second for the same login")
            try require(
                try await !store.remember(Self.browser(of: other, key: key), tenant: Fixtures.tenant), "a known key")
            try requireEqual(try await store.knownBrowser(key.thumbprint, now: Fixtures.now), browser)
            try requireEqual(
                try await store.knownBrowsers(of: login.device.account, now: Fixtures.now), [browser], "listed")
            try requireEqual(try await store.knownBrowsers(of: other.device.account, now: Fixtures.now), [], "others")
            let told = try await store.notices(of: login.device.account, limit: 9).map(\.kind)
            try require(told.contains(.browserRemembered), "the person hears of it")
        },
        StorePromise("A login whose session has ended, and an account that is locked, remember no browser") { store in
            let ended = try await Fixtures.login(in: store)
            _ = try await store.end(ended)
            let key = SigningKey.makeES256().publicKey
            try require(try await !store.remember(browser(of: ended, key: key), tenant: Fixtures.tenant), "ended")
            let locked = try await Fixtures.login(in: store)
            _ = try await store.lock(locked.device.account, for: .own, by: .person, time: Fixtures.now)
            try require(try await !store.remember(browser(of: locked, key: key), tenant: Fixtures.tenant), "locked")
        },
        StorePromise("Of an account's browsers ten are kept, those that were used last") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            var browsers: [KnownBrowser] = []
            for number in 1...KnownBrowser.limit + 1 {
                let login = try await Fixtures.login(in: store, device: device, counter: number)
                let key = SigningKey.makeES256().publicKey
                browsers.append(browser(of: login, key: key, at: Fixtures.now + number))
                try require(try await store.remember(browsers[browsers.count - 1], tenant: Fixtures.tenant), "one more")
            }
            try requireEqual(
                try await store.knownBrowsers(of: device.account, now: Fixtures.now + 20),
                browsers.dropFirst().reversed())
        },
        StorePromise("An approval that rests on a browser counts while it is known, and notes its use") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let login = try await Fixtures.login(in: store, device: device)
            let browser = browser(of: login, key: SigningKey.makeES256().publicKey)
            _ = try await store.remember(browser, tenant: Fixtures.tenant)
            let used = Fixtures.now + KnownBrowser.idleLimit - 1
            _ = try await Fixtures.login(in: store, device: device, counter: 2, at: used) {
                $0.browser = browser.identifier
            }
            try requireEqual(
                try await store.knownBrowser(browser.key.thumbprint, now: used)?.lastUsedAt, used, "use")
            let event = SecurityEvent(.browserForgotten, time: used, object: browser.identifier.rawValue)
            try require(
                try await !store.forget(browser.identifier, of: .random(), event: event), "by another account")
            try require(try await store.forget(browser.identifier, of: device.account, event: event), "forgotten")
            var answer = Fixtures.answer(from: device, counter: 3, at: used)
            answer.approval?.browser = browser.identifier
            try requireEqual(try await store.accept(answer), .browserForgotten)
            // Nothing of it was written: the same counter is good for another answer.
            try requireEqual(try await store.accept(Fixtures.answer(from: device, counter: 3, at: used)), .accepted)
        },
        StorePromise("Browsers that were not used for 90 days are swept, others stay") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let now = Fixtures.now + KnownBrowser.idleLimit
            var keys: [VerificationKey] = []
            for (counter, time) in [(1, Fixtures.now), (2, Fixtures.now + 1)] as [(Int64, Timestamp)] {
                let login = try await Fixtures.login(in: store, device: device, counter: counter)
                keys.append(SigningKey.makeES256().publicKey)
                _ = try await store.remember(
                    browser(of: login, key: keys[keys.count - 1], at: time), tenant: Fixtures.tenant)
            }
            try await store.sweep(now: now)
            // Judged long before: what is found now was not swept.
            try requireEqual(
                try await store.knownBrowsers(of: device.account, now: Fixtures.now + 2).map(\.key), [keys[1]])
        },
    ]
}
