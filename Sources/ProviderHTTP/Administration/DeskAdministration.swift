internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// What a clerk does at a desk: tickets, reactivation, blocks, changes of name, questions about duplicates.
enum DeskAdministration {
    static func addRoutes(
        to router: Router<ProviderRequestContext>, provider: Provider, for caller: LocalOperator
    ) {
        let desk = DeskAdministration.Handlers(provider: provider, caller: caller)
        router.post("/desk/tickets") { request, _ in try await desk.handle(request, desk.ticket) }
        router.post("/desk/find") { request, _ in try await desk.handle(request, desk.find) }
        router.post("/desk/reactivate") { request, _ in try await desk.handle(request, desk.reactivate) }
        router.post("/desk/rename") { request, _ in try await desk.handle(request, desk.rename) }
        router.post("/desk/renew") { request, _ in try await desk.handle(request, desk.renew) }
        router.post("/desk/block") { request, _ in try await desk.handle(request, desk.block) }
        router.post("/desk/block-code") { request, _ in try await desk.handle(request, desk.blockCode) }
        router.post("/desk/close") { request, _ in try await desk.handle(request, desk.close) }
        router.post("/desk/export") { request, _ in try await desk.handle(request, desk.export) }
        router.post("/desk/cases") { request, _ in try await desk.handle(request, desk.cases) }
    }

    struct Handlers: Sendable {
        let provider: Provider
        let caller: LocalOperator

        func handle(
            _ request: Request, _ body: (inout MemberReader) async throws -> Response
        ) async throws -> Response {
            var request = request
            var reader = MemberReader(try await request.json())
            do { return try await body(&reader) } catch let refusal as DeskRefusal {
                let (code, sentence) = refusal.text
                throw AdministrationError(refusal.status, code, sentence)
            }
        }

        func ticket(_ reader: inout MemberReader) async throws -> Response {
            let visit = try provedVisit(&reader)
            let same: AccountIdentifier? = try reader.optionalWire("same_person")
            let isOther = try reader.optionalBool("new") ?? false
            try reader.finish()
            guard same == nil || !isOther else { throw MessageError.malformed("new") }
            let decision = same.map { DuplicateDecision.samePerson($0) } ?? (isOther ? .otherPerson : nil)
            switch try await provider.desk.ticket(for: visit, decision: decision) {
            case .issued(let ticket, let account, let blockCode):
                var answer = Self.json(ticket)
                answer["account"] = .string(account.rawValue)
                answer["block_code"] = blockCode.map { .string($0) }
                return Answer.json(answer, status: .created)
            case .similar(let candidates, let question):
                var answer: JSONObject = [
                    "error": "possible_duplicate",
                    "message":
                        "There is somebody with these names and this birth date. Compare, then say --same-person ACCOUNT or --new.",
                    "candidates": .array(candidates.map { .object($0.json) }),
                ]
                answer["case"] = question.map { .string($0.rawValue) }
                return Answer.json(answer, status: .conflict)
            }
        }

        func find(_ reader: inout MemberReader) async throws -> Response {
            let visit = try visit(&reader)
            try reader.finish()
            var found: [JSONValue] = []
            for (candidate, devices) in try await provider.desk.find(for: visit) {
                var object = candidate.json
                object["devices"] = .array(
                    devices.map { device in
                        .object([
                            "device": .string(device.identifier.rawValue), "name": .string(device.description.name),
                            "state": .string(device.state.rawValue), "created_at": device.createdAt.json,
                        ])
                    })
                found.append(.object(object))
            }
            return Answer.json(["candidates": .array(found)])
        }

        func reactivate(_ reader: inout MemberReader) async throws -> Response {
            let visit = try visit(&reader)
            let account: AccountIdentifier = try reader.wire("account")
            let found: DeviceIdentifier? = try reader.optionalWire("found_device")
            let lifting = try LockReason.lifted { try reader.optionalBool($0) }
            try reader.finish()
            switch try await provider.desk.reactivate(account, visit: visit, found: found, lifting: lifting) {
            case .active: return Answer.json(["state": .string(AccountState.active.rawValue)])
            case .awaitsDevice(let ticket): return Answer.json(Self.json(ticket), status: .created)
            }
        }

        func rename(_ reader: inout MemberReader) async throws -> Response {
            let visit = try provedVisit(&reader)
            let account: AccountIdentifier = try reader.wire("account")
            try reader.finish()
            return Answer.json(Self.json(try await provider.desk.rename(account, visit: visit)))
        }

        func renew(_ reader: inout MemberReader) async throws -> Response {
            let visit = try provedVisit(&reader)
            let account: AccountIdentifier = try reader.wire("account")
            try reader.finish()
            guard visit.evidence != nil else { throw MessageError.missing("evidence") }
            return Answer.json(Self.json(try await provider.desk.renew(account, visit: visit)))
        }

        func block(_ reader: inout MemberReader) async throws -> Response {
            let scope = try scope(&reader)
            let account: AccountIdentifier = try reader.wire("account")
            let device: DeviceIdentifier? = try reader.optionalWire("device")
            let forGood = try reader.optionalBool("revoke") ?? false
            let reason = try reader.optionalString("reason", maximumLength: 32)
            try reader.finish()
            if let device {
                guard reason == nil else { throw MessageError.malformed("reason") }
                try await provider.desk.block(device, of: account, forGood: forGood, in: scope)
            } else {
                guard !forGood, let reason = LockReason(rawValue: reason ?? LockReason.own.rawValue),
                    LockReason.ofDesk.contains(reason)
                else {
                    let words = LockReason.ofDesk.map(\.rawValue).joined(separator: ", ")
                    throw AdministrationError(.badRequest, "unknown_reason", "The reason is one of \(words).")
                }
                try await provider.desk.lock(account, for: reason, in: scope)
            }
            return Answer.json(["blocked": true])
        }

        func blockCode(_ reader: inout MemberReader) async throws -> Response {
            let visit = try visit(&reader)
            let account: AccountIdentifier = try reader.wire("account")
            try reader.finish()
            let code = try await provider.desk.freshBlockCode(of: account, visit: visit)
            return Answer.json(["block_code": .string(code)])
        }

        func close(_ reader: inout MemberReader) async throws -> Response {
            let visit = try visit(&reader)
            let account: AccountIdentifier = try reader.wire("account")
            let died = try reader.optionalBool("died") ?? false
            let liftsOrder = try reader.optionalBool("order_lifted") ?? false
            try reader.finish()
            let time = try await provider.erasures.close(account, visit: visit, died: died, liftsOrder: liftsOrder)
            return Answer.json(["erase_at": time.json])
        }

        func export(_ reader: inout MemberReader) async throws -> Response {
            let visit = try visit(&reader)
            let account: AccountIdentifier = try reader.wire("account")
            let language: Language = try reader.choice("language")
            try reader.finish()
            let export = try await provider.exports.export(of: account, visit: visit)
            return Answer.json([
                "export": .string(export.signed),
                "html": .string(ExportPage.html(export.document, language: language)),
            ])
        }

        func cases(_ reader: inout MemberReader) async throws -> Response {
            let scope = try scope(&reader)
            try reader.finish()
            let cases = try await provider.desk.openCases(in: scope)
            return Answer.json([
                "cases": .array(
                    cases.map {
                        .object(["case": .string($0.identifier.rawValue), "opened_at": $0.openedAt.json])
                    })
            ])
        }

        // MARK: Reading and writing

        func visit(_ reader: inout MemberReader) throws -> DeskVisit {
            let scope = try scope(&reader)
            guard let level = AssuranceLevel(name: try reader.string("level")), level >= .normal, level <= .substantiell
            else { throw AdministrationError(.badRequest, "unknown_level", "The level is normal or substantiell.") }
            let person = try provider.desk.person(try reader.object("person"))
            var link: PresentedLink?
            if let presented = reader.optional("link") {
                guard let object = presented.object else { throw MessageError.malformed("link") }
                var members = MemberReader(object)
                let upstream: IdentityLink.Upstream = try members.choice("upstream")
                link = PresentedLink(upstream, pseudonym: try members.string("pseudonym", maximumLength: 256))
                try members.finish()
                guard link != nil else { throw MessageError.malformed("link") }
            }
            return DeskVisit(in: scope, level: level, person: person, link: link)
        }

        /// A visit from which evidence stands behind the person's data.
        private func provedVisit(_ reader: inout MemberReader) throws -> DeskVisit {
            var visit = try visit(&reader)
            visit.evidence = try provider.desk.evidence(try reader.optionalObject("evidence"), of: visit)
            return visit
        }

        private func scope(_ reader: inout MemberReader) throws -> TenantScope {
            try scope(of: try reader.wire("tenant"))
        }

        /// A town that is there for its people.
        func scope(of tenant: TenantIdentifier) throws -> TenantScope {
            guard let scope = provider.registry.scope(for: caller, at: tenant), scope.tenant.isLive else {
                throw AdministrationError.unknownTenant(tenant.rawValue)
            }
            return scope
        }

        private static func json(_ rename: DeskRename) -> JSONObject {
            var answer: JSONObject = [
                "superseded": .strings(rename.change.superseded), "stale": .strings(rename.change.stale),
            ]
            answer["case"] = rename.case.map { .string($0.rawValue) }
            return answer
        }

        private static func json(_ ticket: IssuedTicket) -> JSONObject {
            [
                "link": .string(ticket.link.text), "name": .string(ticket.maskedName),
                "expires_at": ticket.expiresAt.json,
            ]
        }
    }
}

extension DeskCandidate {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "account": .string(account.rawValue), "name": .string(maskedName), "state": .string(state.rawValue),
            "level": .string(level.name), "created_at": createdAt.json,
        ]
        object["lock_reason"] = lockReason.map { .string($0.rawValue) }
        object["locality"] = locality.map { .string($0) }
        return object
    }
}

extension DeskRefusal {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .unknownAccount, .unknownDevice: .notFound
        default: .conflict
        }
    }
}

extension LockReason {
    /// What is over by a clerk's word in a request.
    ///
    /// - Parameter said: the member of this name.
    static func lifted(_ said: (_ member: String) throws -> Bool?) rethrows -> Set<LockReason> {
        var reasons: Set<LockReason> = []
        if try said("order_lifted") ?? false { reasons.insert(.authority) }
        if try said("alive") ?? false { reasons.insert(.deceased) }
        return reasons
    }
}
