import DeviceAuthenticator
import OpenIDMessages

/// Opens callbacks and looks at what came of them.
struct CallbackProbe {
    let provider: WebAddress
    /// The page that tells who is signed in; found at the genuine login unless the person names it.
    let witness: WebAddress

    /// Opens `callback` in `browser`, which forgets the provider first: a portal that begins a new login after a bad
    /// callback would else succeed by the session that the person has at the provider.
    func open(_ callback: WebAddress, in browser: inout BrowserSession) async throws -> CallbackEnd {
        browser.forget(provider)
        let before = browser.jar
        let page = try await browser.open(callback)
        return CallbackEnd(
            rest: PageSight(page), changedCookies: browser.jar.changes(since: before, at: callback),
            witness: try await look(browser))
    }

    /// The witness page as this browser gets it.
    func look(_ browser: BrowserSession) async throws -> PageSight {
        var browser = browser
        browser.forget(provider)
        return PageSight(try await browser.open(witness))
    }
}

extension CookieJar {
    /// Names of the cookies of one site that are new or have another value.
    func changes(since before: CookieJar, at site: WebAddress) -> Set<String> {
        let mine = cookies.filter { $0.authority == site.authority }
        return Set(
            mine.filter { cookie in
                !before.cookies.contains {
                    ($0.authority, $0.name, $0.path, $0.value)
                        == (cookie.authority, cookie.name, cookie.path, cookie.value)
                }
            }.map(\.name))
    }
}
