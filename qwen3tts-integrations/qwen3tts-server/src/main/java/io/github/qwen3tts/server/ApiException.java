package io.github.qwen3tts.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.qwen3tts.api.DeviceLostException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.OverloadedException;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.server.internal.http.Response;
import java.util.Map;

/** An error response in the form that OpenAI's clients expect. */
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final String code;
    private final String param;
    private final Map<String, String> headers;

    private ApiException(
            int status, String type, String code, String param, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
        this.headers = headers;
    }

    private ApiException(int status, String type, String code, String param, String message) {
        this(status, type, code, param, message, Map.of());
    }

    /** Status 400: the client must change the request. {@code param} may be null. */
    static ApiException invalid(String param, String message) {
        return new ApiException(400, INVALID, "invalid_value", param, message);
    }

    static ApiException wrongKey() {
        return new ApiException(
                401,
                INVALID,
                "invalid_api_key",
                null,
                "this server needs its API key: send it as a bearer token",
                Map.of("WWW-Authenticate", "Bearer"));
    }

    static ApiException forbidden(String message) {
        return new ApiException(403, INVALID, "forbidden", null, message);
    }

    static ApiException notFound(String code, String param, String message) {
        return new ApiException(404, INVALID, code, param, message);
    }

    static ApiException wrongMethod(String allowed) {
        return new ApiException(
                405,
                INVALID,
                "method_not_allowed",
                null,
                "this address takes another method: allowed=" + allowed,
                Map.of("Allow", allowed));
    }

    static ApiException conflict(String param, String message) {
        return new ApiException(409, INVALID, "already_exists", param, message);
    }

    static ApiException tooLarge(int maxBytes) {
        return new ApiException(
                413, INVALID, "request_too_large", null, "request body is too large: maxBytes=" + maxBytes);
    }

    static ApiException overloaded(int retryAfterSeconds) {
        return new ApiException(
                429,
                "rate_limit_error",
                "rate_limit_exceeded",
                null,
                "this server is busy: try again in " + retryAfterSeconds + " s",
                retryAfter(retryAfterSeconds));
    }

    /** The response to a request that the engine refused or failed. */
    static ApiException of(TtsException failure) {
        if (failure instanceof InvalidRequestException) {
            return invalid(null, failure.getMessage());
        }
        if (failure instanceof OverloadedException overloaded) {
            return overloaded((int) Math.max(1, overloaded.retryAfter().toSeconds()));
        }
        if (failure instanceof EngineClosedException || failure instanceof DeviceLostException) {
            return notReady(failure.getMessage());
        }
        return failed(failure.getMessage());
    }

    static ApiException failed(String message) {
        return new ApiException(500, "server_error", "internal_error", null, message);
    }

    static ApiException notReady(String message) {
        return new ApiException(503, "server_error", "not_ready", null, message, retryAfter(2));
    }

    private static Map<String, String> retryAfter(int seconds) {
        return Map.of("Retry-After", Integer.toString(seconds));
    }

    int status() {
        return status;
    }

    /** {@code {"error": {...}}}. */
    ObjectNode envelope() {
        ObjectNode envelope = Json.object();
        envelope.putObject("error")
                .put("message", getMessage())
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return envelope;
    }

    Response toResponse() {
        return Json.response(status, envelope()).with(headers);
    }
}
