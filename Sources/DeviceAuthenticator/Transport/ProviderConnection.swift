internal import IdentityCrypto
internal import OpenIDMessages
internal import Synchronization

/// What the device shows at authenticated calls (docs/protocol.md §8).
struct CallCredentials: Sendable {
    let keys: any DeviceKeyStore
    let attestation: String
}

/// What the provider's answers brought that later calls and checks can use.
final class ProviderMemory: Sendable {
    private struct Content {
        var nonce: String?
        var ahead: Int64?
        var request: SignedStatement<LoginRequestStatement>?
    }

    private let content = Mutex(Content())

    /// The last nonce that the provider gave in `DPoP-Nonce`.
    var nonce: String? { content.withLock(\.nonce) }
    /// How many seconds this device's clock is ahead of the provider's, by the last answer that said its time; nil before one.
    var ahead: Int64? { content.withLock(\.ahead) }
    /// The last login request whose signature was verified.
    var request: SignedStatement<LoginRequestStatement>? { content.withLock(\.request) }

    func keep(_ request: SignedStatement<LoginRequestStatement>) { content.withLock { $0.request = request } }

    func keep(_ answer: HTTPAnswer, now: Timestamp) {
        let nonce = answer.values("DPoP-Nonce").first { (1...512).contains($0.utf8.count) }
        let date = answer.values("Date").first.flatMap(HTTPDate.parse)
        content.withLock { content in
            if let nonce { content.nonce = nonce }
            if let date { content.ahead = now.seconds - date.seconds }
        }
    }

    /// The error, or what is behind it: a clock that is wrong makes what is fresh look expired, and proofs look old.
    func explained(_ error: DeviceError) -> DeviceError {
        guard let ahead, abs(ahead) > RequestChecks.clockDifference else { return error }
        switch error {
        case .provider(let problem) where problem.code == "invalid_dpop_proof": return .clock(ahead: ahead)
        case .statementRefused(.expired): return .clock(ahead: ahead)
        default: return error
        }
    }
}

/// An answer that is no refusal.
struct ProviderAnswer: Sendable {
    let status: Int
    let json: JSONObject
    /// The name of the call in the operator's log (docs/protocol.md §9).
    var trace: String?
}

/// The calls to one provider: JSON in, JSON or a typed error out.
struct ProviderConnection: Sendable {
    let issuer: IssuerURL
    let transport: any HTTPTransport
    let memory: ProviderMemory
    let clock: DeviceClock
    let random: RandomSource
    /// `de` or `en`, for the texts that will be shown.
    let language: String

    /// One call. With credentials it carries attestation and DPoP proof; when the provider wants another nonce the
    /// call is repeated once (RFC 9449 §8).
    func call(
        _ method: String, _ path: String, query: String = "", body: JSONObject? = nil,
        credentials: CallCredentials? = nil, timeoutSeconds: Int64 = 20
    ) async throws(DeviceError) -> ProviderAnswer {
        do throws(DeviceError) {
            return try await attempt(method, path, query, body, credentials, timeoutSeconds)
        } catch {
            guard credentials != nil, case .provider(let problem) = error, problem.code == "use_dpop_nonce" else {
                throw memory.explained(error)
            }
        }
        do throws(DeviceError) {
            return try await attempt(method, path, query, body, credentials, timeoutSeconds)
        } catch { throw memory.explained(error) }
    }

    private func attempt(
        _ method: String, _ path: String, _ query: String, _ body: JSONObject?, _ credentials: CallCredentials?,
        _ timeoutSeconds: Int64
    ) async throws(DeviceError) -> ProviderAnswer {
        var headers = [
            (name: "Accept", value: "application/json, application/problem+json"),
            (name: "Accept-Language", value: language), (name: "User-Agent", value: "citizen-phone/1"),
        ]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let url = issuer.appending(path)
        if let credentials {
            let nonce = memory.nonce
            // `htu` is the URL without its query (RFC 9449 §4.2).
            let proof = try DeviceError.signing {
                try credentials.keys.proof(
                    method: method, url: url, now: clock.now, nonce: nonce, identifier: random.value(bytes: 16))
            }
            headers.append(("OAuth-Client-Attestation", credentials.attestation))
            headers.append(("DPoP", proof))
        }
        let answer: HTTPAnswer
        do throws(NetworkFailure) {
            answer = try await transport.send(
                HTTPCall(
                    method: method, url: url + query, headers: headers, body: body?.serialized,
                    timeoutSeconds: timeoutSeconds))
        } catch { throw .network(error) }
        memory.keep(answer, now: clock.now)
        return try Self.read(answer)
    }

    private static func read(_ answer: HTTPAnswer) throws(DeviceError) -> ProviderAnswer {
        let trace = answer.values("Trace-Id").first
        if answer.status == 204 { return ProviderAnswer(status: 204, json: [:], trace: trace) }
        guard let json = try? StrictJSON.parseObject(answer.body, maximumLength: 262_144) else {
            throw .unexpectedAnswer(status: answer.status, what: "the body is not JSON")
        }
        switch answer.status {
        case 200, 201, 202: return ProviderAnswer(status: answer.status, json: json, trace: trace)
        default:
            guard let problem = ProblemDocument(json: json), problem.status == answer.status else {
                throw .unexpectedAnswer(status: answer.status, what: "the body is no problem document")
            }
            throw .provider(problem)
        }
    }
}

extension ProviderAnswer {
    /// Reads members of the answer; members that nobody asked for are passed over, for answers may grow.
    func read<Value>(
        _ what: String, _ body: (inout MemberReader) throws(MessageError) -> Value
    ) throws(DeviceError) -> Value {
        var reader = MemberReader(json)
        do throws(MessageError) { return try body(&reader) } catch {
            throw .unexpectedAnswer(status: status, what: "\(what) is malformed")
        }
    }
}
