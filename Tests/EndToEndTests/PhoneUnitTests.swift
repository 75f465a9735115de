import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("The phone's cookie jar", .inTurn, .endsInTime)
struct CookieJarTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let page = WebAddress("https://id.example/login/1")!

    private func sent(
        _ header: String, from: String = "https://id.example/login/1", to: String = "https://id.example/login/1",
        later seconds: Int64 = 0
    ) -> String? {
        var jar = CookieJar()
        jar.take(header, from: WebAddress(from)!, now: Self.now)
        return jar.header(for: WebAddress(to)!, now: Self.now + seconds)
    }

    @Test func `a cookie goes back to its host`() { #expect(sent("a=b; Path=/; Secure; HttpOnly") == "a=b") }

    @Test(arguments: [
        "https://id.example:8443/", "https://www.id.example/", "https://example/", "https://id.example.org/",
    ])
    func `and to no other host or port`(address: String) { #expect(sent("a=b; Path=/", to: address) == nil) }

    @Test(arguments: [
        ("/login", "/login", true), ("/login", "/login/1", true), ("/login/", "/login/1", true),
        ("/login", "/logins", false), ("/login/1", "/login", false), ("/", "/anything", true),
    ])
    func `a path is matched by whole segments`(path: String, target: String, goes: Bool) {
        #expect((sent("a=b; Path=\(path)", to: "https://id.example" + target) != nil) == goes)
    }

    @Test func `without a path the folder of the page counts`() {
        #expect(sent("a=b", to: "https://id.example/login/2") == "a=b")
        #expect(sent("a=b", to: "https://id.example/other") == nil)
    }

    @Test func `secure cookies go over https only and come over https only`() {
        #expect(sent("a=b; Path=/; Secure", from: "https://localhost/", to: "http://localhost/") == nil)
        #expect(sent("a=b; Path=/; Secure", from: "http://localhost/", to: "http://localhost/") == nil)
        #expect(sent("a=b; Path=/", from: "http://localhost/", to: "http://localhost/") == "a=b")
    }

    @Test(arguments: [
        ("__Host-s=1; Path=/; Secure", true), ("__Host-s=1; Secure", false), ("__Host-s=1; Path=/", false),
        ("__Host-s=1; Path=/login; Secure", false), ("__Host-s=1; Path=/; Secure; Domain=id.example", false),
        ("__host-s=1; Path=/", false), ("__Secure-s=1; Path=/; Secure", true), ("__Secure-s=1; Path=/", false),
    ])
    func `name prefixes promise what they say`(header: String, isKept: Bool) {
        #expect((sent(header) != nil) == isKept)
    }

    @Test func `Max-Age and Expires end a cookie, Max-Age before Expires`() {
        #expect(sent("a=b; Path=/; Max-Age=10", later: 9) == "a=b")
        #expect(sent("a=b; Path=/; Max-Age=10", later: 10) == nil)
        #expect(sent("a=b; Path=/; Max-Age=0") == nil)
        #expect(sent("a=b; Path=/; Expires=Fri, 15 Jan 2027 08:00:10 GMT", later: 9) == "a=b")
        #expect(sent("a=b; Path=/; Expires=Fri, 15-Jan-2027 08:00:10 GMT", later: 10) == nil)
        #expect(sent("a=b; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10") == "a=b")
    }

    @Test func `a cookie is replaced and removed by its name and path`() {
        var jar = CookieJar()
        jar.take("a=1; Path=/", from: Self.page, now: Self.now)
        jar.take("a=2; Path=/", from: Self.page, now: Self.now)
        #expect(jar.header(for: Self.page, now: Self.now) == "a=2")
        jar.take("a=3; Path=/login", from: Self.page, now: Self.now)
        #expect(jar.header(for: Self.page, now: Self.now) == "a=3; a=2")
        jar.take("a=; Path=/; Max-Age=0", from: Self.page, now: Self.now)
        #expect(jar.header(for: Self.page, now: Self.now) == "a=3")
    }

    @Test func `a file of cookies has those that live, by their host`() {
        var jar = CookieJar()
        for header in ["a=1; Path=/; Secure", "b=2; Path=/x; Max-Age=60", "c=3; Path=/; Max-Age=5"] {
            jar.take(header, from: Self.page, now: Self.now)
        }
        #expect(
            jar.file(now: Self.now + 10) == """
                # Netscape HTTP Cookie File
                id.example\tFALSE\t/\tTRUE\t0\ta\t1
                id.example\tFALSE\t/x\tFALSE\t1800000060\tb\t2

                """)
    }

    @Test(arguments: ["", "=b", "novalue", "a=b; Domain=other.example", "a=b\u{0}"])
    func `what is no cookie for this host is passed over`(header: String) { #expect(sent(header) == nil) }
}

@Suite("The phone's browser", .inTurn, .endsInTime)
struct PhoneBrowserTests {
    @Test(arguments: [
        "http://portal.example/", "ftp://id.example/", "https://user@id.example/", "javascript:alert(1)", "/relative",
        "http://127.0.0.1.evil.test/",
    ])
    func `an address that is not opened`(text: String) { #expect(WebAddress(text) == nil) }

    @Test func `addresses are resolved as a browser does`() throws {
        let base = try #require(WebAddress("https://ID.example:443/login/1?x=1#frag"))
        #expect(base.text == "https://id.example/login/1?x=1")
        #expect(WebAddress("/login/1/code", relativeTo: base)?.text == "https://id.example/login/1/code")
        #expect(WebAddress("finish?a=b%20c", relativeTo: base)?.text == "https://id.example/login/finish?a=b%20c")
        #expect(WebAddress("//other.example/x", relativeTo: base)?.origin == "https://other.example")
        #expect(WebAddress("http://other.example/x", relativeTo: base) == nil)
        #expect(WebAddress("http://localhost:8080", relativeTo: base)?.text == "http://localhost:8080/")
    }

    static let page = """
        <!doctype html><html><head><title> CitizenID &amp; more
        </title><style>main { content: "<main id='login'>" }</style></head><body>
        <!-- <main id="login" data-state="forged"> -->
        <main class=wide id='login' data-state="awaiting_code" data-language="de"
          data-qr-link="https://id.example/app/q/a.1.b" data-same-device-link="https://id.example/app/s/a&amp;&#39;b">
        <form id="other"><input type="hidden" name="wrong" value="1"></form>
        <form id="code-form" method="post" action="/login/1/code"><input type="hidden" name="csrf" value="a&quot;b&amp;lt;">
        <input name="code" inputmode="numeric" autofocus/></form><input type="hidden" name="late" value="1"></main>
        """

    @Test func `reads the login page by its contract`() throws {
        let page = try #require(LoginPage(html: Self.page))
        #expect(page.state == "awaiting_code")
        #expect(page.qrLink == "https://id.example/app/q/a.1.b")
        #expect(page.sameDeviceLink == "https://id.example/app/s/a&'b")
        #expect(page.codeForm == LoginPage.Form(action: "/login/1/code", hidden: [("csrf", "a\"b&lt;")]))
        #expect(LoginPage.title(html: Self.page) == "CitizenID & more")
    }

    @Test(arguments: [
        "", "<", "<main", "<main id=\"login\"", "<main id=login>", "<main id=\"other\" data-state=\"created\">",
        "<!-- <main id=\"login\" data-state=\"x\">", "<script><main id=\"login\" data-state=\"x\"></script>",
    ])
    func `a page that is none ends the scan and nothing else`(html: String) { #expect(LoginPage(html: html) == nil) }
}

@Suite("Text of others at the terminal", .inTurn, .endsInTime)
struct TerminalTextTests {
    @Test(arguments: [
        ("Bürgeramt – Köln", "Bürgeramt – Köln"), ("\u{1B}[2J", "‹U+001B›[2J"), ("a\u{202E}b", "a‹U+202E›b"),
        ("a\nb\r", "a‹U+000A›b‹U+000D›"), ("\u{200B}\u{2066}\u{FEFF}", "‹U+200B›‹U+2066›‹U+FEFF›"),
        ("\u{9B}31m\u{7F}", "‹U+009B›31m‹U+007F›"), ("\u{2028}", "‹U+2028›"), ("\u{E0041}", "‹U+E0041›"),
    ])
    func `what could act or reorder is made visible`(text: String, shown: String) {
        #expect(TerminalText.visible(text) == shown)
    }

    @Test(arguments: [
        ("", 1), ("a word", 1), (String(repeating: "word ", count: 40), 3), (String(repeating: "x", count: 90), 1),
    ])
    func `a long text goes on below its beginning, and only a word is longer than 80 characters`(
        text: String, count: Int
    ) {
        let lines = TerminalText.wrapped(text, after: "  Guard: ")
        #expect(lines.count == count)
        #expect(lines[0].hasPrefix("  Guard: ") && lines.dropFirst().allSatisfy { $0.hasPrefix("         ") })
        #expect(lines.map { $0.dropFirst(9) }.joined(separator: " ") == text)
        #expect(lines.allSatisfy { $0.count <= 80 || !$0.dropFirst(9).contains(" ") })
    }

    @Test(arguments: Language.allCases)
    func `a row that is wider than the terminal goes on below its value, and words stay whole`(language: Language) {
        let value =
            "Möchten Sie sich bei Serviceportal Herten (Stadt Herten) anmelden? https://herten.example/datenschutz"
        let row = language.row("Text", "Text", value)
        let lines = TerminalText.fitted(row, columns: 40, language)
        #expect(lines.count > 3 && lines[0].hasPrefix("Text:"))
        let place = row.count - value.count
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(String(repeating: " ", count: place)) })
        #expect(lines.map { $0.dropFirst(place) }.joined(separator: " ") == value)
        #expect(lines.allSatisfy { $0.count <= 40 || !$0.dropFirst(place).contains(" ") })
        #expect(TerminalText.fitted(row, columns: row.count, language) == [row])
    }

    @Test(arguments: [
        ("  a list whose parts are long", "  "), ("Open in the browser of this device: x", ""),
        ("12:30 is no name, nor is this: one", ""),
    ])
    func `any other line goes on below its beginning`(line: String, indent: String) {
        let lines = TerminalText.fitted(line, columns: 20, .english)
        #expect(lines.count == 2 || lines.count == 3)
        #expect(lines.allSatisfy { $0.count <= 20 && $0.prefix(while: { $0 == " " }) == indent }, "\(lines)")
    }

    @Test func `a statement that is explained cannot act by its type, its members or its form`() throws {
        struct Nobody: HTTPTransport {
            func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
                throw NetworkFailure(.unreachable, authority: call.url)
            }
        }
        let phone = DeviceAuthenticator(folder: SealedFolder(path: "/nonexistent"), transport: Nobody())
        let act = "x\u{1B}[2J\u{202E}\n"
        let token = try SigningKey.makeES256().sign(type: act, payload: ["a\u{1B}": .string(act), "alg": .string(act)])
        let kept: JSONObject = ["request": .string(token), "response": .string(token)]
        for text in [token, kept.text, act] {
            let lines = ExplanationText.lines(try phone.explain(text))
            #expect(lines.allSatisfy { TerminalText.visible($0) == $0 }, "\(lines)")
            #expect(text == act || lines.contains { $0.contains("x‹U+001B›[2j‹U+202E›‹U+000A›") }, "\(lines)")
        }
    }

    @Test func `an event of a company cannot act by any member, and its colleague is named`() {
        let act = "x\u{1B}[2J"
        let event: JSONObject = [
            "time": 1, "tenant": .string(act), "kind": .string(act), "member": .string(act), "object": .string(act),
        ]
        let line = CompaniesAuditCommand.line(event, names: [:], .german)
        #expect(line == LocalTime.text(Timestamp(seconds: 1), .german) + String(repeating: "  x‹U+001B›[2J", count: 4))
        let known: JSONObject = ["time": 1, "kind": "left", "member": "m-1", "actor": "person"]
        #expect(
            CompaniesAuditCommand.line(known, names: ["m-1": "Max Beispiel"], .german).hasSuffix(
                "  -  left  Max Beispiel"))
        let desk: JSONObject = ["time": 1, "tenant": "marl", "kind": "joined", "actor": "desk"]
        #expect(CompaniesAuditCommand.line(desk, names: [:], .german).hasSuffix("  marl  joined  desk"))
    }

    @Test func `a mandate is listed with its company, its places and its limit, also where there is none`() {
        let mandate: JSONObject = [
            "mandate": "md-1", "company": "c-1", "state": "active", "scopes": ["parking.permit"], "tenants": ["*"],
            "limits": .object(["amount": "500.00", "currency": "EUR"]), "valid_from": "2026-01-01",
            "valid_until": "2026-12-31",
        ]
        #expect(
            MandatesListCommand.line(mandate, names: ["c-1": "Muster GmbH"], .german)
                == "md-1  gilt  Muster GmbH  parking.permit  überall  bis zu 500,00 EUR  2026-01-01 bis 2026-12-31")
        var wider = mandate
        wider["limits"] = .null
        wider["tenants"] = ["herten", "marl"]
        #expect(
            MandatesListCommand.line(wider, names: [:], .english)
                == "md-1  active  c-1  parking.permit  herten, marl  no limit  2026-01-01 to 2026-12-31")
    }

    @Test func `the account is shown with nationalities, and each fact in one row`() {
        let profile: JSONObject = [
            "person": .object([
                "title": "Dr.", "given_name": "Sabine", "family_name": "Muster", "nationalities": ["DE", "PL"],
                "address": .object([
                    "street": "Ring", "house_number": "1", "postal_code": "45768", "locality": "Marl",
                ]),
            ]), "acr": "unknown",
        ]
        #expect(
            AccountShowCommand.lines(profile, .english) == [
                "Name:        Dr. Sabine Muster", "Nationality: DE, PL", "Address:     Ring 1, 45768 Marl",
                "Level:       unknown",
            ])
        #expect(AccountShowCommand.lines([:], .german).isEmpty)
    }

    @Test func `what is not verified has no level, and says so`() {
        #expect(CompaniesShowCommand.level("undefined", .german) == "noch nicht geprüft")
        #expect(CompaniesShowCommand.level("hoch", .english) == "high (hoch)")
        #expect(CompaniesShowCommand.level("new", .english) == "new")
    }

    @Test func `JSON keeps the value and hides no character`() throws {
        let object: JSONObject = ["a": "x\u{202E}\u{9B}\u{E0041}y\n"]
        let text = TerminalText.harmlessJSON(object.text)
        #expect(text == #"{"a":"x\u202E\u009B\uDB40\uDC41y\n"}"#)
        #expect(try StrictJSON.parseObject(Array(text.utf8)) == object)
    }

    @Test func `every exit status has a name of its own`() {
        #expect(Set(ExitStatus.allCases.map(\.name)).count == ExitStatus.allCases.count)
        #expect(Set(ExitStatus.allCases.map(\.rawValue)).count == ExitStatus.allCases.count)
    }
}

@Suite("The digits of a call, as they are typed", .inTurn, .endsInTime)
struct CallCodeTests {
    @Test(arguments: [("4711", "4711"), ("47 11", "4711"), ("4-7-1-1 ", "4711"), ("0000\r", "0000")])
    func `are sent without what people write between them`(typed: String, sent: String) throws {
        #expect(try CallCodeOptions.typed(typed) == sent)
    }

    @Test(arguments: ["", "471", "47111", "471a", "４７１１", "4711\n4711", "+471", "47.11"])
    func `are not sent, at the cost of a try, unless they are four`(typed: String) {
        let failure = #expect(throws: CommandFailure.self) { try CallCodeOptions.typed(typed) }
        #expect(failure?.status == .wrongCallCode)
    }
}

@Suite("The digest of an app's certificate, as it is typed", .inTurn, .endsInTime)
struct AppSignatureTests {
    @Test func `is 64 hexadecimal digits and nothing else`() {
        #expect(EnrolCommand.digest(String(repeating: "0fA9", count: 16)) == (0..<16).flatMap { _ in [0x0f, 0xa9] })
        for pair in ["+f", "0g", " 1", "0x", "", "123"] {
            #expect(EnrolCommand.digest(pair + String(repeating: "0", count: 62)) == nil, "\(pair)")
        }
    }
}
