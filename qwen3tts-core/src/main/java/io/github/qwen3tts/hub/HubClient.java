package io.github.qwen3tts.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.qwen3tts.api.ModelLoadException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Speaks with the hub: one call is one request and its redirects. The token goes to the endpoint's own origin only. What
 * may pass is a {@link TransferException}, everything else a {@link ModelLoadException} that says what to do.
 */
final class HubClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_LISTING_BYTES = 32 << 20;
    private static final int MAX_HOPS = 10;

    private final HubOptions options;
    private final String repository;
    private final Duration stall;
    private final HttpClient http;

    /**
     * For one repository.
     *
     * @param stall how long a server may say nothing
     */
    HubClient(HubOptions options, String repository, Duration stall) {
        this.options = options;
        this.repository = repository;
        this.stall = stall;
        // HTTP/1.1: one connection per large file, whose end or cut is plain to see.
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(20))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** The commit a revision stands for, and its files with size and hash. */
    Listing list(DownloadOptions wanted) throws TransferException, InterruptedException {
        URI uri = URI.create(options.endpoint() + "/api/models/" + repository + "/revision/" + encode(wanted.revision())
                + "?blobs=true");
        JsonNode model;
        try (HubResponse response = send(new Request("GET", uri, 0))) {
            model = JSON.readTree(response.readAll(MAX_LISTING_BYTES));
        } catch (JsonProcessingException e) {
            throw new ModelLoadException(
                    "the hub's listing is no JSON: repository=" + repository + ", endpoint=" + options.endpoint()
                            + "; check HF_ENDPOINT and any proxy",
                    e);
        } catch (TransferException e) {
            throw e;
        } catch (IOException e) {
            throw new TransferException("listing cannot be read: " + e.getMessage(), e);
        }
        String commit = model.path("sha").asText();
        if (!SafeName.isCommit(commit)) {
            throw new ModelLoadException("the hub's listing names no commit: repository=" + repository + ", sha="
                    + HubError.printable(commit) + ", endpoint=" + options.endpoint() + "; check HF_ENDPOINT");
        }
        List<RemoteFile> files = new ArrayList<>();
        for (JsonNode sibling : model.path("siblings")) {
            String name = sibling.path("rfilename").asText();
            if (!SafeName.isRelativePath(name)) {
                throw new ModelLoadException("the repository holds a file with an unsafe name: repository=" + repository
                        + ", file=" + HubError.printable(name) + "; do not use it");
            }
            if (wanted.wants(name)) {
                files.add(remoteFile(commit, name, sibling));
            }
        }
        return new Listing(commit, files);
    }

    private RemoteFile remoteFile(String commit, String name, JsonNode sibling)
            throws TransferException, InterruptedException {
        JsonNode lfs = sibling.path("lfs");
        String etag = lfs.path("sha256").asText(sibling.path("blobId").asText());
        JsonNode size = lfs.path("size").isIntegralNumber() ? lfs.path("size") : sibling.path("size");
        if (SafeName.isEtag(etag) && size.isIntegralNumber() && size.longValue() >= 0) {
            return new RemoteFile(name, size.longValue(), etag);
        }
        return head(commit, name); // a mirror that lists names only
    }

    private RemoteFile head(String commit, String name) throws TransferException, InterruptedException {
        try (HubResponse response = send(new Request("HEAD", resolve(commit, name), 0))) {
            checkCommit(response, commit);
            String etag = response.hub("X-Linked-Etag")
                    .or(() -> response.hub("ETag"))
                    .map(HubClient::unquoted)
                    .orElse("");
            long size = response.hub("X-Linked-Size")
                    .or(() -> response.hub("Content-Length"))
                    .filter(length -> length.matches("\\d{1,18}"))
                    .map(Long::parseLong)
                    .orElse(-1L);
            if (!SafeName.isEtag(etag) || size < 0) {
                throw new ModelLoadException("the hub tells neither hash nor size of a file: repository=" + repository
                        + ", file=" + name + ", etag=" + HubError.printable(etag) + ", size=" + size + ", endpoint="
                        + options.endpoint() + "; use another endpoint (HF_ENDPOINT)");
            }
            return new RemoteFile(name, size, etag);
        }
    }

    /**
     * Asks for a file's bytes.
     *
     * @param from the first byte wanted; a server that ignores it sends the whole file, see {@link HubResponse#from}
     */
    HubResponse open(String commit, RemoteFile file, long from) throws TransferException, InterruptedException {
        HubResponse response = send(new Request("GET", resolve(commit, file.name()), from));
        try {
            checkCommit(response, commit);
            String linked =
                    response.hub("X-Linked-Etag").map(HubClient::unquoted).orElse(file.etag());
            if (!linked.equals(file.etag())) {
                throw new ModelLoadException("the hub serves another file than it lists: repository=" + repository
                        + ", file=" + file.name() + ", listed=" + file.etag() + ", served=" + HubError.printable(linked)
                        + "; use another endpoint (HF_ENDPOINT)");
            }
            long total = response.totalBytes();
            if (total >= 0 && total != file.size()) {
                throw new TransferException("size differs: expected=" + file.size() + ", served=" + total);
            }
            return response;
        } catch (TransferException | RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private void checkCommit(HubResponse response, String commit) {
        String served = response.hub("X-Repo-Commit").orElse(commit);
        if (!served.equals(commit)) {
            throw new ModelLoadException("the hub serves another commit: repository=" + repository + ", expected="
                    + commit + ", served=" + HubError.printable(served) + "; use another endpoint (HF_ENDPOINT)");
        }
    }

    private URI resolve(String commit, String name) {
        StringBuilder path = new StringBuilder(options.endpoint() + "/" + repository + "/resolve/" + commit);
        for (String segment : name.split("/")) {
            path.append('/').append(encode(segment));
        }
        return URI.create(path.toString());
    }

    /** What is asked for, before any redirect. */
    private record Request(String method, URI uri, long from) {

        HttpRequest at(URI uri, Optional<String> token) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .header("User-Agent", "qwen3tts")
                    .header("Accept-Encoding", "identity");
            if (from > 0) {
                request.header("Range", "bytes=" + from + "-");
            }
            token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
            return request.build();
        }
    }

    /** Follows redirects by hand: each hop decides anew whether it may see the token. */
    private HubResponse send(Request request) throws TransferException, InterruptedException {
        URI uri = request.uri();
        HttpHeaders hubHeaders = HttpHeaders.of(Map.of(), (name, value) -> true);
        for (int hop = 0; hop < MAX_HOPS; hop++) {
            boolean atHub = sameOrigin(uri, options.endpoint());
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> raw =
                    exchange(request.at(uri, atHub ? options.token() : Optional.empty()));
            hubHeaders = atHub ? raw.headers() : hubHeaders;
            HubResponse response = new HubResponse(hubHeaders, raw, stall);
            Optional<String> location = response.header("Location");
            if (response.status() / 100 != 3 || location.isEmpty()) {
                return accepted(request, response, atHub);
            }
            response.close();
            uri = redirected(uri, location.get());
            if (request.method().equals("HEAD") && !sameOrigin(uri, options.endpoint())) {
                return response; // the hub has said all about the file; where its bytes lie is not asked
            }
        }
        throw new TransferException("too many redirects: hops=" + MAX_HOPS + ", host=" + uri.getHost());
    }

    private HubResponse accepted(Request request, HubResponse response, boolean atHub)
            throws TransferException, InterruptedException {
        int status = response.status();
        if (status == 200 || status == 206 && response.from() == request.from()) {
            return response;
        }
        response.close();
        if (request.from() > 0 && (status == 206 || status == 416)) {
            return send(new Request(request.method(), request.uri(), 0)); // got another part or none: take the whole
        }
        throw new HubError(options, repository, response).toException(atHub);
    }

    /**
     * Waits for the headers, and no longer than a stall. The JDK's own limit may come to cover the body too, and its
     * asynchronous call completes on the common pool, which the caller may keep busy: hence a thread of our own.
     */
    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> exchange(HttpRequest request)
            throws TransferException, InterruptedException {
        FutureTask<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response =
                new FutureTask<>(() -> http.send(request, HttpResponse.BodyHandlers.ofPublisher()));
        Thread thread = new Thread(response, "qwen3tts-hub");
        thread.setDaemon(true);
        thread.start();
        String host = request.uri().getHost();
        try {
            return response.get(stall.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new TransferException("no response: host=" + host + ", failure=" + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new TransferException("no response for " + stall.toMillis() + " ms: host=" + host, e);
        } finally {
            response.cancel(true); // without effect on one that is complete
        }
    }

    private static URI redirected(URI from, String location) throws TransferException {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new TransferException("redirected to no address: host=" + from.getHost(), e);
        }
        boolean web =
                "https".equals(to.getScheme()) || "http".equals(to.getScheme()) && "http".equals(from.getScheme());
        if (!web || to.getHost() == null) {
            throw new ModelLoadException("redirected to an unsafe address: from=" + from.getHost() + ", scheme="
                    + to.getScheme() + ", host=" + to.getHost() + "; check HF_ENDPOINT and any proxy");
        }
        return to;
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** An etag without the marks of HTTP around it. */
    private static String unquoted(String etag) {
        return etag.replaceFirst("^W/", "").replace("\"", "");
    }

    private static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && port(a) == port(b);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }
}
