internal import HTTPTypes
public import Logging
internal import OpenIDMessages
internal import ProviderCore

/// The answer to a request that is not whole and for which the listener has no room, in the form that callers of its address
/// understand; no route has seen it.
public struct UnfinishedRefusal: Sendable {
    /// `Trace-Id`, where callers expect it.
    public let trace: (name: String, text: String)?
    public let mediaType: String
    public let body: [UInt8]

    /// Writes the operator's line, as for every refusal.
    ///
    /// - Parameter uri: of the request line.
    public init(uri: String, logger: Logger) {
        let trace = TraceIdentifier()
        let error = OAuthError(.temporarilyUnavailable, "too many requests that are not whole; try again shortly")
        logger.info(
            "refused",
            metadata: [
                "trace_id": "\(trace.text)", "error": "\(error.code.rawValue)",
                "reason": "\(Refusal.overloaded.rawValue)", "description": "\(error.description)",
            ])
        if [DeviceEndpoints.prefix, AccountRoute.prefix].contains(where: { uri.hasPrefix($0 + "/") }) {
            self.trace = (HTTPField.Name.traceIdentifier.rawName, trace.text)
            mediaType = ProblemDocument.mediaType
            body = ProblemCode.overloaded.problem(traceIdentifier: trace.text).json.serialized
        } else {
            self.trace = nil
            mediaType = "application/json"
            body = error.json.serialized
        }
    }
}
