package io.github.qwen3tts.server;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.OverloadedException;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.server.internal.http.ClientDisconnectedException;
import io.github.qwen3tts.server.internal.http.Exchange;
import io.github.qwen3tts.server.internal.http.HttpHandler;
import io.github.qwen3tts.server.internal.http.RequestHead;
import io.github.qwen3tts.server.internal.http.Response;
import io.github.qwen3tts.server.internal.http.WebSocketListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Routes requests to their handlers, and turns exceptions into error responses. */
final class Router implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(Router.class.getName());

    private static final int CLIENT_CLOSED_REQUEST = 499; // in metrics: no response was sent
    private static final String SOCKET_PATH = "/v1/audio/speech/ws";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final Map<String, String> ALL_RESPONSES = Map.of("X-Content-Type-Options", "nosniff");

    /** Handles a request; {@code rest} is what follows the path of its route. */
    private interface Handler {
        void handle(Exchange exchange, String rest) throws IOException;
    }

    /** Handles a request once the model is loaded. */
    private interface ModelHandler {
        void handle(Exchange exchange, String rest, LoadedModel model) throws IOException;
    }

    /**
     * One method and path.
     *
     * @param method       in upper case
     * @param path         all of it, or its beginning if it ends in a slash
     * @param isPublic     whether no key is needed
     * @param maxBodyBytes of a request
     * @param handler      of its requests
     */
    private record Route(String method, String path, boolean isPublic, int maxBodyBytes, Handler handler) {

        boolean matches(String requested) {
            return path.length() > 1 && path.endsWith("/")
                    ? requested.startsWith(path) && requested.length() > path.length()
                    : requested.equals(path);
        }
    }

    private final ServerContext context;
    private final AccessControl access;
    private final SpeechHandler speech;
    private final List<Route> routes = new ArrayList<>();
    private volatile LoadedModel model; // null while the model is loading

    /** Creates the routes of a server whose model is not loaded yet. */
    Router(ServerContext context) {
        this.context = context;
        access = new AccessControl(context.settings().access());
        speech = new SpeechHandler(context);
        addRoutes();
    }

    private void addRoutes() {
        ModelNames models = context.modelNames();
        int body = context.settings().limits().maxBodyBytes();
        publicRoute(
                "/health",
                (exchange, rest) ->
                        exchange.send(Json.response(200, Json.object().put("status", "ok"))));
        publicRoute("/ready", (exchange, rest) -> {
            loaded();
            exchange.send(Json.response(200, Json.object().put("status", "ready")));
        });
        WebPage page = new WebPage();
        page.paths().forEach(path -> publicRoute(path, (exchange, rest) -> exchange.send(page.response(path))));
        route(
                "GET",
                "/metrics",
                0,
                (exchange, rest) -> exchange.send(
                        Response.of(200, PROMETHEUS, context.metrics().text(context.limiter()))));
        route("GET", "/v1/models", 0, (exchange, rest) -> exchange.send(Json.response(200, models.list())));
        route("GET", "/v1/models/", 0, (exchange, rest) -> exchange.send(Json.response(200, models.model(rest))));
        route("GET", "/v1/audio/models", 0, (exchange, rest) -> exchange.send(Json.response(200, models.list())));
        modelRoute("POST", "/v1/audio/speech", body, (exchange, rest, loaded) -> speech.handle(exchange, loaded));
        modelRoute("GET", "/v1/audio/voices", 0, (exchange, rest, loaded) -> exchange.send(VoicesHandler.list(loaded)));
        modelRoute(
                "POST",
                "/v1/audio/voices",
                body,
                (exchange, rest, loaded) -> exchange.send(VoicesHandler.upload(exchange, loaded)));
        modelRoute(
                "DELETE",
                "/v1/audio/voices/",
                0,
                (exchange, rest, loaded) -> exchange.send(VoicesHandler.delete(rest, loaded)));
        // A request to upgrade is handled by openWebSocket().
        modelRoute("GET", SOCKET_PATH, 0, (exchange, rest, loaded) -> {
            throw ApiException.invalid(null, "this address speaks WebSocket");
        });
    }

    private void publicRoute(String path, Handler handler) {
        routes.add(new Route("GET", path, true, 0, handler));
    }

    private void route(String method, String path, int maxBodyBytes, Handler handler) {
        routes.add(new Route(method, path, false, maxBodyBytes, handler));
    }

    private void modelRoute(String method, String path, int maxBodyBytes, ModelHandler handler) {
        route(method, path, maxBodyBytes, (exchange, rest) -> handler.handle(exchange, rest, loaded()));
    }

    /** Enables the routes that need the model. */
    void modelLoaded(LoadedModel loaded) {
        model = loaded;
    }

    private LoadedModel loaded() {
        LoadedModel loaded = model;
        if (loaded == null) {
            throw ApiException.notReady("the model is being loaded");
        }
        return loaded;
    }

    private static String method(RequestHead head) {
        return head.method().equals("HEAD") ? "GET" : head.method();
    }

    private Route find(RequestHead head) {
        List<Route> here =
                routes.stream().filter(route -> route.matches(head.path())).toList();
        if (here.isEmpty()) {
            throw ApiException.notFound("not_found", null, "there is nothing at this address");
        }
        return here.stream()
                .filter(route -> route.method().equals(method(head)))
                .findFirst()
                .orElseThrow(() -> ApiException.wrongMethod(
                        String.join(", ", here.stream().map(Route::method).toList())));
    }

    @Override
    public Decision decide(RequestHead head) {
        Map<String, String> headers = new LinkedHashMap<>(ALL_RESPONSES);
        headers.putAll(access.corsHeaders(head));
        try {
            access.requireAllowedHost(head);
            access.requireAllowedOrigin(head);
            if (head.method().equals("OPTIONS")) {
                return new Decision.Reject(preflight(head).with(headers));
            }
            Route route = find(head);
            if (!route.isPublic()) {
                access.requireKey(head);
            }
            return new Decision.Accept(route.maxBodyBytes(), headers);
        } catch (ApiException e) {
            context.metrics().request("refused", e.status());
            return new Decision.Reject(e.toResponse().with(headers));
        }
    }

    /** Response to a CORS preflight request. */
    private static Response preflight(RequestHead head) {
        return Response.empty(204)
                .with(Map.of(
                        "Access-Control-Allow-Methods",
                        "GET, POST, DELETE",
                        "Access-Control-Allow-Headers",
                        head.header("Access-Control-Request-Headers").orElse("Authorization, Content-Type"),
                        "Access-Control-Max-Age",
                        "600"));
    }

    @Override
    public Response tooLarge(int maxBytes) {
        context.metrics().request("refused", 413);
        return ApiException.tooLarge(maxBytes).toResponse();
    }

    @Override
    public Response rejected(int status) {
        context.metrics().request("refused", status);
        return status == 429
                ? ApiException.overloaded(1).toResponse()
                : ApiException.invalid(null, "this is no request").toResponse();
    }

    @Override
    public Optional<WebSocketListener> openWebSocket(RequestHead head) {
        return head.path().equals(SOCKET_PATH) && model != null
                ? Optional.of(new SpeechSocket(context, model))
                : Optional.empty();
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        Route route = find(exchange.head());
        boolean isPrefix = route.path().endsWith("/") && route.path().length() > 1;
        String rest = isPrefix ? exchange.head().path().substring(route.path().length()) : "";
        try {
            route.handler().handle(exchange, rest);
        } catch (ApiException e) {
            fail(exchange, e);
        } catch (InvalidRequestException | OverloadedException e) {
            fail(exchange, ApiException.of(e));
        } catch (SpeechCancelledException | ClientDisconnectedException e) {
            exchange.abort(); // the client has disconnected
        } catch (TtsException e) {
            LOG.log(System.Logger.Level.ERROR, "speech failed", e);
            fail(exchange, ApiException.of(e));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "request failed: path=" + route.path(), e);
            fail(exchange, ApiException.failed("the server failed; its log says why"));
        } finally {
            int status = exchange.isStarted() ? exchange.status() : CLIENT_CLOSED_REQUEST;
            context.metrics().request(route.path(), status);
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "request: method={0}, path={1}, status={2}, bytes={3}, millis={4}",
                    exchange.head().method(),
                    route.path(),
                    status,
                    exchange.sentBytes(),
                    exchange.millis());
        }
    }

    /** Sends an error response, or breaks the connection if a response has been started. */
    private static void fail(Exchange exchange, ApiException failure) throws IOException {
        if (exchange.isStarted()) {
            exchange.abort();
        } else {
            exchange.send(failure.toResponse());
        }
    }
}
