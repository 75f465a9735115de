import OpenIDMessages
import Testing

@Suite("RFC 9457: problem documents of the device's leg")
struct ProblemDocumentTests {
    static let full = ProblemDocument(
        code: "wrong_pin", status: 403, title: "The PIN is wrong.", side: .person, retry: true,
        traceIdentifier: "01J0000000", triesLeft: 2)

    static let problems = [
        full,
        ProblemDocument(
            code: "unknown_link", status: 404, title: "“Ä\n”", side: .device, retry: false, traceIdentifier: ""),
        ProblemDocument(
            code: "overloaded", status: 599, title: "", side: .operator, retry: true, traceIdentifier: "x", triesLeft: 0
        ),
        refusedContext,
    ]

    private static let refusedContext: ProblemDocument = {
        var problem = full
        problem.obstacle = ActingObstacle(
            reason: "amount_exceeded", company: "Muster „Bau“ GmbH", limit: "200.00 EUR", price: "250.00 EUR")
        return problem
    }()

    @Test("the reason why nobody acts for a company is read with the company's name, or not at all")
    func obstacles() {
        #expect(Self.refusedContext.json["reason"] == "amount_exceeded" && Self.refusedContext.json["limit"] != nil)
        #expect(Self.full.json["reason"] == nil && Self.full.json["company"] == nil)
        for name in ["reason", "company"] {
            var json = Self.refusedContext.json
            json[name] = nil
            #expect(ProblemDocument(json: json) == Self.full)
        }
    }

    @Test("a problem survives writing and reading", arguments: problems)
    func problemsSurvive(_ problem: ProblemDocument) throws {
        #expect(ProblemDocument(json: try StrictJSON.parseObject(problem.json.serialized)) == problem)
        #expect(problem.json["type"] == .string("urn:citizen-id:problem:" + problem.code))
    }

    @Test("tries are named only where they are counted")
    func triesLeft() {
        #expect(Self.full.json["tries_left"] == 2)
        #expect(Self.problems[1].json["tries_left"] == nil)
    }

    @Test("what has no code, status or title is no problem document", arguments: ["code", "status", "title"])
    func incompleteProblems(_ name: String) {
        var json = Self.full.json
        for wrong in [nil, JSONValue.null, true, ["x"], .number(403.5)] {
            json[name] = wrong
            #expect(ProblemDocument(json: json) == nil)
        }
    }

    @Test("a status outside 400 to 599 is no problem", arguments: [Int64.min, -1, 0, 200, 399, 600, .max])
    func otherStatus(_ status: Int64) {
        var json = Self.full.json
        json["status"] = .integer(status)
        #expect(ProblemDocument(json: json) == nil)
    }

    @Test("members that a newer provider adds are passed over, and missing ones have careful values")
    func lenientMembers() throws {
        var json = Self.full.json
        json["detail"] = "more"
        #expect(ProblemDocument(json: json) == Self.full)
        for name in ["side", "retry", "trace_id", "tries_left", "type"] { json[name] = nil }
        let bare = try #require(ProblemDocument(json: json))
        #expect(bare.side == .operator && !bare.retry && bare.traceIdentifier == "" && bare.triesLeft == nil)
        json["side"] = "martian"
        #expect(ProblemDocument(json: json)?.side == .operator)
    }
}

@Suite("RFC 6749 §5.2: OAuth errors")
struct OAuthErrorTests {
    @Test("the body names code and description")
    func body() {
        let error = OAuthError(.invalidGrant, "the code is unknown")
        #expect(error.json.text == #"{"error":"invalid_grant","error_description":"the code is unknown"}"#)
        #expect(error == OAuthError(.invalidGrant, "the code is unknown"))
        #expect(error != OAuthError(.invalidRequest, "the code is unknown"))
    }
}
