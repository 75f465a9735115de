import Foundation
import OpenIDMessages
import Testing

/// What can be done over the network can be done at the command line: each route of `docs/openapi.json` is called by
/// `citizen-id`, or there is a reason why not.
@Suite("House rule: each administration route has a command")
struct AdministrationCommandsTests {
    /// A route, in segments; parameters are `{}`.
    struct Route: Sendable, CustomTestStringConvertible {
        let method: String
        let segments: [String]

        var testDescription: String { method + " /" + segments.joined(separator: "/") }
    }

    /// Routes without a command, and why.
    private static let exceptions: [String: String] = [
        "get /openapi.json": "the document is for programs",
        "get /tenants/{}/subjects/{}": "to ask for the sessions or devices says whether the town knows a subject",
        "get /tenants/{}/emergencies/{}": "the list shows each emergency whole",
    ]

    private static let routes: [Route] = {
        let text = try? Data(contentsOf: SourceTree.root.appendingPathComponent("docs/openapi.json"))
        let document = try? StrictJSON.parseObject(Array(text ?? Data()), maximumLength: 1_048_576)
        return (document?["paths"]?.object?.members ?? []).flatMap { path in
            let segments = path.name.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }
            return (path.value.object?.members ?? []).map { Route(method: $0.name, segments: segments) }
        }
    }()

    /// The texts of the program, interpolated values as `{}`.
    private static func texts(of source: String) -> [String] {
        var texts: [String] = []
        var (text, depth): (String?, Int) = (nil, 0)
        var before: Character = " "
        for character in source {
            if text != nil, depth > 0 {
                if character == "(" { depth += 1 } else if character == ")" { depth -= 1 }
                if depth == 0 { text?.append("{}") }
            } else if text != nil, before == "\\", character == "(" {
                text?.removeLast()
                depth = 1
            } else if character == "\"", before != "\\" {
                if let ended = text { texts.append(ended) }
                text = text == nil ? "" : nil
            } else {
                text?.append(character)
            }
            before = character
        }
        return texts
    }

    private static let program: (paths: [[String]], words: Set<String>) = {
        let files = SourceTree.sources.filter { $0.path.hasPrefix("Sources/citizen-id/") }
        let found = Set(files.flatMap { texts(of: $0.text) })
        let paths = found.filter { $0.hasPrefix("/") }.map { text in
            let path = text.prefix { $0 != "?" }
            // `"/clients/" + client.part` ends with a name.
            let segments = path.split(separator: "/").map(String.init)
            return path.hasSuffix("/") ? segments + ["{}"] : segments
        }
        return (paths.filter { !$0.isEmpty }, found)
    }()

    /// True when a text of the program is the route's path, or its end behind a path that is put together. What is put in
    /// where the route has a word must be a word of the program.
    private static func calls(_ route: [String], _ paths: [[String]], _ words: Set<String>) -> Bool {
        paths.contains { path in
            guard path.count <= route.count, path.contains(where: { $0 != "{}" }),
                path.count == route.count || route.first == "tenants"
            else { return false }
            return zip(path, route.suffix(path.count)).allSatisfy { written, wanted in
                written == wanted || (written == "{}" && words.contains(wanted))
            }
        }
    }

    @Test("each route is called by a command, or there is a reason why not", arguments: routes)
    func route(_ route: Route) {
        let isCalled = Self.calls(route.segments, Self.program.paths, Self.program.words)
        let isException = Self.exceptions[route.testDescription] != nil
        #expect(isCalled || isException, "\(route.testDescription): write its command, or say why there is none")
    }

    @Test("every reason is about a route that there is")
    func reasons() {
        #expect(Self.routes.count > 60)
        #expect(Set(Self.exceptions.keys).subtracting(Self.routes.map(\.testDescription)) == [])
    }

    @Test("the rule bites")
    func bites() {
        #expect(
            Self.texts(of: #"call("/a/\(x.part)/b"); f("/c/" + y, "\((z ?? "").part)/d")"#) == [
                "/a/{}/b", "/c/", "{}/d",
            ])
        let paths = [["region", "plan"], ["people", "{}"], ["sessions", "{}"]]
        #expect(!Self.calls(["region"], paths, []))
        #expect(Self.calls(["tenants", "{}", "people", "lock"], paths, ["lock"]))
        #expect(!Self.calls(["tenants", "{}", "people", "cases"], paths, ["lock"]))
        #expect(Self.calls(["tenants", "{}", "subjects", "{}", "sessions", "{}"], paths, []))
    }
}
