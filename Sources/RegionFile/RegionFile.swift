public import AccountDirectory

/// Reads a region from YAML: who runs it, its towns, their services and portals.
///
/// A file is read whole and every mistake in it is reported at once, each with its line and column. What is returned
/// has no mistake: identifiers are well-formed, references lead somewhere, and redirect URIs lie on hosts of their
/// tenant (invariant I29).
public enum RegionFile {
    /// The text of one file.
    public struct Source: Sendable {
        /// The name that mistakes show.
        public var name: String
        public var text: String
        /// Relative paths in the file are resolved against this directory.
        public var directory: String

        public init(name: String, text: String, directory: String) {
            self.name = name
            self.text = text
            self.directory = directory
        }
    }

    /// Reads several files as one region: lists are joined; members of `region:` in later files add or replace.
    public static func load(_ sources: [Source]) throws(RegionFileError) -> Region {
        try load(sources, checksSignatures: true)
    }

    /// The templates of the files, for their publishers to sign: everything else must be right, signatures need not.
    public static func templatesToSign(_ sources: [Source]) throws(RegionFileError) -> [ServiceTemplate] {
        try load(sources, checksSignatures: false).library.templates.values.flatMap(\.values).sorted {
            ($0.key, $0.version) < ($1.key, $1.version)
        }
    }

    private static func load(_ sources: [Source], checksSignatures: Bool) throws(RegionFileError) -> Region {
        let mistakes = MistakeCollector(files: sources.map(\.name))
        let documents = sources.compactMap { YAMLDocument.compose($0, mistakes) }
        // What stands in a file that cannot be read would only seem to be missing.
        guard mistakes.isEmpty else { throw RegionFileError(mistakes: mistakes.sorted) }
        guard let region = region(of: documents, mistakes, checksSignatures: checksSignatures),
            mistakes.isEmpty
        else {
            throw RegionFileError(mistakes: mistakes.sorted)
        }
        return region
    }

    /// The texts of the files at `paths`. A file that cannot be read is a mistake like others.
    public static func sources(_ paths: [String]) throws(RegionFileError) -> [Source] {
        let mistakes = MistakeCollector(files: paths)
        let sources = paths.compactMap { path -> Source? in
            let place = Place(file: path, line: 1, column: 1)
            switch FileText.read(path) {
            case .success(let text): return Source(name: path, text: text, directory: FileText.directory(of: path))
            case .failure(let refusal):
                mistakes.add(place, refusal.message)
                return nil
            }
        }
        guard mistakes.isEmpty else { throw RegionFileError(mistakes: mistakes.sorted) }
        return sources
    }

    /// Reads the files at `paths` as one region.
    public static func load(paths: [String]) throws(RegionFileError) -> Region { try load(sources(paths)) }

    private static let sections = [
        "region", "operators", "tenants", "services", "templates", "adoptions", "clients",
    ]

    private static func region(
        of documents: [YAMLValue], _ mistakes: MistakeCollector, checksSignatures: Bool
    ) -> Region? {
        let files = documents.compactMap { $0.mapping(keys: sections) }
        let heads = files.compactMap { $0["region"]?.mapping(keys: RegionHead.keys) }
        guard let first = heads.first else {
            let place = documents.first?.place ?? Place(file: "region", line: 1, column: 1)
            let isMissing = files.count == documents.count && files.allSatisfy { $0["region"] == nil }
            if isMissing { mistakes.add(place, "missing key `region`") }
            return nil
        }
        let entries = { (section: String) in files.flatMap { $0.list(section) } }
        let head = RegionHead(heads.dropFirst().reduce(first) { $0.replacing(with: $1) })
        let operators = OperatorSection(entries("operators"))
        let tenants = TenantSection(entries("tenants"), operators, isDevelopment: head.isDevelopment)
        let services = ServiceSection(entries("services"), tenants)
        let templates = TemplateSection(
            entries("templates"), tenants, services, checksSignatures: checksSignatures)
        let adoptions = AdoptionSection(entries("adoptions"), templates, tenants)
        let offers = ServiceOffers(services: services, templates: templates, adoptions: adoptions)
        let clients = ClientSection(entries("clients"), tenants, offers, head)
        guard let identifier = head.identifier, let name = head.name, let issuer = head.issuer else { return nil }
        return Region(
            identifier: identifier, name: name, issuer: issuer, isDevelopment: head.isDevelopment,
            isNotified: head.isNotified, evidence: head.evidence, operators: operators.operators,
            tenants: tenants.tenants,
            services: services.services, clients: clients.clients,
            library: TemplateLibrary(templates: templates.templates, adoptions: adoptions.adoptions))
    }
}
