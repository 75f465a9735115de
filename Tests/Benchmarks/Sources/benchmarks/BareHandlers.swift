import HTTPTypes
import Hummingbird
import NIOCore
import OpenIDMessages
import Synchronization

/// Handlers that read the body and answer what they were told to: what any handler costs on this server.
final class BareHandlers: Sendable {
    private struct Answer {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let body: ByteBuffer
    }

    private let answers = Mutex<[String: Answer]>([:])

    /// `PUT /bare/{name}` says what `GET` and `POST /bare/{name}` answer.
    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.put("/bare/{name}") { request, context in
            let body = try await request.body.collect(upTo: 1 << 20)
            try self.learn(context.parameters.require("name"), StrictJSON.parseObject(Array(body.readableBytesView)))
            return Response(status: .ok)
        }
        router.get("/bare/{name}") { _, context in try self.answer(context.parameters.require("name")) }
        router.post("/bare/{name}") { request, context in
            _ = try await request.body.collect(upTo: 1 << 20)
            return try self.answer(context.parameters.require("name"))
        }
        return router
    }

    private func learn(_ name: String, _ description: JSONObject) throws {
        guard let status = description["status"]?.integer, let headers = description["headers"]?.object,
            let body = description["body"]?.string.flatMap(Base64URL.decode)
        else { throw BenchmarkFault("not an answer") }
        var fields = HTTPFields()
        for member in headers.members {
            if let name = HTTPField.Name(member.name), let value = member.value.string { fields[name] = value }
        }
        let answer = Answer(
            status: HTTPResponse.Status(code: Int(status)), headers: fields, body: ByteBuffer(bytes: body))
        answers.withLock { $0[name] = answer }
    }

    private func answer(_ name: String) throws -> Response {
        guard let answer = answers.withLock({ $0[name] }) else { throw HTTPError(.notFound) }
        return Response(status: answer.status, headers: answer.headers, body: ResponseBody(byteBuffer: answer.body))
    }
}
