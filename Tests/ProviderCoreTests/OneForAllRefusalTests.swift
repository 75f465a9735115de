import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Every other town than one that the client serves now is refused before anything is done.
@Suite("I28: what a request may say of its town, and what it may not")
struct OneForAllRefusalTests {
    /// What a request names, and how the operator reads the refusal.
    private static let wrong: [(name: String, town: String?, reason: Refusal)] = [
        ("none", nil, .servedTenantUnusable), ("an empty one", "", .servedTenantUnusable),
        ("one that does not exist", "entenhausen", .tenantNotServed),
        ("the client's own, which is not declared", "bottrop", .tenantNotServed),
        ("one that is declared and has adopted nothing", "datteln", .tenantNotServed),
        ("one that has adopted and is not declared", "gladbeck", .tenantNotServed),
        ("capitals", "Herten", .requestMalformed), ("a space", "herten ", .requestMalformed),
        ("two at once", "herten marl", .requestMalformed),
        ("a name that is too long", String(repeating: "h", count: 65), .requestMalformed),
        ("a sector", "sector:herten", .requestMalformed),
    ]

    @Test("I28: a browser's request is sent back with a standard error, and nobody is asked", arguments: wrong.indices)
    func authorize(index: Int) async throws {
        let (name, town, reason) = Self.wrong[index]
        let provider = try await TestProvider.withOneForAll()
        let parameters = FormParameters(TestOneForAll.portal.request(["served_tenant": town]))
        do {
            _ = try await provider.provider.authorization.authorize(parameters)
            Issue.record("\(name) is accepted")
        } catch AuthorizationRefusal.redirect(let error, let wayBack, let found) {
            #expect(error.code == .invalidRequest && found == reason, "\(name)")
            #expect(wayBack.redirectURI.rawValue == TestOneForAll.portal.redirectURI)
        }
    }

    @Test(
        "I28: pushed, signed, for a device, over the back channel: the same, and nothing waits",
        arguments: wrong.indices)
    func elsewhere(index: Int) async throws {
        let (name, town, reason) = Self.wrong[index]
        let provider = try await TestProvider.withOneForAll()
        let portal = TestOneForAll.portal
        let phone = try await provider.enrolledPhone()
        let subject = try await provider.subject(of: phone)
        let client = try await provider.authenticated(portal)
        let form = ["scope": "openid person", "served_tenant": town ?? ""]
        let calls: [(String, () async throws -> Void)] = [
            (
                "/par",
                {
                    _ = try await provider.provider.authorization.push(
                        FormParameters(portal.request(["served_tenant": town])), by: client)
                }
            ),
            ("/device_authorization", { _ = try await provider.beginDevice(at: portal, form) }),
            ("/bc-authorize", { _ = try await provider.ask(for: subject, at: portal, ["served_tenant": town]) }),
        ]
        // What is not well-formed is found where it is read.
        let reasons = reason == .requestMalformed ? [reason, .callMalformed] : [reason]
        for (place, call) in calls {
            let refusal = try #require(try await provider.refusal(call))
            #expect(
                refusal.error.code == .invalidRequest && reasons.contains(refusal.reason), "\(place): \(name)")
        }
        #expect(provider.provider.authorization.pushedRequests == 0)
        #expect(try await provider.receive(phone) == nil, "the phone was asked")
    }

    @Test("I28: a request object names the town inside; beside it the town does not count")
    func requestObject() async throws {
        let provider = try await TestProvider.withOneForAll()
        let key = SigningKey.makeES256()
        try provider.change(TestOneForAll.portal) {
            $0.authenticationMethod = .privateKeyJWT
            $0.secretDigest = nil
            $0.keys = [key.publicKey.listedJWK(identifier: "key-1")]
        }
        let portal = TestOneForAll.portal
        func authorize(_ town: JSONValue?, beside: String?) async throws -> OAuthError.Code? {
            var claims: JSONObject = [
                "iss": .string(portal.identifier), "aud": .string(TestRegion.issuer.rawValue),
                "nbf": provider.now.json, "exp": (provider.now + 300).json, "jti": .string(RandomBytes.text(16)),
            ]
            for (name, value) in portal.request() { claims[name] = .string(value) }
            claims["served_tenant"] = town
            let object = try key.sign(type: "oauth-authz-req+jwt", payload: claims, keyIdentifier: "key-1")
            var parameters = FormParameters(["client_id": portal.identifier, "request": object])
            if let beside { parameters.append("served_tenant", beside) }
            do {
                let request = try await provider.provider.authorization.authorize(parameters)
                #expect(request.client.scope.tenant.identifier == TestRegion.herten)
                return nil
            } catch let refusal as AuthorizationRefusal {
                switch refusal {
                case .page(let error, _), .redirect(let error, _, _): return error.code
                }
            }
        }
        #expect(try await authorize("herten", beside: nil) == nil)
        #expect(try await authorize("herten", beside: "marl") == nil, "what stands beside does not count")
        #expect(try await authorize(nil, beside: "herten") == .invalidRequest)
        #expect(try await authorize("datteln", beside: "herten") == .invalidRequest)
        #expect(try await authorize(.array(["herten", "marl"]), beside: nil) == .invalidRequestObject)
        #expect(try await authorize(.object(["id": "herten"]), beside: nil) == .invalidRequestObject)
    }

    @Test("I28: a client of one tenant names no town, not even its own", arguments: ["herten", "marl", "x", "Herten"])
    func ordinary(town: String) async throws {
        let provider = try await TestProvider.withOneForAll()
        try provider.add([TestGrants.everything])
        let named = ["served_tenant": town]
        await #expect(throws: AuthorizationRefusal.self) {
            _ = try await provider.login(at: TestRegion.basic, ["served_tenant": town])
        }
        let phone = try await provider.enrolledPhone()
        let subject = try await provider.subject(of: phone)
        for call in [
            {
                _ = try await provider.beginDevice(at: TestGrants.everything, ["scope": "openid"].merging(named) { $1 })
            },
            { _ = try await provider.ask(for: subject, at: TestGrants.everything, ["served_tenant": town]) },
        ] as [() async throws -> Void] {
            #expect(try await provider.refusal(call)?.error.code == .invalidRequest)
        }
        #expect(try await provider.receive(phone) == nil)
    }

    @Test("I28: an adoption that waits, is over or is overtaken by a service of the region serves nobody")
    func adoptions() async throws {
        let provider = try await TestProvider.withOneForAll()
        func accepts() async throws -> Bool {
            do {
                _ = try await provider.login(at: TestOneForAll.portal, ["served_tenant": "herten"])
                return true
            } catch AuthorizationRefusal.redirect(_, _, let reason) {
                #expect(reason == .tenantNotServed)
                return false
            }
        }
        #expect(try await accepts())
        let original = provider.provider.registry.region
        func set(_ adoption: Adoption) throws {
            try provider.changeRegion {
                $0.library = TemplateLibrary(
                    templates: Array(original.library.templates.values.flatMap(\.values)), adoptions: [adoption])
            }
        }
        let terms = AdoptionTerms(version: SemanticVersion(rawValue: "1.0.0")!)
        let waiting = Adoption(tenant: TestRegion.herten, template: TestOneForAll.resident, proposing: terms)
        try set(waiting)
        #expect(try await !accepts(), "nobody has approved")
        var approved = waiting
        #expect(try !approved.approve(as: .serviceOwner, by: "fachamt"))
        try set(approved)
        #expect(try await !accepts(), "one has approved")
        #expect(try approved.approve(as: .dataProtectionOfficer, by: "datenschutz"))
        try set(approved)
        #expect(try await accepts())
        try approved.withdraw()
        try set(approved)
        #expect(try await !accepts(), "withdrawn")
        // A service of that name in the region file was adopted by nobody.
        try provider.changeRegion {
            $0 = original
            $0.services.append(
                Service(
                    identifier: TestOneForAll.resident, title: LocalizedText(german: "Anders"),
                    publisher: TestOneForAll.bottrop, version: "1.0.0", contexts: [.citizen], requiredLevel: nil,
                    mandateScope: nil, servedTenants: [TestRegion.herten]))
        }
        #expect(try await !accepts(), "a service of the region")
        // Nor does another publisher's template make the client a deployment for the town.
        try provider.changeRegion {
            $0 = original
            for index in $0.clients.indices where $0.clients[index].isOneForAll {
                $0.clients[index].tenant = TestRegion.marl
            }
        }
        #expect(try await !accepts(), "another publisher")
    }

    @Test("I28: over the back channel a person is known by the sub of the served town")
    func backChannel() async throws {
        let provider = try await TestProvider.withOneForAll()
        let portal = TestOneForAll.portal
        let phone = try await provider.enrolledPhone()
        let herten = try await provider.signIn(
            at: portal, phone: phone, ["served_tenant": "herten", "scope": "openid person"])
        let subject = try herten.idToken.text("sub")
        // In Marl nobody has this name: the portal hears the same, and no phone is asked.
        _ = try await provider.ask(for: subject, at: portal, ["served_tenant": "marl"])
        #expect(try await provider.receive(phone) == nil)
        let hint = ["login_hint": nil, "id_token_hint": try herten.tokens.text("id_token"), "served_tenant": "marl"]
        let refusal = try await provider.refusal { _ = try await provider.ask(for: nil, at: portal, hint) }
        #expect(refusal?.error.code == .unknownUserIdentifier)
        let begun = try await provider.ask(for: subject, at: portal, ["served_tenant": "herten"])
        let request = try await provider.decide(begun, .approve, on: phone)
        #expect(request.statement.portal.tenantName == "Stadt Herten")
        let idToken = SignedIn.payload(try await provider.tokens(of: begun, at: portal))
        #expect(idToken["sub"] == .string(subject))
        #expect(idToken["https://id.region.example/claims/tenant"]?.object?["id"] == "herten")
    }

    @Test("I28: a device asks for one town, which the person reads before typing on")
    func device() async throws {
        let provider = try await TestProvider.withOneForAll()
        let portal = TestOneForAll.portal
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice(
            at: portal, ["scope": "openid person", "served_tenant": "marl"])
        let code = try #require(UserCode(typed: try begun.text("user_code")))
        #expect(provider.provider.deviceGrants.asker(code)?.tenant == "Stadt Marl")
        let login = try provider.typed(try begun.text("user_code"))
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(login, by: device)
        #expect(request.statement.portal.tenant == TestRegion.marl)
        try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
        let tokens = try await provider.poll(try begun.text("device_code"), at: portal)
        #expect(SignedIn.payload(tokens)["https://id.region.example/claims/tenant"]?.object?["id"] == "marl")
    }

    @Test(
        "I28: /authority/check asks for one town, about people and companies of its sector alone, and no other text is an access token there"
    )
    func authority() async throws {
        let provider = try await TestProvider.withOneForAll(companies: nil)
        let story = try await MandateStory(provider: provider)
        try await story.propose(by: story.ada)
        let workshop = TestOneForAll.workshop
        let signedIn = try await provider.signIn(
            at: workshop, phone: story.max.phone,
            ["served_tenant": "herten", "scope": "openid org mandate service:handwerkerausweis"])
        let company = try #require(
            signedIn.idToken["https://id.region.example/claims/acting_for"]?.object?["sub"]?.string)
        let subject = try signedIn.idToken.text("sub")
        func ask(_ changes: [String: String?]) async throws -> JSONObject {
            var form = [
                "sub": subject, "company": company, "scope": "parking.permit", "amount": "100.00", "currency": "EUR",
                "served_tenant": "herten",
            ]
            for (name, value) in changes { form[name] = value }
            return try await provider.provider.authority.check(
                AuthorityInquiry(parameters: FormParameters(form)), by: try await provider.authenticated(workshop))
        }
        #expect(try await ask([:])["decision"] == "ALLOWED")
        #expect(try await ask(["scope": nil, "service": "handwerkerausweis"])["decision"] == "ALLOWED")
        #expect(try await ask(["sub": nil, "access_token": signedIn.accessToken])["decision"] == "ALLOWED")
        let others = signedIn.tokens.members.compactMap(\.value.string).filter { $0 != signedIn.accessToken }
        for other in others + truncated(signedIn.accessToken) + extended(signedIn.accessToken)
        where other.allSatisfy({ $0.isASCII && !$0.isWhitespace && $0 != "\0" }) {
            let answer = try await ask(["sub": nil, "access_token": other])
            #expect(answer == ["decision": "DISALLOWED", "reason": "unknown"], "\(other)")
        }
        // What the town offers by itself is no business of the deployment.
        try provider.changeRegion { $0.services.append(MandateStory.parking) }
        for changes in [
            ["scope": nil, "service": "handwerkerparkausweis"], ["served_tenant": nil], ["served_tenant": "datteln"],
            ["served_tenant": "HERTEN"],
            // No service of the client has it, in no town.
            ["scope": "building.application"],
            // Marl has not adopted it: neither the service nor, by another name, what it needs.
            ["served_tenant": "marl", "scope": nil, "service": "handwerkerausweis"], ["served_tenant": "marl"],
            ["served_tenant": "marl", "sub": nil, "access_token": signedIn.accessToken],
        ] as [[String: String?]] {
            let refusal = try await provider.refusal { _ = try await ask(changes) }
            #expect(refusal?.error.code == .invalidRequest, "\(changes)")
        }
        // When it has, the person and the company of Herten's sector are nobody there.
        try provider.adopt(TestOneForAll.craft, by: TestRegion.marl)
        let unknown: JSONObject = ["decision": "DISALLOWED", "reason": "unknown"]
        #expect(try await ask(["served_tenant": "marl"]) == unknown)
        #expect(try await ask(["served_tenant": "marl", "sub": nil, "access_token": signedIn.accessToken]) == unknown)
    }
}
