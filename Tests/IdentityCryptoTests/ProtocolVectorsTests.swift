import Foundation
import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

@Suite("The project's own vectors: each statement of docs/protocol.md §2")
struct StatementVectorsTests {
    static let files = StatementVectors.files.map(\.file)

    private func check<Statement: DeviceStatement>(_ type: Statement.Type, _ vectors: StatementVectors) {
        for token in vectors.accepted {
            #expect(vectors.judge(token.jws, as: type) == token.payload.map { .success($0) } ?? nil, "\(token.name)")
        }
        for token in vectors.refused {
            #expect(vectors.judge(token.jws, as: type) == token.reason.map { .failure($0) } ?? nil, "\(token.name)")
        }
    }

    @Test("what is accepted says what the file says, and each near-miss is refused for its reason", arguments: files)
    func tokens(file: String) throws {
        let type = try #require(StatementVectors.files.first { $0.file == file }?.type)
        let vectors = try #require(StatementVectors(file))
        #expect(vectors.message == type.type)
        #expect(!vectors.accepted.isEmpty)
        #expect(vectors.refused.count > 30)
        check(type, vectors)
    }

    @Test("the near-misses of each file use every reason there is", arguments: files)
    func reasons(file: String) throws {
        let vectors = try #require(StatementVectors(file))
        let expected = Set(VectorReason.allCases).subtracting(vectors.keyPlace == .x5c ? [.unknownKey] : [])
        #expect(Set(vectors.refused.compactMap(\.reason)) == expected)
        #expect(Set(vectors.refused.map(\.name)).count == vectors.refused.count)
    }

    /// No statement may come without vectors: clients in other languages are built from them.
    @Test("each type of statement has a file, and each file a type")
    func coverage() throws {
        let folder = TestVectors.packageRoot + "/Sources/OpenIDMessages"
        let sources = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        let declared = try sources.filter { $0.hasSuffix(".swift") }.flatMap { file in
            try String(contentsOfFile: folder + "/" + file, encoding: .utf8).split(separator: "\n")
                .compactMap { $0.firstMatch(of: /struct (\w+): DeviceStatement \{/).map { String($0.output.1) } }
        }
        #expect(Set(declared) == Set(StatementVectors.files.map { "\($0.type)" }))
        for file in Self.files { #expect(TestVectors.packageFile(file + ".json") != nil, "\(file)") }
    }

    @Test("the keys of the files are the public test keys")
    func keys() throws {
        let known = VectorFile.keys(VectorKey.file.publicOnly)
        for file in Self.files {
            for (name, key) in VectorFile.keys(try #require(VectorFile.read(file))) {
                #expect(known[name] == key)
            }
        }
        #expect(VectorFile.read("test-keys") == VectorKey.file)
    }
}

extension JSONObject {
    /// A file of private keys, as one of public keys.
    fileprivate var publicOnly: JSONObject {
        var keys = JSONObject()
        for member in self["keys"]?.object?.members ?? [] {
            var jwk = member.value.object
            jwk?["d"] = nil
            keys[member.name] = jwk.map { .object($0) }
        }
        return ["keys": .object(keys)]
    }
}

@Suite("The project's own vectors: links and digests")
struct LinkVectorsTests {
    let file: JSONObject

    init() throws { file = try #require(VectorFile.read("links")) }

    @Test("§3 which texts are links")
    func links() throws {
        for element in file["accepted"]?.array ?? [] {
            let text = try #require(element["link"]?.string)
            let link = try #require(DeviceLink(parsing: text))
            #expect(link.text == text)
            #expect(link.issuer.rawValue == element["issuer"]?.string)
            #expect(link.flow?.rawValue ?? "enrolment" == element["flow"]?.string)
        }
        let refused = try #require(file["refused"]?.array)
        #expect(refused.count > 15)
        for element in refused {
            #expect(DeviceLink(parsing: element["link"]?.string ?? "") == nil, "\(element["name"]?.string ?? "")")
        }
    }

    @Test("§3 which links are the provider's, and of which age")
    func checks() throws {
        let authentication = LinkAuthentication(
            issuer: try #require(IssuerURL(rawValue: file["issuer"]?.string ?? "")),
            key: try #require(Base64URL.decode(file["mac_key"]?.string ?? "")))
        let start = Timestamp(seconds: try #require(file["started_at"]?.integer))
        let cases = ContextCase.all("checks", in: "links")
        #expect(cases.count > 5)
        for element in cases {
            let link = try #require(DeviceLink(parsing: element.text("link")))
            let verdict =
                switch authentication.check(
                    link, now: element.time("now"), start: { $0 == file["handle"]?.string ? start : nil })
                {
                case .authentic(_, let flow): flow == link.flow ? "authentic" : "another flow"
                case .stale: "stale"
                case .forged: "forged"
                }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("§2 digests of texts")
    func digests() throws {
        let cases = ContextCase.all("cases", in: "text-digest")
        #expect(cases.count > 5)
        for element in cases {
            #expect(ContentDigest(of: element.text("text")).rawValue == element.text("text_sha256"))
        }
    }
}
