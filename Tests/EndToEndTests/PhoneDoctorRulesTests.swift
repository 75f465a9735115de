import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("What the phone's doctor concludes", .inTurn, .endsInTime)
struct PhoneDoctorRulesTests {
    private static let long = String(repeating: "s", count: 43)

    private func attempt(
        _ letter: String, without missing: String? = nil, changing changes: [String: String] = [:]
    ) -> RequestRules.Attempt {
        let value = letter + Self.long
        var request = FormParameters()
        let plain = [
            "state": value, "nonce": "n" + value, "code_challenge": "c" + value, "code_challenge_method": "S256",
        ].merging(changes) { $1 }
        for (name, value) in plain where name != missing { request.append(name, value) }
        var callback = FormParameters(["code": "1", "iss": "https://id.example"])
        if let state = request["state"] { callback.append("state", state) }
        return RequestRules.Attempt(request: request, callback: callback)
    }

    private func results(_ one: RequestRules.Attempt, _ two: RequestRules.Attempt) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: RequestRules(first: one, second: two).findings.map { ($0.check, $0.result.rawValue) })
    }

    @Test func `a plain request with everything fresh is good, but not pushed`() {
        #expect(
            results(attempt("a"), attempt("b")) == [
                "authorization_request": "ok", "pushed_request": "warning", "code_challenge": "ok", "state": "ok",
                "nonce": "ok",
            ])
    }

    @Test(arguments: [
        ("state", "state", "failure"), ("nonce", "nonce", "warning"), ("code_challenge", "code_challenge", "failure"),
        ("code_challenge_method", "code_challenge", "failure"),
    ])
    func `what is missing is found`(parameter: String, check: String, result: String) {
        #expect(results(attempt("a", without: parameter), attempt("b", without: parameter))[check] == result)
    }

    @Test(arguments: ["state", "nonce", "code_challenge"])
    func `what is not fresh is found`(parameter: String) {
        let same = [parameter: "x" + Self.long]
        #expect(results(attempt("a", changing: same), attempt("b", changing: same))[parameter] == "failure")
    }

    @Test func `a state that can be guessed is found`() {
        #expect(
            results(attempt("a", changing: ["state": "1000"]), attempt("b", changing: ["state": "1001"]))["state"]
                == "warning")
    }

    @Test func `a nonce is a must where there is no PKCE`() {
        var (one, two) = (attempt("a"), attempt("b"))
        one.request = FormParameters(["state": Self.long])
        two.request = FormParameters(["state": Self.long])
        #expect(results(one, two)["nonce"] == "failure")
    }

    @Test func `what a pushed request hides is not judged`() {
        var (one, two) = (attempt("a"), attempt("b"))
        one.request = FormParameters(["client_id": "p", "request_uri": "urn:1"])
        two.request = FormParameters(["client_id": "p", "request_uri": "urn:2"])
        #expect(
            results(one, two) == [
                "authorization_request": "ok", "pushed_request": "ok", "code_challenge": "not_tested", "state": "ok",
                "nonce": "not_tested",
            ])
    }

    @Test(arguments: [
        (0, 0, "ok"), (5, 0, "ok"), (6, 0, "warning"), (-6, 0, "warning"), (61, 0, "failure"), (-3600, 0, "failure"),
        // It is the provider's clock that counts, not this machine's.
        (3600, 3600, "ok"), (0, 3600, "failure"),
    ])
    func `clocks are compared`(portal: Int64, provider: Int64, result: String) {
        let now = Timestamp(seconds: 1_800_000_000)
        let finding = ClockRules.finding(
            portal: [.init(date: now + portal, seenAt: now)], provider: [.init(date: now + provider, seenAt: now)])
        #expect(finding.result.rawValue == result, "\(finding)")
    }

    @Test func `without a Date there is no judgement`() {
        #expect(ClockRules.finding(portal: [], provider: []).result == .notTested)
    }

    private static let rotations: [([String: Set<String>], Rotation)] = [
        (["ES256": ["1", "2"]], .none), (["ES256": ["2", "3"]], .once), (["ES256": ["3", "4"]], .twice),
        (["ES256": ["1", "2", "3"], "RS256": ["9"]], .once), (["ES256": ["1", "2", "5", "6", "7"]], .twice),
        ([:], .none),
    ]

    @Test(arguments: rotations)
    func `two new keys of one algorithm are two rotations`(now: [String: Set<String>], rotation: Rotation) {
        #expect(Rotation(from: ["ES256": ["1", "2"]], to: now) == rotation)
    }

    @Test func `a login that fails after a rotation is a failure`() {
        #expect(Rotation.once.finding(isSignedIn: false).result == .failure)
        #expect(Rotation.twice.finding(isSignedIn: true).result == .ok)
        #expect(Rotation.twice.finding(isSignedIn: true, afterPause: true).cause.contains("once a minute"))
        #expect(Rotation.none.finding(isSignedIn: nil).result == .notTested)
    }

    @Test func `a login after one rotation shows nothing: the next key was published before`() {
        #expect(Rotation.once.finding(isSignedIn: true).result == .notTested)
        #expect(Rotation.once.finding(isSignedIn: true).remedy?.contains("once more") == true)
    }

    private func sight(_ path: String, _ status: Int = 200, title: String = "T") -> PageSight {
        PageSight(
            BrowserSession.Page(
                address: WebAddress("https://portal.example" + path)!, status: status, html: "<title>\(title)</title>"))
    }

    @Test func `the witness page decides when it tells who is signed in`() {
        let genuine = CallbackEnd(
            rest: sight("/account"), changedCookies: ["session"], witness: sight("/account", title: "Erika"))
        let judge = SignedInJudge(genuine: genuine, stranger: sight("/", title: "Home"))
        #expect(judge.hasWitness)
        #expect(judge.isSignedIn(genuine))
        var refused = genuine
        refused.witness = sight("/", title: "Home")
        #expect(!judge.isSignedIn(refused), "its cookies alone do not count")
        let byTitle = SignedInJudge(genuine: genuine, stranger: sight("/account", title: "Log in"))
        refused.witness = sight("/account", title: "Log in")
        #expect(byTitle.isSignedIn(genuine) && !byTitle.isSignedIn(refused))
    }

    @Test func `without one, address, status and cookies decide together`() {
        let page = sight("/app")
        let genuine = CallbackEnd(rest: page, changedCookies: ["session"], witness: page)
        let judge = SignedInJudge(genuine: genuine, stranger: page)
        #expect(!judge.hasWitness && judge.canTell && judge.isSignedIn(genuine))
        #expect(!judge.isSignedIn(CallbackEnd(rest: page, changedCookies: ["other"], witness: page)))
        #expect(!judge.isSignedIn(CallbackEnd(rest: sight("/app", 400), changedCookies: ["session"], witness: page)))
        let blind = CallbackEnd(rest: page, changedCookies: [], witness: page)
        #expect(!SignedInJudge(genuine: blind, stranger: page).canTell)
    }
}
