import AccountDirectory
import RegionFile

/// A small region without mistakes. Its lines are counted in tests of mistakes: add to the end.
let sample = """
    region:
      id: test
      name: Test
      issuer: https://id.test.example
    operators:
      - {id: gkd, name: Datenzentrale, short_name: GKD}
    tenants:
      - id: marl
        name: Stadt Marl
        kind: kreisangehoerige_stadt
        ags: 05562024
        operator: gkd
        sector: urn:test:marl
        hosts: [portal.marl.example]
        floor: normal
      - id: portal
        name: Dachportal
        kind: regional_portal
        operator: gkd
        sector: urn:test:portal
        hosts: [portal.test.example]
        floor: substantiell
        allowed_scopes: [openid, email]
    services:
      - id: hund
        title: {de: Hund anmelden}
        publisher: marl
        version: 1.0.0
        contexts: [citizen]
        required_level: null
        served_tenants: [marl]
    clients:
      - id: marl-portal
        tenant: marl
        name: Serviceportal Marl
        redirect_uris: [https://portal.marl.example/callback]
        scopes: [openid, person]
      - id: dachportal
        tenant: portal
        name: Dachportal
        redirect_uris: [https://portal.test.example/callback]
        authentication: client_secret_basic
        secret_sha256: 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU
        scopes: [openid]
        profile: baseline

    """

/// The sample with `replacement` for `original`, which occurs in it.
func sample(_ original: String, _ replacement: String) -> String {
    precondition(sample.contains(original), "\(original) does not occur in the sample")
    return sample.replacing(original, with: replacement, maxReplacements: 1)
}

/// The sample with `line` for the line of that number.
func sample(line number: Int, _ line: String) -> String {
    var lines = sample.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[number - 1] = line
    return lines.joined(separator: "\n")
}

func load(_ text: String, directory: String = ".") throws(RegionFileError) -> Region {
    try RegionFile.load([RegionFile.Source(name: "region.yaml", text: text, directory: directory)])
}

/// The mistakes of a text; none when it loads.
func mistakes(_ text: String, directory: String = ".") -> [RegionMistake] {
    do throws(RegionFileError) {
        _ = try load(text, directory: directory)
        return []
    } catch {
        return error.mistakes
    }
}
