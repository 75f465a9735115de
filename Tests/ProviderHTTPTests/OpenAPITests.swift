import AccountDirectory
import Foundation
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// The document is made of the table that the router is made of; here it is read back and held against the server.
@Suite("The OpenAPI document of /admin/v1 says what the server does")
struct OpenAPITests {
    private static let writes = ProcessInfo.processInfo.environment["CITIZENID_WRITE_DOCUMENTS"] == "1"
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/openapi.json")

    /// As people read it.
    private static func pretty() throws -> Data {
        let object = try JSONSerialization.jsonObject(with: Data(AdministrationAPI.document.utf8))
        var data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        data.append(UInt8(ascii: "\n"))
        return data
    }

    @Test(
        "docs/openapi.json is written",
        .enabled(if: writes, "the document is written only with CITIZENID_WRITE_DOCUMENTS=1"))
    func write() throws { try Self.pretty().write(to: Self.file) }

    @Test("docs/openapi.json is the document of the server", .disabled(if: writes, "it is being written"))
    func document() async throws {
        func sorted(_ data: Data) throws -> Data {
            try JSONSerialization.data(
                withJSONObject: JSONSerialization.jsonObject(with: data), options: [.sortedKeys])
        }
        let written = try sorted(Data(contentsOf: Self.file))
        #expect(try written == sorted(Self.pretty()), "run with CITIZENID_WRITE_DOCUMENTS=1")
        try await AdministrationSite.serve { site in
            let served = try await site.send(.get, "/admin/v1/openapi.json")
            #expect(served.status == .ok && served.text == AdministrationAPI.document)
        }
    }

    @Test("operations have names of their own, parameters are described, references lead somewhere")
    func wellFormed() throws {
        let document = try StrictJSON.parseObject(Array(AdministrationAPI.document.utf8), maximumLength: 1_048_576)
        let paths = try #require(document["paths"]?.object)
        var names: [String] = []
        for path in paths.members {
            for method in path.value.object?.members ?? [] {
                let operation = try #require(method.value.object)
                names.append(try operation.text("operationId"))
                let described = (operation["parameters"]?.array ?? []).compactMap(\.object)
                    .filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
                let used = path.name.matches(of: /\{([^}]*)\}/).map { String($0.output.1) }
                #expect(described == used, "\(path.name)")
                #expect(operation["responses"]?.object?.members.contains { $0.name.hasPrefix("2") } == true)
            }
        }
        #expect(Set(names).count == names.count)
        #expect(names.count == AdministrationAPI.routes.count)
        for reference in AdministrationAPI.document.matches(of: /"\$ref":"#\/components\/(\w+)\/([\w-]+)"/) {
            let (kind, name) = (String(reference.output.1), String(reference.output.2))
            #expect(document["components"]?.object?[kind]?.object?[name] != nil, "\(kind)/\(name)")
        }
    }

    @Test("who is not signed in, or has no nonce, reads from the document which headers bring them on, and gets them")
    func headers() async throws {
        let document = try StrictJSON.parseObject(Array(AdministrationAPI.document.utf8), maximumLength: 1_048_576)
        @Sendable func declared(_ path: String, _ status: String) -> [String] {
            let operation = document["paths"]?.object?[path]?.object?["get"]?.object
            let headers = operation?["responses"]?.object?[status]?.object?["headers"]?.object
            return (headers?.members.map(\.name) ?? []).sorted()
        }
        #expect(declared("/me", "200") == ["DPoP-Nonce", "ETag"])
        #expect(declared("/me", "401") == ["DPoP-Nonce", "WWW-Authenticate"])
        #expect(declared("/me", "4XX") == ["DPoP-Nonce"])
        #expect(declared("/me", "5XX").isEmpty)
        #expect(declared("/openapi.json", "200") == ["ETag"] && declared("/openapi.json", "401").isEmpty)
        try await AdministrationSite.serve { site in
            let nobody = try await site.send(.get, "/admin/v1/me")
            #expect(nobody.status == .unauthorized)
            for name in declared("/me", "401") {
                #expect(try nobody.headers[#require(HTTPField.Name(name))] != nil, "\(name)")
            }
            let route = try #require(AdministrationAPI.routes.first { $0.path == "/openapi.json" })
            let open = try await site.send(.get, "/admin/v1/openapi.json")
            #expect(route.headers(ofAnswer: 200).allSatisfy { open.headers[$0.name] != nil })
        }
    }

    // MARK: Hostile input from the document

    /// A small generator without randomness that a run could not repeat.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static let strangeTexts = [
        "", " ", "\u{0}", "'; DROP TABLE admin_assignment; --", "../../etc/passwd", "%00", "Ć ẞ Ǆ", "\u{202E}x",
        "{{7*7}}",
        String(repeating: "A", count: 300), "-1", "null", "herten", "marl", "*",
    ]

    private static func strange(_ schema: Schema, _ dice: inout Dice, now: Timestamp) -> JSONValue {
        if Int.random(in: 0..<4, using: &dice) == 0 {
            let wrong: [JSONValue] = [
                .null, true, -1, .integer(.max), .number(1.5), "x", .array([]), .object([:]),
            ]
            return wrong.randomElement(using: &dice) ?? .null
        }
        switch schema {
        case .text: return .string(strangeTexts.randomElement(using: &dice) ?? "")
        case .time:
            let times: [Int64] = [0, -1, now.seconds, now.seconds + 600, .max, .min]
            return .integer(times.randomElement(using: &dice) ?? 0)
        case .count(let range):
            let counts: [Int64] = [range.lowerBound, range.upperBound, 0, -1, .max]
            return .integer(counts.randomElement(using: &dice) ?? range.lowerBound)
        case .bool: return .bool(Bool.random(using: &dice))
        case .choice(let words):
            return .string((words + ["", "admin"]).randomElement(using: &dice) ?? "")
        case .list(let element): return .array((0..<3).map { _ in strange(element, &dice, now: now) })
        case .anyObject: return .object(["given_name": .string(strangeTexts.randomElement(using: &dice) ?? "")])
        case .object(let properties):
            var object = JSONObject()
            for property in properties where property.isRequired || Bool.random(using: &dice) {
                object[property.name] = strange(property.schema, &dice, now: now)
            }
            if Int.random(in: 0..<6, using: &dice) == 0 { object["unlisted"] = 1 }
            return .object(object)
        }
    }

    @Test("N7: whatever is sent to any operation, no answer is 5xx and every refusal is a problem document")
    func hostile() async throws {
        try await AdministrationSite.serve { site in
            let town = try await Town.herten(site)
            let administrator = try await site.provider.administrator()
            for role in AdministrationRole.allCases {
                try await site.provider.appoint(administrator, role, at: role.testScope)
            }
            var dice = Dice(state: 2026)
            var answers: Set<Int> = []
            for route in AdministrationAPI.routes {
                for round in 0..<12 {
                    var names = town.names
                    if round % 3 == 2, let victim = route.parameters.randomElement(using: &dice) {
                        let text = Self.strangeTexts.randomElement(using: &dice) ?? ""
                        names[victim] = FormParameters.percentEncode(text.isEmpty ? "x" : text)
                    }
                    let body = route.body.flatMap { Self.strange($0, &dice, now: site.provider.now).object }
                    let query = route.isPaged && round % 2 == 1 ? "?limit=\(round)&after=abc" : ""
                    let answer = try await site.call(
                        administrator, route.method, route.filled(names), query: query, body,
                        headers: route.current == nil ? [:] : [.ifMatch: "\"x\""])
                    answers.insert(answer.status.code)
                    #expect(answer.status.code < 500, "\(route.method) \(route.filled(names)) \(body?.text ?? "")")
                    guard answer.status.code >= 400 else { continue }
                    #expect(answer.headers[.contentType] == ProblemDocument.mediaType, "\(route.path)")
                    #expect(answer.code.flatMap(AdministrationProblem.init(rawValue:)) != nil, "\(answer.text)")
                }
            }
            #expect(answers.isSuperset(of: [200, 400, 404]), "\(answers)")
        }
    }
}
