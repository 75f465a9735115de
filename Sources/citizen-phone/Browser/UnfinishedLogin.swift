import DeviceAuthenticator
import Synchronization

/// What a login that was begun leaves behind when nobody brings it to its end. An account has few open logins.
final class UnfinishedLogin: Sendable {
    private struct Content {
        /// The provider's page of the login, and the browser that has it.
        var page: (browser: BrowserSession, address: WebAddress)?
        /// The phone that has taken the login.
        var phone: DeviceAuthenticator?
    }

    private let content = Mutex(Content())

    func isOpen(at address: WebAddress, in browser: BrowserSession) {
        content.withLock { $0.page = (browser, address) }
    }

    func isTaken(by phone: DeviceAuthenticator) { content.withLock { $0.phone = phone } }

    /// Gives the login up by the button of its page, and has the phone forget the request that it took: unless it has an answer
    /// that may have arrived, for whose receipt it waits with the same answer (docs/protocol.md D-4.5.3). Once, whoever asks.
    func giveUp() async {
        let left = content.withLock { content in
            defer { content = Content() }
            return content
        }
        if let page = left.page {
            var browser = page.browser
            if let html = try? await browser.open(page.address).html, let form = LoginPage(html: html)?.cancelForm {
                _ = try? await browser.submit(form, from: page.address)
            }
        }
        if let phone = left.phone, (try? phone.hasAnswer()) == false { try? phone.forgetLogin() }
    }
}
