import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import RegionFile

/// A region with two towns, a Kreis and a template whose signature is made afresh.
///
/// `TEMPLATE` and `ADOPTION` in the texts stand for more lines of the template and of the adoption.
enum LibrarySample {
    static let key = SigningKey.makeES256()

    /// The text; its signatures are those of `key` over what the text says.
    static func text(
        template: String = "", adoption: String = "", version: String = "1.0.0", more: String = ""
    ) throws -> String {
        try signed(raw(template: template, adoption: adoption, version: version, more: more))
    }

    /// The text with the signatures in their places.
    static func signed(_ unsigned: String) throws -> String {
        let source = RegionFile.Source(name: "region.yaml", text: unsigned, directory: ".")
        return try RegionFile.templatesToSign([source]).reduce(unsigned) { text, template in
            let signed = try TemplateSignature.sign(template.json, with: key, keyIdentifier: "t1")
            return text.replacing("SIGN-\(template.version)", with: TemplateSignature.detached(signed))
        }
    }

    static func raw(
        template: String = "", adoption: String = "", version: String = "1.0.0", more: String = ""
    ) -> String {
        let jwk = key.publicKey.jwk
        return """
            region: {id: test, name: Test, issuer: "https://id.test.example"}
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
                template_keys: {keys: [{kty: EC, crv: P-256, kid: t1, x: \(jwk["x"]!.string!), y: \(jwk["y"]!.string!)}]}
              - {id: herten, name: Stadt Herten, kind: kreisangehoerige_stadt, ags: 05562020, operator: gkd,
                 sector: "urn:test:herten", hosts: [portal.herten.example], floor: normal}
              - {id: kreis, name: Kreis, kind: kreis, ags: 05562, operator: gkd, sector: "urn:test:kreis",
                 hosts: [], floor: normal}
            services: []
            templates:
              - key: parking
                version: 1.0.0
                publisher: marl
                title: {de: Parken}
                contexts: [citizen]
                required_level: normal
                claims: [given_name, address]
                purpose: {de: Wozu}
                offered_by: [kreisangehoerige_stadt]
                policy: {contact: {essential: true}}
                cases:
                  - {name: anybody, context: citizen, level: normal, expected: allowed}
                changelog: Neu.
                signature: SIGN-1.0.0
            \(lines(template, 4))\(more.isEmpty ? "" : lines(more, 2))adoptions:
              - template: parking
                version: \(version)
                tenant: herten
                contact: Amt 32
                approvals: {service_owner: anna, dpo: berta, version: 1.0.0}
            \(lines(adoption, 4))clients:
              - id: herten-portal
                tenant: herten
                name: Portal
                redirect_uris: [https://portal.herten.example/callback]
                scopes: [openid]
                services: [parking]

            """
    }

    /// Another version of the template, with other claims.
    static func version(_ version: String, claims: String = "[given_name, address]") -> String {
        """
        - {key: parking, version: \(version), publisher: marl, title: {de: Parken}, contexts: [citizen],
           required_level: normal, claims: \(claims), purpose: {de: Wozu}, changelog: Neu., signature: SIGN-\(version)}
        """
    }

    private static func lines(_ text: String, _ depth: Int) -> String {
        text.split(separator: "\n").map { String(repeating: " ", count: depth) + $0 + "\n" }.joined()
    }
}
