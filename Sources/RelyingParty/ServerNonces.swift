internal import Synchronization

/// The newest nonce of each server (RFC 9449 §8.2), by the server's origin: a nonce is good where it was given.
final class ServerNonces: Sendable {
    private let newest = Mutex<[String: String]>([:])

    /// A provider has one or two; when more come, all are forgotten, and the next answers bring them again.
    private static let capacity = 16

    func nonce(for origin: String) -> String? { newest.withLock { $0[origin] } }

    /// Every answer may bring a nonce, also one that succeeded (§8.2).
    func remember(from answer: BackChannelAnswer, of origin: String) {
        guard let nonce = answer.nonce else { return }
        newest.withLock { newest in
            if newest.count >= Self.capacity, newest[origin] == nil { newest = [:] }
            newest[origin] = nonce
        }
    }
}

extension BackChannelAnswer {
    /// The one nonce that the answer brings, of `NQCHAR` (RFC 9449 §8.1).
    var nonce: String? {
        guard nonces.count == 1, let nonce = nonces.first, (1...1024).contains(nonce.utf8.count),
            nonce.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            )
        else { return nil }
        return nonce
    }

    /// The server wants the same again with the nonce that it gives here: an authorization server says so in the body
    /// (RFC 9449 §8), a resource server in its challenge (§9).
    var asksForNonce: Bool {
        nonce != nil && (status == 400 || status == 401) && refusal?.code == "use_dpop_nonce"
    }
}
