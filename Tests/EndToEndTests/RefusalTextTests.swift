import OpenIDMessages
import Testing

@testable import DeviceAuthenticator
@testable import citizen_phone

@Suite("What a person reads when something is refused", .inTurn, .endsInTime)
struct RefusalTextTests {
    /// A name for each case: a new one is added here, and to `errors`, or nothing compiles and the test fails.
    private static func name(_ error: DeviceError) -> String {
        switch error {
        case .notEnrolled: "notEnrolled"
        case .alreadyEnrolled: "alreadyEnrolled"
        case .linkRefused(let refusal): "linkRefused.\(refusal)"
        case .statementRefused(let refusal): "statementRefused.\(refusal)"
        case .clock(let ahead): "clock.\(ahead < 0)"
        case .network(let failure): "network.\(failure.reason)"
        case .provider(let problem): "provider.\(problem.code)"
        case .unexpectedAnswer: "unexpectedAnswer"
        case .noLogin: "noLogin"
        case .requestNotYetThere: "requestNotYetThere"
        case .callCodeNeeded: "callCodeNeeded"
        case .loginOver(let state): "loginOver.\(state)"
        case .pinTooShort: "pinTooShort"
        case .evidenceNotAccepted: "evidenceNotAccepted"
        case .levelOutOfReach(let shortfall):
            "levelOutOfReach.\(shortfall.reached == nil).\(shortfall.identity).\(shortfall.enough.isEmpty)"
        case .seedNotAllowed: "seedNotAllowed"
        case .unknownClaims: "unknownClaims"
        case .contextToBeChosen: "contextToBeChosen"
        case .unknownContext: "unknownContext"
        case .file(let refusal): "file.\(name(refusal))"
        case .keyStore(let refusal): "keyStore.\(name(refusal))"
        case .cryptography: "cryptography"
        }
    }

    private static func name(_ refusal: FileRefusal) -> String {
        switch refusal {
        case .symbolicLink: "symbolicLink"
        case .openToOthers: "openToOthers"
        case .foreignOwner: "foreignOwner"
        case .wrongKind: "wrongKind"
        case .tooLong: "tooLong"
        case .missing: "missing"
        case .cannotOpen: "cannotOpen"
        case .newerVersion: "newerVersion"
        case .system: "system.\(refusal.trouble.map { "\($0)" } ?? "")"
        }
    }

    private static func name(_ refusal: KeyStoreRefusal) -> String {
        switch refusal {
        case .pinNeeded: "pinNeeded"
        case .wrongPIN(let left): "wrongPIN.\(left ?? -1)"
        case .locked(let kind, let seconds): "locked.\(kind).\(seconds ?? -1)"
        case .unreachable(let kind, _): "unreachable.\(kind)"
        case .absent: "absent"
        case .foreign(let kind): "foreign.\(kind)"
        case .unfit(let kind, _): "unfit.\(kind)"
        case .failed(let kind, _, _): "failed.\(kind)"
        }
    }

    /// What others put into a refusal: a path, a reason, a name.
    private static let hostile = "x\u{1b}[2J\u{202E}"

    private static let errors: [DeviceError] =
        [
            .notEnrolled, .alreadyEnrolled(IssuerURL(rawValue: "https://id.example")!), .clock(ahead: 600),
            .clock(ahead: .min), .unexpectedAnswer(status: 200, what: hostile), .noLogin, .requestNotYetThere,
            .callCodeNeeded, .pinTooShort(minimum: 6), .evidenceNotAccepted(format: hostile, accepted: [hostile]),
            .seedNotAllowed, .unknownClaims([hostile]), .contextToBeChosen([hostile]),
            .unknownContext(hostile, offered: [hostile]), .cryptography,
        ] + LinkRefusal.allCases.map { .linkRefused($0) } + StatementRefusal.allCases.map { .statementRefused($0) }
        + NetworkFailure.Reason.allCases.map { .network(NetworkFailure($0, authority: hostile)) }
        + LoginState.allCases.map { .loginOver($0) }
        + ProblemCode.allCases.map { .provider($0.problem(traceIdentifier: "", triesLeft: 2)) }
        + shortfalls.map { .levelOutOfReach($0) } + files.map { .file($0) } + stores.map { .keyStore($0) }

    private static let shortfalls: [LevelOutOfReach] = {
        let enough = EvidenceCeiling(format: hostile, keyStore: hostile, level: .substantiell)
        return [
            LevelOutOfReach(wanted: .substantiell, reached: nil, identity: .hoch, enough: [enough]),
            LevelOutOfReach(wanted: .substantiell, reached: .normal, identity: .hoch, enough: [enough]),
            LevelOutOfReach(wanted: .hoch, reached: .substantiell, identity: .hoch, enough: []),
            LevelOutOfReach(wanted: .hoch, reached: .normal, identity: .normal, enough: []),
        ]
    }()

    private static let files: [FileRefusal] = [
        .symbolicLink(hostile), .openToOthers(hostile, mode: 0o644), .foreignOwner(hostile), .wrongKind(hostile),
        .tooLong(hostile), .missing(hostile), .cannotOpen(hostile), .newerVersion(hostile),
        .system(hostile, operation: "write", code: 28), .system(hostile, operation: "write", code: 30),
        .system(hostile, operation: "read", code: 5),
    ]

    private static let stores: [KeyStoreRefusal] =
        [
            .pinNeeded, .wrongPIN(triesLeft: 1), .wrongPIN(triesLeft: 2), .wrongPIN(triesLeft: nil),
            .absent(token: hostile),
        ]
        + KeyStoreKind.allCases.flatMap { kind -> [KeyStoreRefusal] in
            [
                .locked(kind, seconds: nil), .locked(kind, seconds: 60), .locked(kind, seconds: 61),
                .unreachable(kind, reason: hostile), .foreign(kind), .unfit(kind, reason: hostile),
                .failed(kind, operation: "C_Sign", code: 7),
            ]
        }

    @Test func `every refusal is said in both languages, each in its own words`() {
        let named = Dictionary(grouping: Self.errors, by: Self.name)
        #expect(named.values.allSatisfy { $0.count == 1 }, "\(named.filter { $0.value.count > 1 }.keys)")
        for (name, error) in named.mapValues({ $0[0] }) {
            let text = CommandFailure(error).message
            #expect(text.german != text.english, "\(name)")
            #expect(text.english == "\(error)", "\(name): what programs and logs have")
            for sentence in [text.german, text.english] {
                #expect(sentence.last.map { ".'".contains($0) } == true || sentence.hasSuffix(Self.hostile), "\(name)")
                #expect(!sentence.contains("  ") && !sentence.contains(". ."), "\(name): \(sentence)")
            }
        }
        let inGerman = named.values.map { CommandFailure($0[0]).message.german }
        #expect(Set(inGerman).count == inGerman.count, "no two refusals are said alike")
    }

    @Test(arguments: Language.allCases)
    func `the status is the same in both languages, and JSON is English`(language: Language) throws {
        for error in Self.errors {
            let failure = CommandFailure(error)
            let json = try #require(failure.json["error"]?.object)
            #expect(json["message"]?.string == "\(error)")
            #expect(json["status"]?.integer == Int64(failure.status.rawValue))
            #expect(failure.status != .internalError || error == .cryptography, "\(error)")
            #expect(TerminalText.visible(failure.message.text(language)).unicodeScalars.allSatisfy { $0 != "\u{1b}" })
        }
    }

    @Test func `a code that this version does not know is told as the provider told it`() {
        var problem = ProblemCode.notAccepted.problem(traceIdentifier: "", triesLeft: 1)
        #expect(
            DeviceError.provider(problem).text
                == BilingualText(
                    "Die Antwort wurde nicht angenommen. Meist ist die PIN falsch: Geben Sie sie noch einmal ein. "
                        + "Sie haben noch einen Versuch.",
                    "The answer was not accepted. As a rule the PIN is wrong: type it again. Tries left: 1."))
        problem.code = "new_code"
        problem.title = "Something new."
        problem.failedChecks = ["boot", "new_check"]
        #expect(
            DeviceError.provider(problem).text
                == BilingualText(
                    "Something new. Sie haben noch einen Versuch. Nicht bestanden: geschützter Start des Geräts (boot), "
                        + "new_check.",
                    "Something new. Tries left: 1. Checks that failed: protected start of the device (boot), new_check."
                ))
    }

    @Test func `a person for whom no company is offered hears why, and programs have the parts`() throws {
        var problem = ProblemCode.contextUnavailable.problem(traceIdentifier: "")
        problem.obstacle = ActingObstacle(
            reason: "amount_exceeded", company: "Muster GmbH", limit: "200.00 EUR", price: "250.00 EUR")
        let failure = CommandFailure(DeviceError.provider(problem))
        #expect(failure.message.german.hasSuffix(" geht bis 200,00 EUR; der Dienst kostet 250,00 EUR."))
        #expect(failure.message.english.hasSuffix(" goes up to 200.00 EUR; the service costs 250.00 EUR."))
        let json = try #require(failure.json["error"]?.object)
        #expect(json["reason"] == "amount_exceeded" && json["company"] == "Muster GmbH")
        #expect(json["limit"] == "200.00 EUR" && json["price"] == "250.00 EUR")
    }

    /// The program itself, with an empty profile.
    private func show(_ environment: [String: String], _ arguments: String...) async throws -> ProgramResult {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        return try await Program.run(
            Place.program("citizen-phone"), ["show", "--home", folder.path] + arguments, environment: environment)
    }

    private let german =
        "citizen-phone: In diesem Profil ist noch kein Gerät. Richten Sie es zuerst mit einer Einladung ein.\n"
    private let english = "citizen-phone: This profile has no device yet. Enrol it first with an enrolment link.\n"

    @Test(
        arguments: [
            ([:], true), (["LANG": "de_DE.UTF-8"], true), (["LANG": "en_GB.UTF-8"], false), (["LANG": "C"], false),
            (["LC_ALL": "de_AT", "LANG": "en_US"], true), (["LC_ALL": "", "LC_MESSAGES": "en", "LANG": "de"], false),
        ] as [([String: String], Bool)])
    func `the environment chooses the language`(environment: [String: String], isGerman: Bool) async throws {
        let result = try await show(environment)
        #expect(result.status == 10 && result.output.isEmpty && result.errors == (isGerman ? german : english))
    }

    @Test func `the option goes before the environment, and JSON is the same in both languages`() async throws {
        let chosen = try await show(["LC_ALL": "de_DE.UTF-8"], "--language", "en")
        #expect(chosen.status == 10 && chosen.errors == english)
        let json = try await show(["LC_ALL": "en_US.UTF-8"], "--language", "de", "--json")
        #expect(json.errors == german)
        #expect(json.output == (try await show([:], "--language", "en", "--json")).output)
        #expect(try json.json()["error"]?.object?["message"]?.string == english.dropFirst(15).dropLast().description)
        #expect(try await show([:], "--language", "fr").status == 64)
    }
}
