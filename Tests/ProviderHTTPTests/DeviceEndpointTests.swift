import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing

/// §6, §8 and §9 of docs/protocol.md; checklist C6, I7, L3, N2.
@Suite("Device endpoints: statuses, codes and nonces")
struct DeviceEndpointTests {
    @Test("a phone enrols, lists its devices, renews its attestation and is blocked by its block code")
    func lifeOfAPhone() async throws {
        try await Site.serve { site in
            let ticket = try await site.provider.ticket()
            let offered = try await site.post("/device/v1/enrolments", json: ["ticket": .string(ticket)])
            #expect(offered.status == .ok)
            let offer = try SignedStatement<EnrolmentOffer>.verify(
                #require(offered.json["offer"]?.string), keys: site.provider.provider.keys.ring.verificationKeys)
            let phone = TestPhone()
            let message = try phone.registration(for: offer, now: site.now)
            let path = "/device/v1/enrolments/\(offer.statement.identifier)"
            let body: JSONObject = [
                "registration": .string(message.registration), "inst_proof": .string(message.installationProof),
                "pin_proof": .string(message.pinProof),
            ]
            let enrolled = try await site.post(path, json: body)
            #expect(enrolled.status == .created)
            let again = try await site.post(path, json: body)
            #expect(again.status == .created && again.json == enrolled.json, "P-6.6")
            let record = try unverifiedPayload(enrolled.json["record"]?.string)
            phone.adopt(
                try #require(DeviceIdentifier(rawValue: record["sub"]?.string ?? "")),
                attestation: try #require(enrolled.json["attestation"]?.string),
                blockCode: try #require(enrolled.json["block_code"]?.string))
            let listed = try await site.call(phone, .get, "/device/v1/devices")
            let devices = try #require(listed.json["devices"]?.array)
            #expect(devices.count == 1 && devices[0].object?["current"]?.bool == true)
            let renewed = try await site.call(phone, .post, "/device/v1/attestation", json: [:])
            #expect(renewed.status == .ok && renewed.json["attestation"] != nil)
            #expect(try await site.call(phone, .post, "/device/v1/attestation", json: ["x": 1]).status == .badRequest)
            let unknown = try await site.post("/device/v1/blocks", json: ["code": "000000000000000000"])
            #expect(unknown.status == .notFound && unknown.error == "unknown_block_code")
            let block = try await site.post("/device/v1/blocks", json: ["code": .string(phone.blockCode)])
            #expect(block.status == .ok && block.json == ["blocked": "device"], "\(block.text)")
            let blocked = try await site.call(phone, .get, "/device/v1/devices")
            #expect(blocked.status == .forbidden && blocked.error == "device_suspended")
        }
    }

    @Test("unknown, used and expired tickets get the same answer (I7)")
    func tickets() async throws {
        try await Site.serve { site in
            let expired = try await site.provider.ticket()
            site.provider.clock.advance(600)
            for ticket in [expired, RandomBytes.text(14), "x", ""] {
                let response = try await site.post("/device/v1/enrolments", json: ["ticket": .string(ticket)])
                #expect(response.status == .notFound)
                var body = response.json
                body["trace_id"] = nil
                #expect(body["code"]?.string == "unknown_ticket")
                #expect(body.names == ["type", "title", "status", "code", "side", "retry"])
                #expect(response.headers[.contentType] == "application/problem+json")
            }
        }
    }

    @Test("a proof without the server's nonce gets one, and with it the call succeeds (RFC 9449 §8)")
    func nonces() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let path = "/device/v1/devices"
            let bare = try await site.call(
                phone, .get, path, proof: phone.proof("GET", path, nonce: nil, now: site.now))
            #expect(bare.status == .unauthorized && bare.error == "use_dpop_nonce")
            let nonce = try #require(bare.headers[.nonce])
            let proof = try phone.proof("GET", path, nonce: nonce, now: site.now)
            let good = try await site.call(phone, .get, path, proof: proof)
            #expect(good.status == .ok && good.headers[.nonce] != nil)
            let replayed = try await site.call(phone, .get, path, proof: proof)
            #expect(replayed.status == .unauthorized && replayed.error == "invalid_dpop_proof")
            #expect(replayed.headers[.nonce] != nil)
            // `htu` has no query, the address may have one.
            #expect(try await site.call(phone, .get, path, query: "?a=b").status == .ok)
            // The proof is for this method and address.
            for (method, other) in [("POST", path), ("GET", path + "/"), ("GET", "/device/v1/claims"), ("get", path)] {
                let wrong = try phone.proof(method, other, nonce: nonce, now: site.now)
                let response = try await site.call(phone, .get, path, proof: wrong)
                #expect(
                    response.status == .unauthorized && response.error == "invalid_dpop_proof", "\(method) \(other)")
            }
        }
    }

    @Test("calls without attestation or proof, or with two, are refused")
    func missingHeaders() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let path = "/device/v1/devices"
            func proof() throws -> String {
                try phone.proof("GET", path, nonce: provider.provider.deviceAuthentication.nonce(), now: site.now)
            }
            let attestation = phone.attestation
            var twoAttestations: HTTPFields = [.attestation: attestation, .proof: try proof()]
            twoAttestations.append(HTTPField(name: .attestation, value: attestation))
            var twoProofs: HTTPFields = [.attestation: attestation, .proof: try proof()]
            twoProofs.append(HTTPField(name: .proof, value: try proof()))
            for headers in [
                [:], [.attestation: attestation], [.proof: try proof()], twoAttestations, twoProofs,
                [.authorization: "Bearer " + attestation], [.attestation: "", .proof: ""],
            ] as [HTTPFields] {
                let response = try await site.get(path, headers: headers)
                #expect(response.status == .unauthorized)
                #expect(response.error == "invalid_attestation" || response.error == "invalid_dpop_proof")
                #expect(response.headers[.nonce] != nil)
            }
            #expect(try await site.get(path, headers: [.attestation: attestation, .proof: try proof()]).status == .ok)
        }
    }

    @Test("bodies are small, typed JSON objects with the members that are known, each once (N2)")
    func bodies() async throws {
        try await Site.serve { site in
            let path = "/device/v1/enrolments"
            let json = "application/json"
            let ticket = RandomBytes.text(14)
            let good = "{\"ticket\":\"\(ticket)\"}"
            #expect(try await site.post(path, text: good, type: json).status == .notFound)
            #expect(try await site.post(path, text: good, type: "application/json; charset=utf-8").status == .notFound)
            for text in [
                "", "{", "[]", "null", "\"x\"", "{}", "{\"ticket\":1}", "{\"ticket\":null}",
                "{\"ticket\":\"a\",\"x\":1}",
                "{\"ticket\":\"a\",\"ticket\":\"b\"}", "{\"ticket\":\"a\",}", good + good, "\u{FEFF}" + good,
                "{\"ticket\":\"\(String(repeating: "a", count: 65))\"}", "{\"ticket\":\"a\\u0000\"}",
                "{\"ticket\":\"\\ud800\"}", "{\"ticket\":1e309}",
                String(repeating: "[", count: 20_000), "{\"ticket\":" + String(repeating: "[", count: 20_000),
            ] {
                let response = try await site.post(path, text: text, type: json)
                #expect(response.status == .badRequest && response.error == "invalid_request", "\(text.prefix(40))")
            }
            for type in [
                nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json; x=y",
            ] {
                let response = try await site.post(path, text: good, type: type)
                #expect(response.status.code == 415 && response.error == "unsupported_media_type", "\(type ?? "none")")
            }
            let encoded = try await site.post(path, text: good, type: json, headers: [.contentEncoding: "gzip"])
            #expect(encoded.status.code == 415)
            let padded = good + String(repeating: " ", count: 65_536 - good.utf8.count)
            #expect(try await site.post(path, text: padded, type: json).status == .notFound)
            let large = try await site.post(path, text: padded + " ", type: json)
            #expect(large.status.code == 413 && large.error == "too_large")
        }
    }

    @Test("logins of others, unknown ones and malformed names look the same (G8)")
    func foreignLogins() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let stranger = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let device = try await provider.verified(phone)
            let claimed = try await provider.claim(#require(try await provider.login().view).qrLink, by: device)
            let names = [
                claimed.transaction.rawValue, RandomBytes.text(16), "short", String(repeating: "a", count: 65),
            ]
            for name in names {
                let path = "/device/v1/logins/\(name)"
                let response = try await site.call(stranger, .get, path)
                #expect(response.status == .notFound && response.error == "unknown_login")
                #expect(response.json.names == ["type", "title", "status", "code", "side", "retry", "trace_id"])
                let answer = try await site.call(stranger, .post, path + "/response", json: ["response": "x"])
                #expect(answer.status == .notFound && answer.error == "unknown_login")
            }
            let path = "/device/v1/logins/\(claimed.transaction)"
            for wait in ["-5", "0", "x", "", "99999999999999999999"] {
                #expect(try await site.call(phone, .get, path, query: "?wait=\(wait)").status == .ok)
            }
            #expect(try await site.call(phone, .get, path, query: "?wait=0&wait=1").status == .badRequest)
        }
    }

    @Test("I11: a wrong PIN tells how many tries are left, and not which factor failed")
    func wrongPIN() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let device = try await provider.verified(phone)
            let request = try await provider.claimed(provider.login(), by: device)
            let path = "/device/v1/logins/\(request.statement.transaction)/response"
            let wrong = try phone.response(to: request, now: site.now, pin: .makeES256())
            let forged = try phone.response(to: request, now: site.now, key: phone.pin)
            let first = try await site.call(
                phone, .post, path,
                json: ["response": .string(wrong.response), "pin_proof": .string(wrong.pinProof ?? "")])
            let second = try await site.call(phone, .post, path, json: ["response": .string(forged.response)])
            #expect(first.status == .forbidden && first.json["tries_left"]?.integer == 2)
            #expect(second.status == .forbidden && second.json["tries_left"] == nil)
            #expect(first.error == "not_accepted" && second.error == "not_accepted")
            #expect(first.json["title"] == second.json["title"])
        }
    }

    @Test(
        "§9: an address that does not exist is answered by a problem that names the call",
        arguments: ["device", "account"])
    func unknownAddress(leg: String) async throws {
        try await Site.serve { site in
            let response = try await site.get("/\(leg)/v1/nowhere")
            #expect(response.status == .notFound && response.error == "not_found")
            #expect(response.headers[HTTPField.Name("Trace-Id")!] == response.json["trace_id"]?.string)
        }
    }

    @Test("tickets and block codes are limited per address, however the path is spelled")
    func rateLimit() async throws {
        let (provider, _) = try await Site.sharedProvider()
        let limits = ProviderApplication.Limits(codeBurst: 3, codesPerMinute: 0.001)
        try await Site.serve(provider, limits: limits) { site in
            for _ in 0..<3 {
                #expect(try await site.post("/device/v1/blocks", json: ["code": "1"]).status == .notFound)
            }
            for path in [
                "/device/v1/blocks", "/device/v1/enrolments", "//device/v1/blocks", "/device//v1/blocks",
                "/device/v1/blocks/", "/device/v1/%62locks",
            ] {
                let response = try await site.post(path, json: ["code": "1"])
                #expect(response.status == .tooManyRequests || response.error == "not_found", "\(path)")
                #expect(response.headers[HTTPField.Name("Trace-Id")!] == response.json["trace_id"]?.string, "\(path)")
            }
        }
    }
}
