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
            Self.makers(of: "Administrator", in: SourceTree.sources)
                == ["Sources/ProviderCore/Administration/AdministrationAccess.swift"])
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

    /// Names of rows that belong to one tenant: no call of a store may take one without the tenant's proof.
    private static let tenantRows = ["Emergency", "AdministrationNotice", "TenantSession", "TenantCounters"]

    @Test("I22: calls of a store that give or change a tenant's rows take its proof")
    func stores() {
        let stores = SourceTree.sources.filter { $0.path.hasPrefix("Sources/ProviderCore/Stores/") }
        let signatures = stores.flatMap { file in
            file.text.matches(of: /func [^{}]*?(?:async throws)(?: -> [^\n]*)?/).map { String($0.output) }
        }
        #expect(signatures.count > 30)
        var seen = 0
        for signature in signatures {
            let words = Set(signature.split { !$0.isLetter }.map(String.init))
            guard !words.isDisjoint(with: Self.tenantRows) else { continue }
            seen += 1
            #expect(signature.contains("in scope: TenantScope"), "\(signature)")
        }
        #expect(seen >= 8)
    }

    @Test("I22: statements about a tenant's rows name the tenant")
    func statements() {
        let files = SourceTree.sources.filter {
            $0.path.hasSuffix("SQLiteEmergencies.swift") || $0.path.hasSuffix("SQLiteTenantPeople.swift")
        }
        #expect(files.count == 2)
        var seen = 0
        for file in files {
            for match in file.text.matches(of: /(?:SELECT|UPDATE|DELETE)[^"]*?(?:admin_emergency|admin_notice)[^"]*/) {
                seen += 1
                #expect(match.output.contains("tenant"), "\(match.output)")
            }
            for match in file.text.matches(of: /FROM pairwise[^"]*/) {
                seen += 1
                #expect(match.output.contains("sector ="), "\(match.output)")
            }
        }
        #expect(seen >= 5)
    }
}
