import DeviceAuthenticator
import OpenIDMessages
import Synchronization

/// The attacker on the way between phone and provider: hears calls and answers, and changes them.
final class Wiretap: HTTPTransport {
    typealias Change = @Sendable (inout JSONObject) -> Void

    private let base: any HTTPTransport
    private let changeCall: (suffix: String, change: Change)?
    private let changeAnswer: (suffix: String, change: Change)?
    private let heard = Mutex<[(url: String, body: JSONObject)]>([])

    init(
        _ base: any HTTPTransport, calls changeCall: (suffix: String, change: Change)? = nil,
        answers changeAnswer: (suffix: String, change: Change)? = nil
    ) {
        self.base = base
        self.changeCall = changeCall
        self.changeAnswer = changeAnswer
    }

    /// The bodies of the calls whose address ends so, in their order.
    func bodies(_ suffix: String) -> [JSONObject] {
        heard.withLock { $0.filter { $0.url.hasSuffix(suffix) }.map(\.body) }
    }

    var isSilent: Bool { heard.withLock { $0.isEmpty } }

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        var call = call
        if let changeCall, call.url.hasSuffix(changeCall.suffix) {
            call.body = Self.changed(call.body ?? [], changeCall.change)
        }
        let body = (call.body.flatMap { try? StrictJSON.parseObject($0, maximumLength: 262_144) }) ?? [:]
        heard.withLock { $0.append((call.url, body)) }
        var answer = try await base.send(call)
        if let changeAnswer, call.url.hasSuffix(changeAnswer.suffix) {
            answer.body = Self.changed(answer.body, changeAnswer.change)
        }
        return answer
    }

    private static func changed(_ body: [UInt8], _ change: Change) -> [UInt8] {
        guard var object = try? StrictJSON.parseObject(body, maximumLength: 262_144) else { return body }
        change(&object)
        return object.serialized
    }
}
