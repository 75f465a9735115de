import OpenIDMessages
import TestVectors
import Testing

/// Cases of C2SP Wycheproof, which are not part of the package.
struct WycheproofFile {
    struct Case {
        let number: Int64
        let comment: String
        /// `valid`, `invalid` or `acceptable`.
        let result: String
        let members: JSONValue

        func bytes(_ name: String) throws -> [UInt8] {
            try #require(Hexadecimal.decode(members[name]?.string ?? "-"))
        }
    }

    struct Group {
        let members: JSONValue
        let cases: [Case]
    }

    let groups: [Group]

    init(_ name: String) throws {
        let bytes = try #require(TestVectors.read("wycheproof/testvectors_v1/\(name)_test.json"))
        let file = try StrictJSON.parseObject(bytes, maximumLength: 4_000_000)
        groups = try #require(file["testGroups"]?.array).map { group in
            let cases = try #require(group["tests"]?.array).map { test in
                Case(
                    number: try #require(test["tcId"]?.integer), comment: test["comment"]?.string ?? "",
                    result: try #require(test["result"]?.string), members: test)
            }
            return Group(members: group, cases: cases)
        }
        #expect(!groups.isEmpty)
    }
}
