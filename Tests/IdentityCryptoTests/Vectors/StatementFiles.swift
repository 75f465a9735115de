import OpenIDMessages
import TestVectors

@testable import IdentityCrypto

/// What the file of one statement is made from.
struct StatementFile {
    let name: String
    let note: String
    let signer: VectorKey
    let keyPlace: StatementVectors.KeyPlace
    /// The first one is what the near-misses are made of.
    let statements: [(name: String, statement: any DeviceStatement)]
    /// Members that are objects of the statement's own.
    var inner: [String] = []
    /// Certificates for the header `x5c`.
    var chain: [[UInt8]] = []

    var type: String { Swift.type(of: statements[0].statement).type }

    var header: JSONObject {
        var header: JSONObject = ["alg": "ES256", "typ": .string(type)]
        switch keyPlace {
        case .kid: header["kid"] = .string(signer.thumbprint.rawValue)
        case .jwk: header["jwk"] = .object(signer.publicKey.jwk)
        case .x5c: header["x5c"] = .strings(chain.map(StandardBase64.encode))
        }
        return header
    }

    func token(_ index: Int = 0) -> VectorToken {
        VectorToken(header: header, payload: statements[index].statement.json, signer: signer)
    }

    var json: JSONObject {
        var accepted = statements.indices.map { index in
            Self.accepted(statements[index].name, token(index).text, statements[index].statement)
        }
        let prefixed = token().changed { $0.header["typ"] = .string("application/" + type) }
        accepted.append(Self.accepted("typ with the prefix application/", prefixed, statements[0].statement))
        let spaced = token().changed { token in
            let text = token.payload.text
            token.payloadBytes = Array((" {\n" + text.dropFirst().dropLast() + "\t} ").utf8)
        }
        accepted.append(Self.accepted("white space around the members", spaced, statements[0].statement))
        let refused = nearMisses.map { miss -> JSONValue in
            .object(["name": .string(miss.name), "jws": .string(miss.jws), "reason": .string(miss.reason.rawValue)])
        }
        var file: JSONObject = [
            "message": .string(type), "note": .string(note), "key_place": .string(keyPlace.rawValue),
            "signer": .string(signer.name), "keys": VectorKey.listed([signer]),
        ]
        if !chain.isEmpty {
            file["simulator_root"] = .string(StandardBase64.encode(try! VectorSamples.rootCertificate()))
        }
        file["accepted"] = .array(accepted)
        file["refused"] = .array(refused)
        return file
    }

    private static func accepted(_ name: String, _ jws: String, _ statement: any DeviceStatement) -> JSONValue {
        .object(["name": .string(name), "jws": .string(jws), "payload": .object(statement.json)])
    }

    static func all(_ samples: VectorSamples) throws -> [StatementFile] {
        let offerDigest = ContentDigest(of: samples.offer)
        let (qr, link) = (samples.requests[.qr]!, samples.requests[.link]!)
        let call = samples.requests[.backChannel]!
        var denied = VectorSamples.response(.qr, to: qr)
        denied.decision = .deny
        denied.context = nil
        denied.released = []
        denied.methods = []
        var reported = denied
        reported.decision = .report
        var bare = VectorSamples.registration(offerDigest, attestation: samples.attestation)
        bare.evidence = [DeviceEvidence(format: "none", evidence: [:])]
        return [
            StatementFile(
                name: "enrolment-offer", note: "P-6.2: the provider's offer to a device that showed a ticket.",
                signer: .provider, keyPlace: .kid, statements: [("an offer", VectorSamples.offer)]),
            StatementFile(
                name: "device-registration", note: "D-6.4: the new device's keys, signed by K_auth, which is in `jwk`.",
                signer: .authentication, keyPlace: .jwk,
                statements: [
                    (
                        "with simulator evidence",
                        VectorSamples.registration(offerDigest, attestation: samples.attestation)
                    ), ("without evidence", bare),
                ], inner: ["device"]),
            StatementFile(
                name: "device-key-proof", note: "D-6.4 and D-4.5.1: a signature by K_pin over another statement.",
                signer: .pin, keyPlace: .kid,
                statements: [
                    ("for a login", VectorSamples.proof(.login, of: samples.responses[.qr]!)),
                    ("for a registration", VectorSamples.proof(.registration, of: samples.registration)),
                    ("for a confirmation", VectorSamples.proof(.confirmation, of: samples.confirmationResponse)),
                ]),
            StatementFile(
                name: "browser-proof", note: "§12: a browser that is known signs the nonce of a login.",
                signer: .browser, keyPlace: .kid,
                statements: [
                    (
                        "for a login",
                        BrowserProof(
                            issuer: VectorSamples.issuer, purpose: .login, nonce: VectorSamples.request(.qr).nonce)
                    )
                ]),
            StatementFile(
                name: "assurance-explanation",
                note: "D-10.8: the provider's word why a device's logins have their level.",
                signer: .provider, keyPlace: .kid, statements: VectorSamples.explanations, inner: ["summary"]),
            StatementFile(
                name: "device-record", note: "P-6.5: the provider's record of the device.", signer: .provider,
                keyPlace: .kid, statements: [("a record", VectorSamples.record)]),
            StatementFile(
                name: "client-attestation", note: "§8: the provider's word that K_inst belongs to a device.",
                signer: .provider, keyPlace: .kid, statements: [("an attestation", VectorSamples.clientAttestation)],
                inner: ["cnf"]),
            StatementFile(
                name: "login-request", note: "P-4.3.1: what the person is asked.", signer: .provider, keyPlace: .kid,
                statements: [
                    ("of the flow qr", VectorSamples.request(.qr)), ("of the flow link", VectorSamples.request(.link)),
                    ("of the flow backchannel", VectorSamples.request(.backChannel)),
                    ("in a browser that is known", VectorSamples.requestInKnownBrowser),
                ], inner: ["portal", "initiator"]),
            StatementFile(
                name: "login-response", note: "D-4.5.1: the device's answer, signed by K_auth.",
                signer: .authentication, keyPlace: .kid,
                statements: [
                    ("an approval in the flow qr", VectorSamples.response(.qr, to: qr)),
                    ("an approval in the flow link", VectorSamples.response(.link, to: link)),
                    ("an approval in the flow backchannel", VectorSamples.response(.backChannel, to: call)),
                    ("a denial", denied),
                    ("a report", reported),
                ]),
            StatementFile(
                name: "login-receipt", note: "P-4.7.1: the provider's receipt for a response.", signer: .provider,
                keyPlace: .kid,
                statements: [
                    ("in the flow qr", VectorSamples.receipt(.qr, to: samples.responses[.qr]!)),
                    ("in the flow link", VectorSamples.receipt(.link, to: samples.responses[.link]!)),
                    (
                        "in the flow backchannel",
                        VectorSamples.receipt(.backChannel, to: samples.responses[.backChannel]!)
                    ),
                ]),
            StatementFile(
                name: "confirmation-request", note: "P-10.2: what the person is to confirm.", signer: .provider,
                keyPlace: .kid, statements: [("to suspend a device", VectorSamples.confirmationRequest)]),
            StatementFile(
                name: "confirmation-response", note: "D-10.4: the device's answer, signed by K_auth.",
                signer: .authentication, keyPlace: .kid,
                statements: [
                    ("a confirmation", VectorSamples.confirmationResponse(to: samples.confirmationRequest))
                ]),
            StatementFile(
                name: "simulator-attestation",
                note: "§7: the simulator's word about the keys; `x5c` leads to the root.",
                signer: .attester, keyPlace: .x5c,
                statements: VectorSamples.attestations(offerDigest),
                chain: [try VectorSamples.attesterCertificate()]),
        ]
    }
}
