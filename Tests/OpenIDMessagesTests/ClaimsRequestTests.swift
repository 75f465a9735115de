import OpenIDMessages
import Testing

@Suite("OpenID Connect Core §5.5: the claims parameter")
struct ClaimsRequestTests {
    @Test("names, expected subject and level are read; what is not known is ignored")
    func reading() throws {
        let request = try ClaimsRequest(
            parsing: """
                {"userinfo":{"email":null,"name":{"essential":true},"verified#de":{"purpose":"x","values":[1]}},
                "id_token":{"birthdate":{"essential":false},"sub":{"value":"abc"},
                "acr":{"essential":true,"values":["gold","http://bsi.bund.de/eID/LoA/hoch","normal"]}},"other":[1]}
                """)
        #expect(request.userinfo == ["email", "name", "verified#de"])
        #expect(request.idToken == ["birthdate", "sub", "acr"])
        #expect(request.subject == SubjectIdentifier(rawValue: "abc"))
        #expect(request.level?.isEssential == true && request.level?.levels == [.hoch, .normal])
    }

    @Test("nothing is asked for", arguments: ["{}", #"{"userinfo":{}}"#, #"{"id_token":{},"userinfo":{}}"#])
    func nothing(text: String) throws {
        #expect(try ClaimsRequest(parsing: text) == .none)
    }

    @Test("as many values as honest portals ask with are read, and no more")
    func values() throws {
        func text(_ count: Int) -> String {
            // Around them: the whole, `userinfo`, the claim and its list.
            let values = Array(repeating: "1", count: count - 4).joined(separator: ",")
            return "{\"userinfo\":{\"email\":{\"values\":[\(values)]}}}"
        }
        #expect(try ClaimsRequest(parsing: text(256)).userinfo == ["email"])
        let error = #expect(throws: OAuthError.self) { try ClaimsRequest(parsing: text(257)) }
        #expect(error?.description == "claims has too many values")
    }

    @Test("a level without value is no wish, and one in userinfo is none either")
    func levelWithoutValue() throws {
        for text in [
            #"{"id_token":{"acr":null}}"#, #"{"id_token":{"acr":{"essential":true}}}"#,
            #"{"userinfo":{"acr":{"essential":true,"value":"hoch"}}}"#,
        ] { #expect(try ClaimsRequest(parsing: text).level == nil) }
        let voluntary = try ClaimsRequest(parsing: #"{"id_token":{"acr":{"value":"hoch"}}}"#)
        #expect(voluntary.level?.isEssential == false && voluntary.level?.levels == [.hoch])
    }

    @Test("the same subject may be named twice, two may not")
    func subjects() throws {
        let same = try ClaimsRequest(
            parsing: #"{"userinfo":{"sub":{"value":"a"}},"id_token":{"sub":{"values":["a"]}}}"#)
        #expect(same.subject?.rawValue == "a")
    }

    @Test(
        "malformed requests are refused",
        arguments: [
            "", "x", "[]", "null", #"{"userinfo":[]}"#, #"{"userinfo":null}"#, #"{"id_token":"sub"}"#,
            #"{"userinfo":{"email":true}}"#, #"{"userinfo":{"email":"x"}}"#, #"{"userinfo":{"email":[]}}"#,
            #"{"userinfo":{"email":{"essential":"true"}}}"#, #"{"userinfo":{"email":{"essential":1}}}"#,
            #"{"userinfo":{"email":{"values":"x"}}}"#, #"{"userinfo":{"email":{"values":[]}}}"#,
            #"{"userinfo":{"email":{"value":"x","values":["x"]}}}"#, #"{"userinfo":{"email":null,"email":null}}"#,
            #"{"userinfo":{},"userinfo":{}}"#, #"{"userinfo":{"email":null},}"#, #"{"userinfo":{}} x"#,
            #"{"id_token":{"sub":{"value":1}}}"#, #"{"id_token":{"sub":{"value":"a b"}}}"#,
            #"{"id_token":{"sub":{"values":["a","b"]}}}"#,
            #"{"userinfo":{"sub":{"value":"a"}},"id_token":{"sub":{"value":"b"}}}"#,
            #"{"id_token":{"acr":{"value":2}}}"#, #"{"id_token":{"acr":{"values":["hoch",null]}}}"#,
            #"{"id_token":{"acr":{"values":["a","b","c","d","e","f","g","h","i"]}}}"#,
            "{\"userinfo\":{" + (0...64).map { "\"c\($0)\":null" }.joined(separator: ",") + "}}",
            #"{"userinfo":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}",
        ])
    func malformed(text: String) {
        let error = #expect(throws: OAuthError.self) { try ClaimsRequest(parsing: text) }
        #expect(error?.code == .invalidRequest)
    }
}

@Suite("RFC 9101 §4: the parameters in a request object")
struct RequestObjectParametersTests {
    @Test("strings stand as they are, max_age is a number and claims an object; other members are no parameters")
    func reading() throws {
        let parameters = try FormParameters(requestObject: [
            "iss": "a", "scope": "openid", "max_age": 300, "claims": .object(["userinfo": .object(["email": .null])]),
            "state": "ä", "exp": 1, "colour": ["blue"],
        ])
        #expect(Set(parameters.names) == ["scope", "max_age", "claims", "state"])
        #expect(parameters[.maximumAge] == "300" && parameters[.state] == "ä")
        #expect(parameters[.claims] == #"{"userinfo":{"email":null}}"#)
    }

    @Test("a parameter of another type is refused", arguments: AuthorizationParameter.allCases)
    func wrongTypes(parameter: AuthorizationParameter) {
        for value in [.null, true, .number(1.5), ["x"], "line\nfeed", .object([:]), 7, "text"] as [JSONValue] {
            let isRight =
                switch parameter {
                case .maximumAge: value == 7
                case .claims, .registration: value == .object([:])
                case .request, .requestURI: false
                default: value == "text"
                }
            let read = try? FormParameters(requestObject: JSONObject(dictionaryLiteral: (parameter.rawValue, value)))
            #expect((read != nil) == isRight, "\(parameter.rawValue) \(value)")
        }
    }

    @Test("of verified_claims nothing stays but what is read, and that is read again as the same")
    func verifiedClaims() throws {
        let more = #"{"purpose":[[[{"a":1}]]],"essential":false}"#
        let request = try ClaimsRequest(
            parsing: """
                {"userinfo":{"verified_claims":{"verification":{"trust_framework":{"value":"x","other":\(more)},
                "assurance_level":{"values":["a","b"]},"time":{"max_age":30,"other":\(more)},"evidence":[\(more)],
                "verification_process":\(more),"unknown":\(more)},
                "claims":{"birthdate":\(more),"address":null},"unknown":\(more)}},
                "id_token":{"verified_claims":[{"verification":{"trust_framework":\(more)},"claims":{"a":\(more)}}]}}
                """)
        let kept: JSONObject = [
            "verification": .object([
                "trust_framework": .object(["values": ["x"]]), "assurance_level": .object(["values": ["a", "b"]]),
                "time": .object(["max_age": 30]), "verification_process": .null, "evidence": .null,
            ]),
            "claims": .object(["birthdate": .null, "address": .null]),
        ]
        #expect(request.verifiedUserinfo.map(\.json) == [kept])
        #expect(
            request.verifiedIDToken.map(\.json) == [
                ["verification": .object(["trust_framework": .null]), "claims": .object(["a": .null])]
            ])
        for read in request.verifiedUserinfo + request.verifiedIDToken {
            #expect(try VerifiedClaimsRequest(json: read.json) == read)
        }
    }
}
