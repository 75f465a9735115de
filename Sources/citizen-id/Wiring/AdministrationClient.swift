internal import ArgumentParser
internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import OpenIDMessages

/// Talks to the running server over its socket.
struct AdministrationClient {
    let socket: String

    /// A refusal by the server, no server at all, or one that does not answer.
    enum Failure: Error, CustomStringConvertible {
        case notReached(socket: String)
        case noAnswer(seconds: Int64)
        /// - candidates: whom the person at the desk looks like, where that is the reason.
        case refused(code: String, message: String, candidates: [JSONValue] = [])

        var description: String {
            switch self {
            case .notReached(let socket):
                "The server was not reached at \(socket). Is `citizen-id serve` running with this data folder, and are you its user?"
            case .noAnswer(let seconds): HTTPSCaller.noAnswer(seconds: seconds)
            case .refused(_, let message, _): message
            }
        }
    }

    /// Nobody at the socket is an answer, too: the connection is not tried again.
    private static let connections: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func get(_ path: String) async throws -> JSONObject { try await call(.GET, path, body: nil) }

    /// Every page of a list.
    func all(_ path: String, _ name: String, query: String = "") async throws -> JSONObject {
        try await Listing.everyPage(of: path, name, query) { try await get($0) }
    }

    func delete(_ path: String) async throws -> JSONObject { try await call(.DELETE, path, body: nil) }

    /// - Parameter patience: for how many seconds the answer is waited for.
    func post(_ path: String, _ body: JSONObject, patience: Int64 = 30) async throws -> JSONObject {
        try await call(.POST, path, body: body, patience: patience)
    }

    private func call(
        _ method: HTTPMethod, _ path: String, body: JSONObject?, patience: Int64 = 30
    ) async throws -> JSONObject {
        let encoded = FormParameters.percentEncode(socket)
        var request = HTTPClientRequest(url: "http+unix://\(encoded)\(path)")
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.serialized))
        }
        let status: UInt
        let bytes: [UInt8]
        do {
            let response = try await Self.connections.execute(request, timeout: .seconds(patience))
            status = response.status.code
            bytes = Array(try await response.body.collect(upTo: 8_388_608).readableBytesView)
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            throw Failure.noAnswer(seconds: patience)
        } catch { throw Failure.notReached(socket: socket) }
        guard let object = try? StrictJSON.parseObject(bytes, maximumLength: 8_388_608) else {
            throw Failure.refused(code: "unreadable", message: "The server's answer is not readable.")
        }
        guard (200...299).contains(status) else {
            throw Failure.refused(
                code: object["error"]?.string ?? "unknown", message: object["message"]?.string ?? "Refused.",
                candidates: object["candidates"]?.array ?? [])
        }
        return object
    }
}
