internal import AccountDirectory
internal import ArgumentParser
internal import Foundation
internal import IdentityCrypto
internal import OpenIDMessages
internal import RegionFile

struct TemplateSignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign the templates of region files as their publisher.",
        discussion: """
            Needs no server. Prints for each template of the publisher the value of its key `signature`, and the public key \
            for the publisher's `template_keys`. With --whole it prints the compact JWS that citizen-id template publish takes. \
            Make a key with: openssl ecparam -name prime256v1 -genkey -noout -out marl-templates.pem
            """)

    @Argument(help: "The region files.")
    var files: [String]

    @Option(help: "The publisher's private key: P-256 in PEM.")
    var key: String

    @Option(help: "The publisher.")
    var publisher: String

    @Option(help: "The key's name in template_keys. Default: its thumbprint.")
    var kid: String?

    @Flag(help: "Print whole documents.")
    var whole = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let signingKey: SigningKey
        do { signingKey = try SigningKey(es256PEM: try TemplateFile.text(key)) } catch is PrivateKeyError {
            throw Output.fail("\(key) holds no P-256 private key in PEM.", code: "unreadable_key", exit: 2, json: json)
        }
        let templates: [ServiceTemplate]
        do { templates = try RegionFile.templatesToSign(try RegionFile.sources(files)) } catch {
            throw Output.fail(error.description, code: "mistakes", exit: 2, json: json)
        }
        let name = kid ?? signingKey.thumbprint.rawValue
        let signed = try templates.filter { $0.publisher.rawValue == publisher }.map { template in
            let text = try TemplateSignature.sign(template.json, with: signingKey, keyIdentifier: name)
            return (template, whole ? text : TemplateSignature.detached(text))
        }
        let publicKey = signingKey.publicKey.listedJWK(identifier: name)
        guard json else {
            print(
                (["template_keys: {keys: [\(publicKey.text)]}"] + signed.map { "\($0.key) \($0.version): \($1)" })
                    .joined(separator: "\n"))
            return
        }
        print(
            ([
                "key": .object(publicKey),
                "signatures": .array(
                    signed.map { template, text in
                        .object([
                            "key": .string(template.key.rawValue), "version": .string(template.version.rawValue),
                            "signature": .string(text),
                        ])
                    }),
            ] as JSONObject).text)
    }
}
