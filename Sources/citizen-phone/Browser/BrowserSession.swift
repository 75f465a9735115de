import DeviceAuthenticator
import OpenIDMessages

/// A browser without a screen: cookies, redirects and forms, no scripts.
struct BrowserSession {
    /// A page and where it was found.
    struct Page {
        var address: WebAddress
        var status: Int
        var html: String
    }

    private let transport: any HTTPTransport
    private let clock: DeviceClock
    private let language: String
    private let accept: String
    private(set) var jar: CookieJar

    private static let maximumRedirects = 20

    /// What a browser accepts when it opens a page.
    static let page = "text/html,application/xhtml+xml"

    init(
        transport: any HTTPTransport, language: String, accept: String = Self.page, clock: DeviceClock = .live,
        jar: CookieJar = CookieJar()
    ) {
        self.accept = accept
        self.jar = jar
        self.transport = transport
        self.language = language
        self.clock = clock
    }

    /// Opens an address and follows redirects.
    ///
    /// - Parameter stop: asked before each redirect is followed; true ends the journey there, with status 0.
    mutating func open(_ address: WebAddress, stop: (WebAddress) -> Bool = { _ in false }) async throws -> Page {
        try await follow(HTTPCall(method: "GET", url: address.text), at: address, stop: stop)
    }

    /// Opens the address at which a portal begins a login.
    ///
    /// - Parameters:
    ///   - issuer: the provider.
    ///   - stopsThere: whether the journey ends before the portal when the provider sends the browser back at once.
    /// - Returns: the page, and where the provider sent the browser on by itself.
    mutating func begin(
        at address: WebAddress, issuer: IssuerURL, stopsThere: Bool
    ) async throws -> (page: Page, callback: WebAddress?) {
        let provider = WebAddress(issuer.rawValue)?.origin
        var isAtProvider = address.origin == provider
        var left: WebAddress?
        let page = try await open(address) { next in
            if next.origin == provider {
                isAtProvider = true
            } else if isAtProvider, left == nil {
                left = next
            }
            return stopsThere && left != nil
        }
        return (page, left)
    }

    /// Sends a form of the page at `address`, as the browser does: with `Origin`.
    mutating func submit(_ fields: FormParameters, to action: WebAddress, from address: WebAddress) async throws
        -> Page
    {
        let headers = [
            (name: "Content-Type", value: "application/x-www-form-urlencoded"),
            (name: "Origin", value: address.origin),
            (name: "Sec-Fetch-Site", value: address.origin == action.origin ? "same-origin" : "cross-site"),
            (name: "Sec-Fetch-Mode", value: "navigate"),
        ]
        let call = HTTPCall(method: "POST", url: action.text, headers: headers, body: Array(fields.encoded.utf8))
        return try await follow(call, at: action, stop: { _ in false })
    }

    /// Fills in a form of the page at `address` and sends it; to the page's own site only.
    mutating func submit(
        _ form: LoginPage.Form, with typed: [(name: String, value: String)] = [], from address: WebAddress
    ) async throws -> Page {
        guard let action = WebAddress(form.action, relativeTo: address), action.origin == address.origin else {
            throw CommandFailure(
                .browser, "Ein Formular von \(address.origin) führt woandershin.",
                "A form of \(address.origin) leads away from it.")
        }
        var fields = FormParameters()
        for field in form.hidden + typed { fields.append(field.name, field.value) }
        return try await submit(fields, to: action, from: address)
    }

    /// Sends JSON as a script of the page at `address` does, to the page's own site.
    mutating func fetch(_ body: JSONObject, at action: WebAddress, from address: WebAddress) async throws -> Page {
        let headers = [
            (name: "Content-Type", value: "application/json"), (name: "Origin", value: address.origin),
            (name: "Sec-Fetch-Site", value: "same-origin"), (name: "Sec-Fetch-Mode", value: "cors"),
        ]
        let call = HTTPCall(method: "POST", url: action.text, headers: headers, body: body.serialized)
        return try await follow(call, at: action, stop: { _ in false })
    }

    /// Forgets the cookies of one site.
    mutating func forget(_ site: WebAddress) { jar.forget(authority: site.authority) }

    private mutating func follow(
        _ first: HTTPCall, at start: WebAddress, stop: (WebAddress) -> Bool
    ) async throws -> Page {
        var call = first
        var address = start
        for _ in 0...Self.maximumRedirects {
            let answer = try await exchange(call, at: address)
            guard let next = try Self.redirect(answer, from: address) else {
                return Page(
                    address: address, status: answer.status, html: String(decoding: answer.body, as: UTF8.self))
            }
            if stop(next) { return Page(address: next, status: 0, html: "") }
            // 301, 302 and 303 make a GET of a POST; 307 and 308 repeat the call, to the same origin only.
            if answer.status == 307 || answer.status == 308 {
                guard call.body == nil || next.origin == address.origin else {
                    throw CommandFailure(
                        .browser, "\(address.origin) will ein Formular an eine andere Stelle weitergeben.",
                        "\(address.origin) wants a form sent on to another site.")
                }
                call.url = next.text
            } else {
                call = HTTPCall(method: "GET", url: next.text)
            }
            address = next
        }
        throw CommandFailure(
            .browser, "Mehr als \(Self.maximumRedirects) Weiterleitungen.",
            "More than \(Self.maximumRedirects) redirects.")
    }

    private mutating func exchange(_ call: HTTPCall, at address: WebAddress) async throws -> HTTPAnswer {
        var call = call
        call.headers.append(("Accept", accept))
        call.headers.append(("Accept-Language", language))
        call.headers.append(("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) citizen-phone/1"))
        if let cookies = jar.header(for: address, now: clock.now) { call.headers.append(("Cookie", cookies)) }
        let answer = try await transport.send(call)
        for header in answer.values("Set-Cookie") { jar.take(header, from: address, now: clock.now) }
        return answer
    }

    private static func redirect(_ answer: HTTPAnswer, from address: WebAddress) throws -> WebAddress? {
        guard [301, 302, 303, 307, 308].contains(answer.status), let location = answer.values("Location").first else {
            return nil
        }
        guard let next = WebAddress(location, relativeTo: address) else {
            throw CommandFailure(
                .browser, "\(address.origin) leitet zu einer Adresse weiter, die nicht geöffnet wird: \(location)",
                "\(address.origin) redirects to an address that is not opened: \(location)")
        }
        return next
    }
}
