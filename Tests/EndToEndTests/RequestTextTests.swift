import OpenIDMessages
import Testing

@testable import DeviceAuthenticator
@testable import citizen_phone

/// docs/protocol.md D-4.4.1.
@Suite("What a person reads before answering a login", .inTurn, .endsInTime)
struct RequestTextTests {
    private let begun = Timestamp(seconds: 1_772_442_912)

    private func request(
        _ flow: LoginFlow, _ binding: BrowserBinding, knownSince: Timestamp? = nil, text: String = "Anmelden?",
        acr: String = AssuranceLevel.substantiell.acr, contexts: [ContextDescription]? = nil,
        essential: [String] = ["given_name", "family_name"], voluntary: [String] = [], service: Bool = false
    ) -> LoginRequestStatement {
        let nonce = Nonce(rawValue: String(repeating: "A", count: 43))!
        return LoginRequestStatement(
            issuer: IssuerURL(rawValue: "https://id.example")!,
            device: DeviceIdentifier(rawValue: "device-0123456789")!,
            transaction: TransactionIdentifier(rawValue: "txn-0123456789abcdef")!, nonce: nonce, issuedAt: begun,
            expiresAt: begun + 180, purpose: .login,
            portal: PortalDescription(
                client: ClientIdentifier(rawValue: "portal")!, name: "Portal\u{1b}[2J", host: "portal.example",
                tenant: TenantIdentifier(rawValue: "herten")!, tenantName: "Stadt Herten\u{202E}"),
            service: service
                ? ServiceDescription(
                    identifier: ServiceIdentifier(rawValue: "parking")!, title: "Parken\u{9b}", purpose: "Ausweis\r",
                    purposeVersion: "3\u{2066}", legalBasis: "§ 45 StVO\u{1b}", privacyURI: "https://herten.example/d",
                    contact: "Bürgerbüro\u{202E}") : nil,
            contexts: contexts, acr: acr, essentialClaims: essential, voluntaryClaims: voluntary, text: text,
            textDigest: ContentDigest(rawValue: nonce.rawValue)!,
            initiator: LoginInitiator(
                browser: "Fire\u{202E}fox", area: "192.0.2.x", sameNetwork: flow == .link, startedAt: begun,
                knownSince: knownSince),
            flow: flow, binding: binding)
    }

    private func line(_ name: String, _ lines: [String]) -> String? { lines.first { $0.hasPrefix(name + ":") } }

    @Test func `the Known line says what the provider signed, and nothing else`() throws {
        let since = Timestamp(seconds: 1_772_438_400)
        let (german, english) = (LocalTime.text(since, .german), LocalTime.text(since, .english))
        let known = request(.qr, .knownBrowser, knownSince: since)
        #expect(
            line("Known", RequestText.lines(known, .english))
                == "Known:       yes, you had this browser remembered (\(english)); it needs no digits")
        #expect(
            line("Bekannt", RequestText.lines(known, .german))
                == "Bekannt:       ja, Sie haben sich diesen Browser merken lassen (\(german)); dort sind keine Ziffern nötig"
        )
        let unknown = request(.qr, .code)
        #expect(
            line("Known", RequestText.lines(unknown, .english))?
                .hasPrefix("Known:       NO, you did not have this browser remembered.") == true)
        #expect(
            line("Bekannt", RequestText.lines(unknown, .german))?
                .hasPrefix("Bekannt:       NEIN, diesen Browser haben Sie sich nicht merken lassen.") == true)
        let returning = request(.link, .return)
        #expect(line("Known", RequestText.lines(returning, .english))?.hasPrefix("Known:       not looked at") == true)
        #expect(line("Bekannt", RequestText.lines(returning, .german))?.contains("nicht geprüft") == true)
        for binding in [BrowserBinding.callCode, .none] {
            let asked = RequestText.lines(request(.backChannel, binding), .english)
            #expect(line("Known", asked) == nil && line("Browser", asked) == nil)
            #expect(line("Asked by", asked) == "Asked by:    the portal itself, without a browser")
            let gefragt = RequestText.lines(request(.backChannel, binding), .german)
            #expect(line("Bekannt", gefragt) == nil && line("Browser", gefragt) == nil)
            #expect(line("Gefragt von", gefragt) == "Gefragt von:   dem Portal selbst, ohne Browser")
        }
    }

    @Test func `the law, the privacy notice and the office stand beside the service, and cannot act on the terminal`() {
        let asked = request(.qr, .code, service: true)
        let (german, english) = (RequestText.lines(asked, .german), RequestText.lines(asked, .english))
        #expect(line("Recht", german) == "Recht:         § 45 StVO‹U+001B›")
        #expect(line("Datenschutz", german) == "Datenschutz:   https://herten.example/d")
        #expect(line("Fragen an", german) == "Fragen an:     Bürgerbüro‹U+202E›")
        #expect(line("Law", english) == "Law:         § 45 StVO‹U+001B›")
        #expect(line("Privacy", english) == "Privacy:     https://herten.example/d")
        #expect(line("Questions", english) == "Questions:   Bürgerbüro‹U+202E›")
        for name in ["Recht", "Datenschutz", "Fragen an"] {
            #expect(line(name, RequestText.lines(request(.qr, .code), .german)) == nil)
        }
    }

    @Test func `the browser is named with its network, and cannot act on the terminal`() {
        let lines = RequestText.lines(request(.qr, .code), .english)
        #expect(
            line("Browser", lines) == "Browser:     Fire‹U+202E›fox, 192.0.2.x, ANOTHER NETWORK than this device")
        #expect(
            line("Browser", RequestText.lines(request(.qr, .code), .german))
                == "Browser:       Fire‹U+202E›fox, 192.0.2.x, in einem ANDEREN NETZ als dieses Gerät")
        #expect(
            line("Browser", RequestText.lines(request(.link, .return), .german))?.hasSuffix(
                "im selben Netz wie dieses Gerät") == true)
        var here = request(.link, .return)
        here.initiator.area = "local"
        #expect(line("Browser", RequestText.lines(here, .german))?.contains(", lokal, im selben Netz") == true)
        #expect(line("Browser", RequestText.lines(here, .english))?.contains(", local, the same network") == true)
    }

    @Test func `claims have their plain names, and one that has none its own, made harmless`() {
        let asked = request(
            .qr, .code, essential: ["given_name", "new_claim\u{202E}"], voluntary: ["birthdate", "age_over_18"])
        let german = RequestText.lines(asked, .german)
        #expect(line("Braucht", german) == "Braucht:       Vorname, new_claim‹U+202E›")
        #expect(line("Hätte gern", german) == "Hätte gern:    Geburtsdatum, Mindestens 18 Jahre alt (ja oder nein)")
        let english = RequestText.lines(asked, .english)
        #expect(line("Needs", english) == "Needs:       Given name, new_claim‹U+202E›")
        #expect(line("Would like", english) == "Would like:  Date of birth, At least 18 years old (yes or no)")
        let nothing = request(.qr, .code, essential: [])
        #expect(line("Braucht", RequestText.lines(nothing, .german)) == "Braucht:       nichts")
        #expect(line("Needs", RequestText.lines(nothing, .english)) == "Needs:       nothing")
    }

    @Test func `the level stands in plain words beside its value, and one that is simulated says so twice`() {
        let acr = AssuranceLevel.substantiell.acr
        #expect(
            line("Niveau", RequestText.lines(request(.qr, .code), .german)) == "Niveau:        substantiell [\(acr)]")
        #expect(
            line("Level", RequestText.lines(request(.qr, .code), .english))
                == "Level:       substantial (substantiell) [\(acr)]")
        let simulated = request(.qr, .code, acr: "sim:" + acr)
        let german = RequestText.lines(simulated, .german)
        #expect(line("Niveau", german) == "Niveau:        substantiell, simuliert [sim:\(acr)]")
        #expect(german.last == "(Eine simulierte Anmeldung: gut für Tests und für sonst nichts.)")
        #expect(
            RequestText.lines(simulated, .english).last == "(A simulated login: good for tests and for nothing else.)")
        let unknown = request(.qr, .code, acr: "loa:\u{202E}9")
        #expect(line("Niveau", RequestText.lines(unknown, .german)) == "Niveau:        loa:‹U+202E›9")
    }

    @Test func `for whom one can act, and what a company's portal is told`() {
        let acr = AssuranceLevel.normal.acr
        let contexts = [
            ContextDescription(context: .citizen, acr: acr),
            ContextDescription(
                context: ContextName(rawValue: "company:m-1")!, name: "Muster\u{7} GmbH", acr: acr,
                claims: ["organization", "mandate"]),
        ]
        let asked = request(.qr, .code, contexts: contexts)
        let german = RequestText.lines(asked, .german)
        #expect(line("Handeln als", german) == "Handeln als:   Privatperson (citizen), Niveau normal [\(acr)]")
        #expect(
            line("Handeln für", german)
                == "Handeln für:   Muster‹U+0007› GmbH (company:m-1), Niveau normal [\(acr)]; teilt dem Portal mit: "
                + "Unternehmen, Vollmacht")
        let english = RequestText.lines(asked, .english)
        #expect(line("Act as", english) == "Act as:      citizen, level normal [\(acr)]")
        #expect(line("Act for", english)?.hasSuffix("; tells the portal: Company, Mandate") == true)
    }

    /// Every way in which a request can come, and all that can stand in it.
    private static let ways: [(LoginFlow, BrowserBinding)] = LoginFlow.allCases.flatMap { flow in
        flow.bindings.map { (flow, $0) }
    }

    @Test(arguments: Language.allCases)
    func `every line of every request is in one language, in columns, and does nothing to a terminal`(
        language: Language
    ) {
        #expect(Set(Self.ways.map { "\($0.1)" }).count == 5, "all five bindings")
        let hostile = "Ja?\u{1b}]0;x\u{7}\u{202E}\u{200B}\nTown: Bottrop"
        let company = ContextDescription(
            context: ContextName(rawValue: "company:m-1")!, name: hostile, acr: "sim:" + AssuranceLevel.hoch.acr,
            claims: [hostile])
        for (flow, binding) in Self.ways {
            let asked = request(
                flow, binding, knownSince: binding == .knownBrowser ? begun : nil, text: hostile,
                acr: "sim:" + AssuranceLevel.normal.acr,
                contexts: [ContextDescription(context: .citizen, acr: hostile), company],
                essential: ["given_name", hostile], voluntary: [hostile], service: true)
            let other: Language = language == .german ? .english : .german
            let (lines, others) = (RequestText.lines(asked, language), RequestText.lines(asked, other))
            #expect(lines.count == others.count, "both say the same: \(flow), \(binding)")
            for (line, same) in zip(lines, others) {
                // The names of a portal and of a text are the same in both.
                if !line.hasPrefix("Portal:"), !line.hasPrefix("Text:") {
                    #expect(line.split(separator: " ") != same.split(separator: " "))
                }
                #expect(line == TerminalText.visible(line), "nothing in it acts on the terminal")
            }
            for line in lines where !line.hasPrefix("(") {
                let name = line.prefix { $0 != ":" }
                let value = line.dropFirst(name.count + 1)
                let column = language == .german ? 15 : 13
                #expect(name.count + 1 + value.prefix { $0 == " " }.count == column, "\(line)")
            }
            #expect(!lines.contains { $0.hasPrefix("Town: Bottrop") }, "no text of others begins a line")
        }
    }

    @Test func `digits, answers and the digits of a call, in both languages`() {
        let portal = ClaimedPortal(name: "Portal\u{1b}", host: "portal.example", tenantName: "Stadt Herten")
        let german = RequestText.lines(code: "12345678", portal: portal, .german)
        #expect(
            german == [
                "Stadt:         Stadt Herten", "Portal:        Portal‹U+001B› (portal.example)",
                "Eintippen:     1234 5678   (im Browser, wenn Sie diese Anmeldung begonnen haben)",
            ])
        let english = RequestText.lines(code: "12345678", portal: portal, .english)
        #expect(english.last == "Type this:   1234 5678   (into the browser, if you began this login)")
        for text in [RequestText.answers, RequestText.callCode] { #expect(text.german != text.english) }
        for answer in ["approve", "deny", "report"] {
            for language in Language.allCases {
                #expect(RequestText.answers.text(language).contains("citizen-phone \(answer)"))
            }
        }
    }
}
