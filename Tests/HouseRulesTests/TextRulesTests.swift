import Testing

/// A rule about the text of Swift files.
struct TextRule: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Where the rule holds.
    let files: [SourceTree.File]
    /// The numbers of the lines that break the rule.
    let broken: @Sendable (SourceTree.File) -> [Int]
    /// Made-up texts that break the rule, each on its last line, and near-misses that keep it.
    let bad: [String]
    let good: [String]

    func violations(in file: SourceTree.File) -> [String] { broken(file).map { "\(file.path):\($0)" } }

    /// Numbers of the lines that `isBroken` says so of.
    static func lines(_ isBroken: @escaping @Sendable (Substring) -> Bool) -> @Sendable (SourceTree.File) -> [Int] {
        { file in file.lines.filter { isBroken($0.text) }.map(\.number) }
    }

    static let all: [TextRule] = [
        noOpenEnds, ownParsers, statedInvariants, noMachinePaths, noFoundationProcess, oneBuild,
        guardsStay, quotedTexts,
    ]

    /// A name that holds a quotation mark could otherwise end its quotation, and go on in the provider's own words.
    static let quotedTexts = TextRule(
        testDescription: "what others wrote stands in a provider's text by inGermanQuotes and inEnglishQuotes",
        files: SourceTree.sources.filter { $0.path.hasPrefix("Sources/ProviderCore/") },
        broken: lines { $0.contains(/[„“]\\\(/) },
        bad: [#"let text = "Gerät „\(name)“ sperren?""#, #"let text = "Suspend “\(name)”?""#],
        good: [#"let text = "Gerät \(name.inGermanQuotes) sperren?""#])

    static let noOpenEnds = TextRule(
        testDescription: "no open ends are left in the sources", files: SourceTree.sources,
        broken: lines { $0.contains(/\b(?:TODO|FIXME|XXX)\b/) },
        bad: ["// TODO: later", "let a = 1 // FIXME", "/// XXX"], good: ["mkstemp(\"aXXXXXX\")", "let todo = 1"])

    /// `JSONDecoder` takes the first of two members with one name, Foundation's base64 takes spare bits that are not
    /// zero: two readers of one message must not come to two results.
    static let ownParsers = TextRule(
        testDescription: "Foundation does not decide security questions", files: SourceTree.sources,
        broken: lines { $0.contains(/JSONDecoder|JSONSerialization|Data\(base64Encoded/) },
        bad: [
            "let d = JSONDecoder()", "try JSONSerialization.jsonObject(with: data)", "Data(base64Encoded: text)",
        ], good: ["StrictJSON.parse(bytes)", "Base64URL.decode(text)"])

    static let statedInvariants = TextRule(
        testDescription: "what can end the process has its invariant in a comment above", files: SourceTree.sources,
        broken: { file in
            let lines = file.lines.map { $0.text.drop(while: \.isWhitespace) }
            return lines.indices.filter { index in
                let line = lines[index]
                guard !line.hasPrefix("//"), line.contains(/\btry!|\bfatalError\(/) else { return false }
                return index == 0 || !lines[index - 1].hasPrefix("//")
            }.map { $0 + 1 }
        },
        bad: [
            "let a = try! f()", "// Far away.\n\nfatalError(\"no\")", "let b = 1 // beside\nlet a = try! f()",
            "fatalError()",
        ],
        good: [
            "// The pattern is a constant.\nlet a = try! f()", "/// Never.\n    fatalError(\"no\")",
            "// fatalError() is bad",
            "let a = try f()",
        ])

    /// Foundation's own crashes now and then while many files are open: swiftlang/swift-corelibs-foundation#5472.
    static let noFoundationProcess = TextRule(
        testDescription: "tests start programs as ChildProcess",
        files: SourceTree.tests.filter { !$0.path.hasPrefix("Tests/Benchmarks/") },
        broken: lines { $0.contains(/(?:^|[^\w.])Process\(\)/) }, bad: ["let a = " + "Process" + "()"],
        good: ["try ChildProcess(path, [])", "ProcessInfo.processInfo"])

    /// A switch of one kind of build would make tests say nothing about the other (checklist R4).
    static let oneBuild = TextRule(
        testDescription: "what the tests see is what is built to run: conditions ask for the system alone",
        files: SourceTree.sources + SourceTree.manifest,
        broken: lines { line in
            line.contains(/^\s*#(?:if|elseif)\b/) && !line.contains(/#(?:if|elseif) !?(?:canImport|os|arch)\(\w+\)\s*$/)
                || line.contains(/\.define\("|"-D[A-Za-z]|\b_is(?:Debug|Release)AssertConfiguration\b/)
        },
        bad: [
            "#if DEBUG", "  #if os(Linux) && TEST_ROUTES", "#elseif compiler(>=6)",
            "swiftSettings: [.define(\"TESTS\")]",
            "unsafeFlags([\"-DTESTS\"])", "if _isDebugAssertConfiguration() {",
        ], good: ["#if canImport(Glibc)", "#if os(Linux)", "#else", "#endif", "// #if DEBUG"])

    /// Tests of the attacker switch the provider's guards off; nothing that runs does (checklist R4).
    static let guardsStay = TextRule(
        testDescription: "no program and no endpoint takes a guard of the provider away",
        files: SourceTree.sources.filter { !["ProviderCore", "citizen-phone"].contains($0.room) },
        broken: lines { $0.contains(/\bGuards\b|\bguards:/) },
        bad: ["Provider(guards: [], issuer: issuer)", "let off: Guards = .frames"], good: ["guard guards else {"])

    static let noMachinePaths = TextRule(
        testDescription: "no path of somebody's machine", files: SourceTree.everything,
        broken: lines { line in
            // In two parts, so that this file keeps the rule.
            ["home", "Users", "root", "work"].contains { folder in
                line.firstRange(of: "/" + folder + "/").map { range in
                    let before = line[..<range.lowerBound].last
                    return before == nil || before.map { "\"'` =(:".contains($0) } == true
                } ?? false
            }
        },
        bad: ["let a = \"/" + "home/erika/region.yaml\"", "// see /" + "Users/me/x", "open('/" + "root/y')"],
        good: ["let a = \"/etc/citizen-id\"", "let b = folder + \"/homework/x\"", "https://a.example/home/x"])
}

@Suite("House rules about texts")
struct TextRulesTests {
    @Test("the rule is kept", arguments: TextRule.all)
    func ruleIsKept(_ rule: TextRule) {
        #expect(!rule.files.isEmpty)
        #expect(rule.files.flatMap(rule.violations) == [])
    }

    @Test("the rule bites", arguments: TextRule.all)
    func ruleBites(_ rule: TextRule) {
        for text in rule.bad {
            let file = SourceTree.File(path: "Sources/Made/Up.swift", text: text)
            #expect(rule.violations(in: file) == ["Sources/Made/Up.swift:\(file.lines.count)"], "\(text)")
        }
        for text in rule.good {
            #expect(rule.violations(in: SourceTree.File(path: "Sources/Made/Up.swift", text: text)) == [], "\(text)")
        }
    }
}
