package io.github.qwen3tts.server;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.server.internal.http.Answer;
import io.github.qwen3tts.server.internal.http.Application;
import io.github.qwen3tts.server.internal.http.ClientGoneException;
import io.github.qwen3tts.server.internal.http.Exchange;
import io.github.qwen3tts.server.internal.http.RequestHead;
import io.github.qwen3tts.server.internal.http.WebSocketListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which address is answered by what, and how failures are told. */
final class Routes implements Application {

    private static final System.Logger LOG = System.getLogger(Routes.class.getName());

    private static final int CLIENT_LEFT = 499; // for the metrics: nobody got an answer
    private static final String SOCKET_PATH = "/v1/audio/speech/ws";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final Map<String, String> EVERY_ANSWER = Map.of("X-Content-Type-Options", "nosniff");

    /** Answers with what stands behind the path of its route. */
    private interface Handler {
        void answer(Exchange exchange, String rest) throws IOException;
    }

    /** Answers with a loaded model. */
    private interface SpeakingHandler {
        void answer(Exchange exchange, String rest, Synthesizer synthesizer) throws IOException;
    }

    /**
     * One address.
     *
     * @param method       in upper case
     * @param path         all of it, or its beginning if it ends in a slash
     * @param isOpen       whether no key is needed
     * @param maxBodyBytes of a request
     * @param handler      answers
     */
    private record Route(String method, String path, boolean isOpen, int maxBodyBytes, Handler handler) {

        boolean matches(String wanted) {
            return path.length() > 1 && path.endsWith("/")
                    ? wanted.startsWith(path) && wanted.length() > path.length()
                    : wanted.equals(path);
        }
    }

    private final Service service;
    private final Gate gate;
    private final SpeechRoute speech;
    private final List<Route> routes = new ArrayList<>();
    private volatile Synthesizer synthesizer; // null while the model is loading

    /** Routes of a server whose model is still to come. */
    Routes(Service service) {
        this.service = service;
        gate = new Gate(service.settings().access());
        speech = new SpeechRoute(service);
        addRoutes();
    }

    private void addRoutes() {
        ModelNames models = service.models();
        int body = service.settings().limits().maxBodyBytes();
        open(
                "/health",
                (exchange, rest) -> exchange.send(Json.answer(200, Json.object().put("status", "ok"))));
        open("/ready", (exchange, rest) -> {
            loaded();
            exchange.send(Json.answer(200, Json.object().put("status", "ready")));
        });
        Page page = new Page();
        page.paths().forEach(path -> open(path, (exchange, rest) -> exchange.send(page.answer(path))));
        route(
                "GET",
                "/metrics",
                0,
                (exchange, rest) -> exchange.send(
                        Answer.of(200, PROMETHEUS, service.metrics().text(service.turnstile()))));
        route("GET", "/v1/models", 0, (exchange, rest) -> exchange.send(Json.answer(200, models.list())));
        route("GET", "/v1/models/", 0, (exchange, rest) -> exchange.send(Json.answer(200, models.model(rest))));
        route("GET", "/v1/audio/models", 0, (exchange, rest) -> exchange.send(Json.answer(200, models.list())));
        speaking("POST", "/v1/audio/speech", body, (exchange, rest, voice) -> speech.answer(exchange, voice));
        speaking("GET", "/v1/audio/voices", 0, (exchange, rest, voice) -> exchange.send(VoicesRoute.list(voice)));
        speaking(
                "POST",
                "/v1/audio/voices",
                body,
                (exchange, rest, voice) -> exchange.send(VoicesRoute.upload(exchange, voice)));
        speaking(
                "DELETE",
                "/v1/audio/voices/",
                0,
                (exchange, rest, voice) -> exchange.send(VoicesRoute.delete(rest, voice)));
        // Over HTTP there is nothing at this address; see open().
        speaking("GET", SOCKET_PATH, 0, (exchange, rest, voice) -> {
            throw ApiException.invalid(null, "this address speaks WebSocket");
        });
    }

    private void open(String path, Handler handler) {
        routes.add(new Route("GET", path, true, 0, handler));
    }

    private void route(String method, String path, int maxBodyBytes, Handler handler) {
        routes.add(new Route(method, path, false, maxBodyBytes, handler));
    }

    private void speaking(String method, String path, int maxBodyBytes, SpeakingHandler handler) {
        route(method, path, maxBodyBytes, (exchange, rest) -> handler.answer(exchange, rest, loaded()));
    }

    /** From now on there is a voice. */
    void ready(Synthesizer loaded) {
        synthesizer = loaded;
    }

    private Synthesizer loaded() {
        Synthesizer loaded = synthesizer;
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
    public Admission admit(RequestHead head) {
        Map<String, String> headers = new LinkedHashMap<>(EVERY_ANSWER);
        headers.putAll(gate.corsHeaders(head));
        try {
            gate.requireKnownHost(head);
            gate.requireKnownOrigin(head);
            if (head.method().equals("OPTIONS")) {
                return new Admission.Refuse(preflight(head).with(headers));
            }
            Route route = find(head);
            if (!route.isOpen()) {
                gate.requireKey(head);
            }
            return new Admission.Let(route.maxBodyBytes(), headers);
        } catch (ApiException e) {
            service.metrics().request("refused", e.status());
            return new Admission.Refuse(e.answer().with(headers));
        }
    }

    /** What a browser asks before a page of another origin may send JSON or a key. */
    private static Answer preflight(RequestHead head) {
        return Answer.empty(204)
                .with(Map.of(
                        "Access-Control-Allow-Methods",
                        "GET, POST, DELETE",
                        "Access-Control-Allow-Headers",
                        head.header("Access-Control-Request-Headers").orElse("Authorization, Content-Type"),
                        "Access-Control-Max-Age",
                        "600"));
    }

    @Override
    public Answer tooLarge(int maxBytes) {
        service.metrics().request("refused", 413);
        return ApiException.tooLarge(maxBytes).answer();
    }

    @Override
    public Answer refused(int status) {
        service.metrics().request("refused", status);
        return status == 429
                ? ApiException.overloaded(1).answer()
                : ApiException.invalid(null, "this is no request").answer();
    }

    @Override
    public Optional<WebSocketListener> open(RequestHead head) {
        return head.path().equals(SOCKET_PATH) && synthesizer != null
                ? Optional.of(new SpeechSocket(service, synthesizer))
                : Optional.empty();
    }

    @Override
    public void answer(Exchange exchange) throws IOException {
        Route route = find(exchange.head());
        boolean isBeginning = route.path().endsWith("/") && route.path().length() > 1;
        String rest =
                isBeginning ? exchange.head().path().substring(route.path().length()) : "";
        try {
            route.handler().answer(exchange, rest);
        } catch (ApiException e) {
            fail(exchange, e);
        } catch (InvalidRequestException e) {
            fail(exchange, ApiException.invalid(null, e.getMessage()));
        } catch (SpeechCancelledException | ClientGoneException e) {
            exchange.abort(); // nobody to tell
        } catch (TtsException e) {
            LOG.log(System.Logger.Level.ERROR, "speech failed", e);
            fail(exchange, ApiException.failed(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "request failed: path=" + route.path(), e);
            fail(exchange, ApiException.failed("the server failed; its log says why"));
        } finally {
            int status = exchange.isStarted() ? exchange.status() : CLIENT_LEFT;
            service.metrics().request(route.path(), status);
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

    /** Before the first byte a failure has its status; behind it the connection is broken. */
    private static void fail(Exchange exchange, ApiException failure) throws IOException {
        if (exchange.isStarted()) {
            exchange.abort();
        } else {
            exchange.send(failure.answer());
        }
    }
}
