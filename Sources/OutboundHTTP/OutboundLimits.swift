/// How much time, length and room one request may take.
struct OutboundLimits: Sendable {
    /// For all attempts to connect together; each of several addresses has its part.
    var connect: Duration = .seconds(3)
    /// From the call to the answer.
    var total: Duration = .seconds(5)
    /// Bytes of a body.
    var bodyLength = 256 * 1024
    /// Bytes of the names and values in a head.
    var headLength = 16 * 1024
    /// Addresses of one host that are tried.
    var addresses = 3
    var admission = Admission.Limits()
    /// How long a request waits for its turn. Whoever hangs is given up after `total`, so that a place becomes free meanwhile.
    var turn: Duration = .seconds(2)

    /// Everything that may come out of the TLS connection: a body in many chunks and informational answers
    /// (RFC 9110 §15.2) cost more bytes than the body has.
    var receivedLength: Int { 2 * (bodyLength + headLength) }
}
