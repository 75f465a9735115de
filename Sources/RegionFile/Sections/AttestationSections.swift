import AccountDirectory
import OpenIDMessages

/// The sections `android_key`, `apple_app_attest` and `tpm` of `region.evidence`: what hardware must prove.
enum AttestationSections {
    /// The key of the section that a format needs.
    static let sections = ["android-key": "android_key", "apple-appattest": "apple_app_attest", "tpm": "tpm"]

    static func androidKey(_ value: YAMLValue) -> AndroidKeyPolicy? {
        let keys = ["roots", "applications", "oldest_patch", "boot_keys", "tee", "strongbox"]
        guard let section = value.mapping(keys: keys),
            let applications = section.required("applications", { $0.elements()?.compactMap(application) }),
            let oldest = section.required("oldest_patch", month)
        else { return nil }
        return AndroidKeyPolicy(
            roots: roots(section), applications: applications, oldestPatch: oldest,
            bootKeys: section.value("boot_keys", default: []) { $0.distinct(digest) },
            levels: [
                .tee: section.value("tee", default: .substantiell) { $0.level() },
                .strongbox: section.value("strongbox", default: .substantiell) { $0.level() },
            ])
    }

    static func appAttest(_ value: YAMLValue) -> AppAttestPolicy? {
        guard let section = value.mapping(keys: ["roots", "applications", "environment", "level"]),
            let applications = section.required("applications", { $0.someDistinct(appleApplication) })
        else { return nil }
        return AppAttestPolicy(
            roots: roots(section), applications: applications,
            environment: section.value("environment", default: .production) {
                $0.choice(AppAttestPolicy.Environment.self)
            },
            levels: [.secureEnclave: section.value("level", default: .substantiell) { $0.level() }])
    }

    static func tpm(_ value: YAMLValue) -> TPMPolicy? {
        guard let section = value.mapping(keys: ["roots", "level"]) else { return nil }
        return TPMPolicy(
            roots: roots(section), levels: [.tpm: section.value("level", default: .substantiell) { $0.level() }])
    }

    /// May be empty: then only simulators' roots count, in a development region.
    private static func roots(_ section: YAMLMapping) -> [[UInt8]] {
        section.list("roots").flatMap { certificates($0) ?? [] }
    }

    static func certificates(_ value: YAMLValue) -> [[UInt8]]? {
        guard let file = value.file() else { return nil }
        return PEMCertificates.decode(file.text)
            ?? value.refused("\(quoted(file.name)) does not consist of PEM certificates")
    }

    private static func application(_ value: YAMLValue) -> AndroidKeyPolicy.Application? {
        guard let entry = value.mapping(keys: ["package", "signatures"]),
            let package = entry.required("package", { $0.text() }),
            let signatures = entry.required("signatures", { $0.someDistinct(digest) })
        else { return nil }
        return AndroidKeyPolicy.Application(package: package, signatures: signatures)
    }

    /// A SHA-256 digest in lower-case hexadecimal.
    private static func digest(_ value: YAMLValue) -> [UInt8]? {
        guard let text = value.text() else { return nil }
        guard let bytes = Hexadecimal.decode(text), bytes.count == 32 else {
            return value.refused("is a SHA-256 digest: 64 hexadecimal digits in lower case, without colons")
        }
        return bytes
    }

    /// `2026-01` as 202601.
    private static func month(_ value: YAMLValue) -> Int64? {
        guard let text = value.text() else { return nil }
        guard let match = text.wholeMatch(of: /(20[0-9]{2})-(0[1-9]|1[0-2])/), let year = Int64(match.1),
            let month = Int64(match.2)
        else { return value.refused("is a month in quotes, such as \"2026-01\"") }
        return year * 100 + month
    }

    /// Ten capital letters and digits, a dot, and the bundle identifier.
    private static func appleApplication(_ value: YAMLValue) -> String? {
        guard let text = value.text() else { return nil }
        guard text.wholeMatch(of: /[A-Z0-9]{10}\.[A-Za-z0-9.\-]+/) != nil else {
            return value.refused("is a team identifier, a dot and a bundle identifier: `A1B2C3D4E5.example.citizen`")
        }
        return text
    }
}
