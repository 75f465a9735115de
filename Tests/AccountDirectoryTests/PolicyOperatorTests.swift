import AccountDirectory
import OpenIDMessages
import Testing

@Suite("OpenID Federation 1.0 §6.1.3.1: policy operators")
struct PolicyOperatorTests {
    /// Metadata of one parameter `p`; nil for none.
    private func applied(_ operators: String, to value: String?) throws -> String? {
        let result = try policy(#"{"p": \#(operators)}"#).applied(to: json(value.map { #"{"p": \#($0)}"# } ?? "{}"))
        return result["p"].map { String(decoding: $0.serialized, as: UTF8.self) }
    }

    @Test(
        arguments: [
            (#"{"value": "a"}"#, #""b""#, #""a""#), (#"{"value": "a"}"#, nil, #""a""#),
            (#"{"value": null}"#, #""b""#, nil),
            (#"{"value": false}"#, "true", "false"), (#"{"value": 3}"#, "4", "3"),
            (#"{"add": ["a", "a"]}"#, nil, #"["a"]"#), (#"{"add": ["a"]}"#, #"["a", "b"]"#, #"["a","b"]"#),
            (#"{"default": "a"}"#, nil, #""a""#), (#"{"default": "a"}"#, #""b""#, #""b""#),
            (#"{"add": ["a"], "default": ["b"]}"#, nil, #"["a"]"#),
            (#"{"one_of": ["a", "b"]}"#, #""b""#, #""b""#), (#"{"one_of": ["a"]}"#, nil, nil),
            (#"{"subset_of": ["a", "b"]}"#, #"["c", "b"]"#, #"["b"]"#), (#"{"subset_of": []}"#, #"["c"]"#, "[]"),
            (#"{"superset_of": ["a"]}"#, #"["b", "a"]"#, #"["b","a"]"#), (#"{"superset_of": ["a"]}"#, nil, nil),
            (#"{"essential": false}"#, nil, nil), (#"{"essential": true, "default": "a"}"#, nil, #""a""#),
            (#"{"essential": true}"#, #"{"any": "object"}"#, #"{"any":"object"}"#),
            (#"{"at_least": "substantiell"}"#, #""normal""#, #""substantiell""#),
            (#"{"at_least": "substantiell"}"#, #""hoch""#, #""hoch""#),
            (#"{"at_least": "normal"}"#, nil, #""normal""#),
            (#"{"default": "normal", "at_least": "substantiell"}"#, nil, #""substantiell""#),
        ] as [(String, String?, String?)])
    func `act as specified`(operators: String, value: String?, result: String?) throws {
        #expect(try applied(operators, to: value) == result)
    }

    @Test(
        arguments: [
            (#"{"one_of": ["a"]}"#, #""b""#, PolicyError.Reason.check(.oneOf)),
            (#"{"one_of": ["a"]}"#, #"["a"]"#, .type(.oneOf)),
            (#"{"superset_of": ["a"]}"#, #"["b"]"#, .check(.supersetOf)),
            (#"{"superset_of": ["a"]}"#, #""a""#, .type(.supersetOf)),
            (#"{"subset_of": ["a"]}"#, #""a""#, .type(.subsetOf)),
            (#"{"add": ["a"]}"#, #""a""#, .type(.add)), (#"{"essential": true}"#, nil, .check(.essential)),
            (#"{"at_least": "normal"}"#, #""low""#, .type(.atLeast)),
            (#"{"at_least": "normal"}"#, #""undefined""#, .type(.atLeast)),
            (#"{"at_least": "substantiell", "one_of": ["normal", "hoch"]}"#, #""normal""#, .check(.oneOf)),
        ] as [(String, String?, PolicyError.Reason)])
    func `refuse what does not satisfy them`(operators: String, value: String?, reason: PolicyError.Reason) {
        let error = #expect(throws: PolicyError.self) { try applied(operators, to: value) }
        #expect(error?.reason == reason)
    }

    @Test(arguments: [
        (#"{"value": {}}"#, PolicyError.Reason.malformed(.value)), (#"{"add": "a"}"#, .malformed(.add)),
        (#"{"add": [1]}"#, .malformed(.add)), (#"{"default": null}"#, .malformed(.default)),
        (#"{"one_of": "a"}"#, .malformed(.oneOf)), (#"{"essential": "yes"}"#, .malformed(.essential)),
        (#"{"at_least": "undefined"}"#, .malformed(.atLeast)), (#"{"at_least": "low"}"#, .malformed(.atLeast)),
        (#"{"regexp": "a"}"#, .unknown("regexp")),
        (#"{"value": ["a"], "add": ["b"]}"#, .combination(.value, .add)),
        (#"{"value": null, "default": "a"}"#, .combination(.value, .default)),
        (#"{"value": "a", "one_of": ["b"]}"#, .combination(.value, .oneOf)),
        (#"{"value": ["a", "b"], "subset_of": ["a"]}"#, .combination(.value, .subsetOf)),
        (#"{"value": ["a"], "superset_of": ["a", "b"]}"#, .combination(.value, .supersetOf)),
        (#"{"value": null, "essential": true}"#, .combination(.value, .essential)),
        (#"{"value": "normal", "at_least": "substantiell"}"#, .combination(.value, .atLeast)),
        (#"{"value": null, "at_least": "normal"}"#, .combination(.value, .atLeast)),
        (#"{"add": ["a"], "one_of": ["a"]}"#, .combination(.add, .oneOf)),
        (#"{"add": ["a"], "subset_of": ["b"]}"#, .combination(.add, .subsetOf)),
        (#"{"one_of": ["a"], "subset_of": ["a"]}"#, .combination(.oneOf, .subsetOf)),
        (#"{"one_of": ["a"], "superset_of": ["a"]}"#, .combination(.oneOf, .supersetOf)),
        (#"{"subset_of": ["a"], "superset_of": ["a", "b"]}"#, .combination(.subsetOf, .supersetOf)),
        (#"{"at_least": "hoch", "one_of": ["normal"]}"#, .combination(.atLeast, .oneOf)),
    ])
    func `are refused when they contradict each other`(operators: String, reason: PolicyError.Reason) {
        let error = #expect(throws: PolicyError.self) { try policy(#"{"p": \#(operators)}"#) }
        #expect(error?.reason == reason)
        #expect(error?.description.hasPrefix("p: ") == true)
    }

    @Test(arguments: [
        (#"{"value": ["a", "b"]}"#, #"{"value": ["b", "a"]}"#, #"{"value": ["a", "b"]}"#),
        (#"{"add": ["a"]}"#, #"{"add": ["b", "a"]}"#, #"{"add": ["a", "b"]}"#),
        (#"{"one_of": ["a", "b"]}"#, #"{"one_of": ["b", "c"]}"#, #"{"one_of": ["b"]}"#),
        (#"{"subset_of": ["a"]}"#, #"{"subset_of": ["b"]}"#, #"{"subset_of": []}"#),
        (#"{"superset_of": ["a"]}"#, #"{"superset_of": ["b"]}"#, #"{"superset_of": ["a", "b"]}"#),
        (#"{"essential": true}"#, #"{"essential": false}"#, #"{"essential": true}"#),
        (#"{"at_least": "normal"}"#, #"{"at_least": "hoch"}"#, #"{"at_least": "hoch"}"#),
        (#"{"at_least": "hoch"}"#, #"{"at_least": "normal"}"#, #"{"at_least": "hoch"}"#),
        (#"{"default": "a"}"#, #"{"default": "a", "essential": true}"#, #"{"default": "a", "essential": true}"#),
    ])
    func `merge as specified`(superior: String, subordinate: String, merged: String) throws {
        let result = try policy(#"{"p": \#(superior)}"#).merged(with: policy(#"{"p": \#(subordinate)}"#))
        #expect(try result == policy(#"{"p": \#(merged)}"#))
    }

    @Test(arguments: [
        (#"{"value": "a"}"#, #"{"value": "b"}"#, PolicyError.Reason.merge(.value)),
        (#"{"default": "a"}"#, #"{"default": "b"}"#, .merge(.default)),
        (#"{"one_of": ["a"]}"#, #"{"one_of": ["b"]}"#, .merge(.oneOf)),
        (#"{"subset_of": ["a"]}"#, #"{"add": ["b"]}"#, .combination(.add, .subsetOf)),
        (#"{"superset_of": ["a"]}"#, #"{"subset_of": ["b"]}"#, .combination(.subsetOf, .supersetOf)),
        (#"{"at_least": "substantiell"}"#, #"{"value": "normal"}"#, .combination(.value, .atLeast)),
    ])
    func `do not merge what contradicts`(superior: String, subordinate: String, reason: PolicyError.Reason) {
        let error = #expect(throws: PolicyError.self) {
            try policy(#"{"p": \#(superior)}"#).merged(with: policy(#"{"p": \#(subordinate)}"#))
        }
        #expect(error?.reason == reason)
    }
}
