import Testing

/// Isolation by type (invariant I22): nobody can name a tenant's rows without the proof that they may.
@Suite("House rule: a tenant's rows are named by a proof, and few can make one")
struct TenantScopeTests {
    private static func code(_ file: SourceTree.File) -> [(number: Int, text: Substring)] {
        file.lines.compactMap { line in
            let text = line.text.drop(while: \.isWhitespace)
            return text.hasPrefix("//") ? nil : (line.number, text)
        }
    }

    /// Where a value of the type is made.
    private static func makers(of type: String, in files: [SourceTree.File]) -> [String] {
        files.filter { file in
            code(file).contains { line in
                line.text.ranges(of: type).contains { range in
                    let isWhole =
                        range.lowerBound == line.text.startIndex
                        || !line.text[line.text.index(before: range.lowerBound)].isLetter
                    let rest = line.text[range.upperBound...]
                    return isWhole && (rest.hasPrefix("(") || rest.hasPrefix(".init"))
                }
            }
        }.map(\.path)
    }

    @Test("I22: proofs are made only by the checks that earn them")
    func makers() {
        #expect(
            Self.makers(of: "TenantScope", in: SourceTree.sources)
                == ["Sources/AccountDirectory/Tenants/Registry.swift"])
        for proof in ["TenantCapability", "RegionCapability", "ApprovedAssignment"] {
            #expect(
                Self.makers(of: proof, in: SourceTree.sources)
                    == ["Sources/AccountDirectory/Administration/AdministrationRules.swift"], "\(proof)")
        }
        #expect(
            Self.makers(of: "LocalOperator", in: SourceTree.sources)
                == ["Sources/ProviderHTTP/Administration/AdministrationApplication.swift"])
        #expect(
            Self.makers(of: "Administrator", in: SourceTree.sources)
                == ["Sources/ProviderCore/Administration/AdministrationAccess.swift"])
        // Whoever has one of these two acts for a town's office: it takes the local socket's proof, or an administrator's.
        #expect(
            Self.makers(of: "CompanyClerk", in: SourceTree.sources) == [
                "Sources/ProviderCore/Companies/CompanyOfficeFlow.swift",
                "Sources/ProviderCore/Mandates/MandateOfficeFlow.swift",
                "Sources/ProviderHTTP/Administration/CompanyAdministration.swift",
                "Sources/ProviderHTTP/Administration/MandateAdministration.swift",
            ])
        let desk = SourceTree.sources.filter { file in
            ["DeskFlow", "DeskTypes", "CompanyFlow+Clerk"].contains { file.path.hasSuffix("/\($0).swift") }
        }
        #expect(desk.count == 3)
        for file in desk {
            for line in Self.code(file) where line.text.contains("func ") || line.text.contains("init(") {
                #expect(!line.text.contains("tenant: TenantIdentifier"), "\(file.path):\(line.number)")
            }
        }
    }

    @Test("I22: the initializers of the proofs are not public")
    func initializers() {
        let files = SourceTree.sources.filter {
            $0.path.hasSuffix("Registry.swift") || $0.path.hasSuffix("AdministrationRules.swift")
                || $0.path.hasSuffix("AdministrationAccess.swift")
        }
        #expect(files.count >= 3)
        for file in files where file.path.contains("Administration") || file.path.contains("Tenants/Registry") {
            for type in ["TenantScope", "TenantCapability", "RegionCapability", "ApprovedAssignment", "Administrator"] {
                guard let start = file.text.firstRange(of: "public struct \(type):") else { continue }
                let body = file.text[start.upperBound...].prefix { $0 != "}" }
                #expect(!body.contains("public init"), "\(type)")
                #expect(body.contains("fileprivate init"), "\(type)")
            }
        }
    }

    /// The type of `identifier` of each thing of the directory.
    private static func identifiers() -> [(thing: String, type: String)] {
        SourceTree.sources.filter { $0.path.hasPrefix("Sources/AccountDirectory/") }.flatMap { file in
            var thing = ""
            return file.lines.compactMap { line -> (thing: String, type: String)? in
                if let start = line.text.firstRange(of: "public struct "), start.lowerBound == line.text.startIndex {
                    thing = String(line.text[start.upperBound...].prefix { $0.isLetter })
                }
                guard let member = line.text.firstRange(of: " identifier: "),
                    line.text.hasPrefix("    public var") || line.text.hasPrefix("    public let")
                else { return nil }
                return (thing, String(line.text[member.upperBound...].prefix { $0.isLetter }))
            }
        }
    }

    @Test("identifiers of different things are different types: no two things of the directory share one")
    func identifierTypes() {
        let found = Self.identifiers()
        #expect(found.count >= 12, "\(found)")
        for thing in ["Region", "Operator", "Tenant", "Service", "Client"] {
            #expect(found.contains { $0.thing == thing }, "\(thing)")
        }
        for (type, things) in Dictionary(grouping: found, by: \.type).mapValues({ $0.map(\.thing) }) {
            #expect(things.count == 1, "\(type): \(things)")
        }
    }

    /// The calls of the stores that name a tenant, or give or take something that does, without the tenant's proof, by the
    /// reason why that is right.
    private static let exceptions: [String: Set<String>] = [
        "they are one person's or one company's own, in all towns": [
            "assignments(of:now:)", "auditPage(of:onlyLooks:before:limit:)", "auditPage(of:before:limit:)",
            "releases(of:)", "release(for:)",
            "portals(of:)", "context(in:at:for:)",
            "requests(of:)", "open(_:mostOpen:by:time:)", "requestClosing(of:liftsOrder:eraseAt:request:by:time:)",
            "accept(_:)", "remember(_:tenant:)",
        ],
        "the secret that only the portal or the person has is the proof": [
            "ticket(_:)", "redeem(_:client:refreshToken:now:)", "refresh(_:client:successor:expiresAt:grace:now:)",
            "refreshToken(_:now:)", "liveGrant(_:token:now:)", "grant(_:sector:session:now:)",
            "initialAccessToken(_:now:)", "register(_:with:now:event:)", "replace(_:previous:event:)",
        ],
        "a desk writes about the person in front of it, whom no town owns; the town is where it happened": [
            "register(_:events:)", "register(_:ticket:events:)", "issue(_:event:)",
            "reactivate(_:as:found:ticket:by:time:)",
            "supersede(_:by:likeness:change:evidence:link:ticket:events:time:)",
        ],
        "another proof stands in its place": [
            "assignments(by:page:)", "assignment(_:by:)", "grant(_:telling:now:event:)",
            "bootstrap(_:_:now:event:)",
            "auditPage(of:_:before:limit:)",
        ],
        "it takes an assignment that was read with a proof": ["revoke(_:event:)"],
        "it says whose a name is that somebody tried, for the trail of whose it is": ["owner(of:otherThan:)"],
        "the whole region is made of them: what each town offers, which clients there are": [
            "adoptions()", "publish(_:beside:moving:events:)", "clientRegistrations()",
            "sectorHolders()", "apply(_:)",
        ],
        "verification, retention and seal walk all chains and hand no event on": [
            "auditHeads()", "auditEntries(of:after:limit:)", "cutAudit(_:)", "removeCutAudit(of:limit:)",
        ],
        "the machine's operator asks, for every town's desk": [
            "request(_:)", "requests(ended:page:)", "advance(_:by:refusal:author:time:)",
        ],
        "companies and mandates belong to no town; who may see one is decided by membership and office": [
            "companies(page:)", "found(_:founder:)", "change(_:concerning:by:now:_:)", "snapshot(of:concerning:)",
            "companies(of:)", "file(of:)", "company(with:)", "revoke(_:by:at:)", "parties(of:for:)",
            "use(_:_:)",
        ],
    ]

    /// The declaration, as Swift names it: `openCase(like:in:event:)`.
    private static func name(of signature: String) -> String {
        let words = signature.dropFirst("func ".count)
        guard let open = words.firstIndex(of: "(") else { return String(words) }
        // Up to the parenthesis that closes the list of parameters.
        var depth = 0
        var parts = [""]
        for character in words[open...] {
            if ")]>}".contains(character), parts[parts.count - 1].last != "-" { depth -= 1 }
            if depth == 0, character == ")" { break }
            if depth == 1, character == "," { parts.append("") } else { parts[parts.count - 1].append(character) }
            if "([<{".contains(character) { depth += 1 }
        }
        let labels = parts.compactMap { part in
            part.drop { $0 == "(" || $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != ":" }
        }.filter { !$0.isEmpty }
        return words[..<open] + "(" + labels.map { $0 + ":" }.joined() + ")"
    }

    /// Structures and enumerations with a tenant in them, and, again and again, those that hold one of these.
    private static func tenantTypes() -> Set<String> {
        var members: [String: Set<String>] = [:]
        for file in SourceTree.sources
        where file.path.hasPrefix("Sources/ProviderCore/") || file.path.hasPrefix("Sources/AccountDirectory/") {
            var type: String?
            for line in file.lines {
                if let found = line.text.prefixMatch(of: /(?:public )?(?:indirect )?(?:struct|enum) (\w+)/) {
                    type = String(found.1)
                } else if line.text.hasPrefix("}") {
                    type = nil
                }
                guard let type, line.text.hasPrefix("    "), !line.text.hasPrefix("     "),
                    let declared = line.text.firstMatch(of: /(?:(?:var|let) (\w+): ([^={]+)|case \w+\((.*)\))/)
                else { continue }
                let words = (declared.2 ?? declared.3 ?? "").split { !$0.isLetter }.map(String.init)
                // A member of another name is no tenant whose row it is: the performer of a check, for instance.
                members[type, default: []].formUnion(
                    words.filter { $0 != "TenantIdentifier" || declared.1 == "tenant" || declared.1 == nil })
            }
        }
        // An event says in whose chain it goes, and an author where they did it.
        for type in ["SecurityEvent", "Author", "TenantScope"] { members[type] = nil }
        var found: Set<String> = ["TenantIdentifier", "AuditChain"]
        var size = 0
        while size < found.count {
            size = found.count
            found.formUnion(members.filter { !$0.value.isDisjoint(with: found) }.keys)
        }
        return found
    }

    @Test("I22: a call of a store that names a tenant, or gives or takes what is a tenant's, takes its proof")
    func stores() {
        let stores = SourceTree.sources.filter { $0.path.hasPrefix("Sources/ProviderCore/Stores/") }
        let signatures = stores.flatMap { file in
            file.text.matches(of: /func [^{}]*?(?:async throws)(?:\s*-> [^\n]*)?/).map { String($0.output) }
        }
        #expect(signatures.count > 100)
        let types = Self.tenantTypes().union(["AdministrationNotice", "TenantSession", "TenantCounters"])
        for type in ["Emergency", "DuplicateCase", "ClientRegistration", "StoredAdoption", "LoginFacts"] {
            #expect(types.contains(type), "\(type)")
        }
        var (proved, without) = (0, Set<String>())
        for signature in signatures {
            let words = Set(signature.split { !$0.isLetter }.map(String.init))
            guard !words.isDisjoint(with: types) else { continue }
            if signature.contains("in scope: TenantScope") {
                proved += 1
            } else {
                without.insert(Self.name(of: signature))
            }
        }
        #expect(proved >= 20)
        let known = Self.exceptions.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        #expect(known.count == Self.exceptions.values.reduce(0) { $0 + $1.count }, "one reason for each")
        #expect(without.subtracting(known).sorted() == [], "take `in scope: TenantScope`, or say why not")
        #expect(known.subtracting(without).sorted() == [], "no such calls, or they take a proof by now")
    }

    @Test("I22: the rule bites")
    func bites() {
        #expect(
            Self.name(of: "func openCase(\n  like a: B, tenant: T, event: E\n) async throws")
                == "openCase(like:tenant:event:)")
        #expect(Self.name(of: "func use(_ a: B, _ rule: @escaping (C, D) -> E) async throws") == "use(_:_:)")
        #expect(Self.name(of: "func adoptions() async throws") == "adoptions()")
    }
}
