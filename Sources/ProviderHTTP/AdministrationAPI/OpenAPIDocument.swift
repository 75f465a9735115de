internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

/// The OpenAPI 3.1 document, made of the route table.
enum OpenAPIDocument {
    static let json: JSONObject = [
        "openapi": "3.1.0",
        "info": .object([
            "title": "CitizenID administration", "version": "1",
            "description": .string(
                "Administration of a region over the network. Every call carries an access token of the client "
                    + "citizen-id-admin, bound by DPoP (RFC 9449). docs/administration.md tells the rest."),
        ]),
        "servers": [.object(["url": .string(AdministrationAPI.path)])],
        "security": [.object(["dpop": []])],
        "paths": .object(paths),
        "components": .object([
            "securitySchemes": .object([
                "dpop": .object([
                    "type": "http", "scheme": "dpop",
                    "description": "An access token with a proof in the header DPoP (RFC 9449 §7.1).",
                ])
            ]),
            "schemas": .object(["Problem": .object(problem)]),
            "headers": .object(
                AdministrationRoute.AnswerHeader.all.reduce(into: JSONObject()) { headers, header in
                    headers[header.name.rawName] = .object([
                        "description": .string(header.meaning), "required": true,
                        "schema": .object(["type": "string"]),
                    ])
                }),
        ]),
    ]

    /// The document's text, the same at every call.
    static let text = String(decoding: JSONValue.object(json).serialized, as: UTF8.self)

    private static let problem: JSONObject = [
        "type": "object", "required": ["type", "title", "status", "code", "side", "retry", "trace_id"],
        "description": .string(
            "RFC 9457. `member` names what is wrong in the body, `detail` says what to do, `reason` in a word why, `candidates` "
                + "whom a person looks like."
        ),
        "properties": .object([
            "type": .object(["type": "string"]), "title": .object(["type": "string"]),
            "status": .object(["type": "integer"]),
            "code": .object(["type": "string", "enum": .strings(AdministrationProblem.allCases.map(\.rawValue))]),
            "side": .object(["type": "string"]), "retry": .object(["type": "boolean"]),
            "trace_id": .object(["type": "string"]), "member": .object(["type": "string"]),
            "candidates": .object(Schema.list(.object(AdministrationAPI.candidate)).json),
            "detail": .object(["type": "string"]), "reason": .object(["type": "string"]),
        ]),
    ]

    private static var paths: JSONObject {
        AdministrationAPI.routes.reduce(into: JSONObject()) { paths, route in
            var item = paths[route.path]?.object ?? [:]
            item[route.method.rawValue.lowercased()] = .object(operation(route))
            paths[route.path] = .object(item)
        }
    }

    private static func operation(_ route: AdministrationRoute) -> JSONObject {
        var operation: JSONObject = [
            "operationId": .string(identifier(route)), "summary": .string(route.summary),
            "description": .string(right(route)), "parameters": .array(parameters(route).map { .object($0) }),
        ]
        if route.right == .nobodysBusiness { operation["security"] = [] }
        if let body = route.body {
            operation["requestBody"] = .object([
                "required": true, "content": .object(["application/json": .object(["schema": .object(body.json)])]),
            ])
        }
        operation["responses"] = .object(responses(route))
        return operation
    }

    /// E.g. `get_tenants_tenant_clients`.
    static func identifier(_ route: AdministrationRoute) -> String {
        let parts = route.path.split(separator: "/").map { part in
            part.filter { $0 != "{" && $0 != "}" }.replacing("-", with: "_").replacing(".", with: "_")
        }
        return ([route.method.rawValue.lowercased()] + parts).joined(separator: "_")
    }

    private static func right(_ route: AdministrationRoute) -> String {
        switch route.right {
        case .nobodysBusiness: "Needs no login."
        case .loggedIn: "For everybody who has logged in, about themselves."
        case .region(let action): "Needs `\(action.rawValue)` for the region."
        case .tenant(let action): "Needs `\(action.rawValue)` at the tenant."
        }
    }

    private static func parameters(_ route: AdministrationRoute) -> [JSONObject] {
        var parameters: [JSONObject] = route.parameters.map { name in
            [
                "name": .string(name), "in": "path", "required": true,
                "schema": .object(["type": "string", "pattern": "^[A-Za-z0-9._~-]{1,255}$"]),
            ]
        }
        if route.isPaged {
            parameters.append([
                "name": "limit", "in": "query", "required": false,
                "schema": .object(["type": "integer", "minimum": 1, "maximum": .integer(Int64(PageRequest.longest))]),
            ])
            parameters.append([
                "name": "after", "in": "query", "required": false,
                "schema": .object(["type": "string", "pattern": "^[A-Za-z0-9._~-]{1,128}$"]),
            ])
        }
        for filter in route.filters {
            parameters.append([
                "name": .string(filter.name), "in": "query", "required": false, "description": .string(filter.meaning),
                "schema": .object(filter.schema.json),
            ])
        }
        if route.right != .nobodysBusiness {
            parameters.append([
                "name": "DPoP", "in": "header", "required": true,
                "description": "The proof for this call (RFC 9449 §4.2), with the nonce of the last answer.",
                "schema": .object(["type": "string"]),
            ])
        }
        if route.current != nil {
            parameters.append([
                "name": "If-Match", "in": "header", "required": true, "schema": .object(["type": "string"]),
            ])
        }
        return parameters
    }

    private static func responses(_ route: AdministrationRoute) -> JSONObject {
        var success: JSONObject = ["description": .string(route.summary)]
        if let answer = route.answer {
            success["content"] = .object(["application/json": .object(["schema": .object(answer.json)])])
        }
        success["headers"] = headers(of: route, route.status.code)
        var responses: JSONObject = ["\(route.status.code)": .object(success)]
        if route.right != .nobodysBusiness {
            responses["401"] = refusal("Not signed in, or the proof wants another nonce.", route, 401)
        }
        responses["4XX"] = refusal("A refusal.", route, 400)
        responses["5XX"] = refusal("A fault, or no place for the call now.", route, 500)
        return responses
    }

    private static func refusal(_ meaning: String, _ route: AdministrationRoute, _ status: Int) -> JSONValue {
        var refusal: JSONObject = [
            "description": .string(meaning),
            "content": .object([
                ProblemDocument.mediaType: .object([
                    "schema": .object(["$ref": "#/components/schemas/Problem"])
                ])
            ]),
        ]
        refusal["headers"] = headers(of: route, status)
        return .object(refusal)
    }

    private static func headers(of route: AdministrationRoute, _ status: Int) -> JSONValue? {
        let headers = route.headers(ofAnswer: status)
        guard !headers.isEmpty else { return nil }
        return .object(
            headers.reduce(into: JSONObject()) { object, header in
                let name = header.name.rawName
                object[name] = .object(["$ref": .string("#/components/headers/" + name)])
            })
    }
}
