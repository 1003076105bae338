package io.github.qwen3tts.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.api.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelHubTest {

    private static final String MODEL = "model.safetensors";
    private static final List<String> WANTED = List.of(
            "config.json",
            "merges.txt",
            "vocab.json",
            MODEL,
            "speech_tokenizer/config.json",
            "speech_tokenizer/model.safetensors");

    @TempDir
    Path cache;

    private final List<Long> pauses = new CopyOnWriteArrayList<>();
    private final RetryPolicy retryPolicy =
            new RetryPolicy(4, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(20), pauses::add);
    private FakeHub server;
    private HubOptions options;

    @BeforeEach
    void start() throws IOException {
        server = new FakeHub();
        options = HubOptions.from(Map.of(
                "HF_ENDPOINT",
                server.endpoint().toString(),
                "HF_HUB_CACHE",
                cache.toString(),
                "HF_HUB_DISABLE_IMPLICIT_TOKEN",
                "1"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ModelHub hub() {
        return new ModelHub(options, retryPolicy, Disk.LOCAL);
    }

    private Path download() {
        return hub().download(FakeHub.REPOSITORY);
    }

    private String failure() {
        return assertThrows(ModelLoadException.class, this::download).getMessage();
    }

    private Path folder() {
        return cache.resolve("models--Qwen--Qwen3-TTS-12Hz-0.6B-CustomVoice");
    }

    private Path snapshot() {
        return folder().resolve("snapshots").resolve(FakeHub.COMMIT);
    }

    private Path partial(String name) {
        return folder().resolve("blobs").resolve(server.etag(name) + ".qwen3tts.incomplete");
    }

    private void assertComplete(Path directory) throws IOException {
        for (String name : WANTED) {
            assertArrayEquals(server.files.get(name), Files.readAllBytes(directory.resolve(name)), name);
        }
        try (Stream<Path> blobs = Files.list(folder().resolve("blobs"))) {
            assertTrue(blobs.noneMatch(blob -> blob.toString().endsWith(".incomplete")));
        }
        assertFalse(Files.exists(folder().resolve("qwen3tts.tmp"), LinkOption.NOFOLLOW_LINKS));
        assertEquals(FakeHub.COMMIT, Files.readString(folder().resolve("refs/main")));
    }

    private static void put(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    // ---- the ordinary way

    @Test
    void fetchesTheFilesOfACheckpointIntoTheSharedLayout() throws IOException {
        Path directory = download();
        assertEquals(snapshot(), directory);
        assertComplete(directory);
        assertFalse(Files.exists(directory.resolve("README.md")));
        assertEquals(
                Path.of("../../blobs", server.etag("config.json")),
                Files.readSymbolicLink(directory.resolve("config.json")));
        assertEquals(
                Path.of("../../../blobs", server.etag("speech_tokenizer/model.safetensors")),
                Files.readSymbolicLink(directory.resolve("speech_tokenizer/model.safetensors")));
        assertEquals(List.of(), pauses);
    }

    @Test
    void whatIsHereIsNotFetchedAgain() throws IOException {
        download();
        server.requests.clear();
        assertComplete(download());
        assertEquals(1, server.requests.size(), "the listing alone: " + server.requests);
    }

    @Test
    void aPinnedCommitThatIsHereMakesNoRequest() throws IOException {
        options = options.withRevision(FakeHub.COMMIT);
        Path first = download();
        assertFalse(Files.exists(folder().resolve("refs")), "a commit stands for itself");
        server.requests.clear();
        assertEquals(first, download());
        assertEquals(List.of(), server.requests);
    }

    @Test
    void aTagIsRememberedUnderItsName() throws IOException {
        options = options.withRevision("refs/pr/1");
        download();
        assertEquals(FakeHub.COMMIT, Files.readString(folder().resolve("refs/refs/pr/1")));
        assertEquals(
                "/api/models/" + FakeHub.REPOSITORY + "/revision/refs/pr/1",
                server.requests.get(0).path());
    }

    @Test
    void fetchesOtherFilesWhenAsked() {
        options = options.withFiles(List.of("**.md", "speech_tokenizer/c*"));
        download();
        assertTrue(Files.exists(snapshot().resolve("README.md")));
        assertTrue(Files.exists(snapshot().resolve("speech_tokenizer/config.json")));
        assertFalse(Files.exists(snapshot().resolve("config.json")));
    }

    @Test
    void theTokenGoesToTheHubAndNowhereElse() {
        options = options.withToken("hf_secret");
        download();
        for (FakeHub.Request request : server.requests) {
            assertEquals(request.host().equals("hub") ? "Bearer hf_secret" : null, request.authorization());
        }
        assertFalse(server.requestsFor("delivery", MODEL).isEmpty());
    }

    @Test
    void aMirrorThatListsNamesOnlyIsAskedForEachFile() throws IOException {
        server.listsHashes = false;
        assertComplete(download());
        assertEquals("HEAD", server.requestsFor("hub", MODEL).get(0).method());
        assertEquals(1, server.requestsFor("delivery", MODEL).size(), "where bytes lie is asked for the bytes only");
    }

    @Test
    void aRenamedRepositoryIsFollowed() throws IOException {
        String moved =
                server.endpoint() + "/" + FakeHub.REPOSITORY + "/resolve/" + FakeHub.COMMIT + "/config.json?moved";
        server.plan("hub", "config.json", FakeHub.status(307, "Location", moved));
        assertComplete(download());
    }

    @Test
    void progressOfASlowDownloadCountsUpToTheTotal() {
        server.plan("delivery", MODEL, (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            for (int from = 0; from < content.length; from += 100_000) {
                exchange.getResponseBody().write(content, from, 100_000);
                exchange.getResponseBody().flush();
                Thread.yield();
            }
        });
        List<Progress> seen = progress();
        download();
        long total =
                WANTED.stream().mapToLong(name -> server.files.get(name).length).sum();
        assertEquals(0, seen.get(0).fraction());
        assertTrue(seen.size() > 10, seen::toString);
        for (int i = 1; i < seen.size(); i++) {
            assertTrue(seen.get(i).done() > seen.get(i - 1).done(), seen::toString);
        }
        Progress last = seen.get(seen.size() - 1);
        assertEquals(1, last.fraction());
        assertEquals(total, last.total());
        assertEquals("download " + FakeHub.REPOSITORY, last.task());
        assertEquals(folder(), last.folder());
    }

    @Test
    void progressNeverGoesBackWhenAFileIsFetchedAnew() throws IOException {
        put(partial(MODEL), new byte[2_500_000]); // damaged
        List<Progress> seen = progress();
        download();
        assertEquals(2_500_000, seen.get(0).done());
        for (int i = 1; i < seen.size(); i++) {
            assertTrue(seen.get(i).done() > seen.get(i - 1).done(), seen::toString);
        }
        assertEquals(1, seen.get(seen.size() - 1).fraction());
    }

    @Test
    void whatIsHereIsNoTask() {
        download();
        List<Progress> seen = progress();
        download();
        assertEquals(List.of(), seen);
    }

    private List<Progress> progress() {
        List<Progress> seen = new ArrayList<>();
        options = options.withProgress(seen::add);
        return seen;
    }

    @Test
    void anEmptyFileIsAFile() throws IOException {
        server.files.put("empty.txt", new byte[0]);
        assertEquals(0, Files.size(download().resolve("empty.txt")));
        assertEquals("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", server.etag("empty.txt"));
    }

    // ---- resuming

    @Test
    void aPartialFileIsContinued() throws IOException {
        byte[] content = server.files.get(MODEL);
        put(partial(MODEL), Arrays.copyOf(content, 1_234_567));
        assertComplete(download());
        assertEquals(
                List.of("bytes=1234567-"),
                server.requestsFor("delivery", MODEL).stream()
                        .map(FakeHub.Request::range)
                        .toList());
    }

    @Test
    void aPartialFileThatIsWholeNeedsNoRequest() throws IOException {
        put(partial(MODEL), server.files.get(MODEL));
        assertComplete(download());
        assertEquals(List.of(), server.requestsFor("hub", MODEL));
    }

    @Test
    void aPartialFileThatIsTooLongOrDamagedIsFetchedAnew() throws IOException {
        put(partial(MODEL), new byte[4_000_000]);
        put(partial("speech_tokenizer/model.safetensors"), new byte[1000]);
        assertComplete(download());
        assertNull(server.requestsFor("delivery", MODEL).get(0).range());
        List<FakeHub.Request> damaged = server.requestsFor("delivery", "speech_tokenizer/model.safetensors");
        assertEquals("bytes=1000-", damaged.get(0).range());
        assertNull(damaged.get(1).range());
    }

    @Test
    void aCutConnectionIsContinuedWhereItWasCut() throws IOException {
        server.plan("delivery", MODEL, (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 2_000_000);
            exchange.getResponseBody().flush();
            exchange.close();
        });
        assertComplete(download());
        String range = server.requestsFor("delivery", MODEL).get(1).range();
        long resumedAt = Long.parseLong(range.replaceAll("\\D", ""));
        assertTrue(resumedAt > 0 && resumedAt <= 2_000_000, range);
        assertEquals(List.of(1000L), pauses);
    }

    @Test
    void aConnectionThatStallsIsCutAndContinued() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        server.plan("delivery", MODEL, (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 1000);
            exchange.getResponseBody().flush();
            await(done);
        });
        RetryPolicy brief = new RetryPolicy(2, Duration.ZERO, Duration.ZERO, Duration.ofMillis(300), pauses::add);
        assertComplete(new ModelHub(options, brief, Disk.LOCAL).download(FakeHub.REPOSITORY));
        assertEquals("bytes=1000-", server.requestsFor("delivery", MODEL).get(1).range());
        done.countDown();
    }

    @Test
    void aServerThatIgnoresRangesIsReadFromTheStart() throws IOException {
        put(partial(MODEL), Arrays.copyOf(server.files.get(MODEL), 500_000));
        server.plan("delivery", MODEL, (exchange, content) -> FakeHub.send(exchange, 200, content));
        assertComplete(download());
        assertEquals(1, server.requestsFor("delivery", MODEL).size());
    }

    @Test
    void aServerThatSendsAnotherPartOrNoneIsAskedForTheWhole() throws IOException {
        put(partial(MODEL), Arrays.copyOf(server.files.get(MODEL), 500_000));
        server.plan("delivery", MODEL, (exchange, content) -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-9/" + content.length);
            FakeHub.send(exchange, 206, Arrays.copyOf(content, 10));
        });
        put(partial("config.json"), new byte[1]);
        server.plan("hub", "config.json", FakeHub.status(416));
        assertComplete(download());
        assertNull(server.requestsFor("delivery", MODEL).get(1).range());
        assertNull(server.requestsFor("hub", "config.json").get(1).range());
    }

    @Test
    void manyCutsAreFineAsLongAsBytesArrive() throws IOException {
        for (int cut = 0; cut < 2; cut++) { // more than one MiB each
            server.plan("delivery", MODEL, (exchange, content) -> {
                String range = exchange.getRequestHeaders().getFirst("Range");
                int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
                exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
                exchange.getResponseBody().write(content, from, 1_400_000);
                exchange.getResponseBody().flush();
                exchange.close();
            });
        }
        RetryPolicy twoTries = new RetryPolicy(2, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(20), pauses::add);
        assertComplete(new ModelHub(options, twoTries, Disk.LOCAL).download(FakeHub.REPOSITORY));
    }

    @Test
    void whatTheListenerThrowsEndsItsReportsOnly() throws IOException {
        List<Progress> seen = new ArrayList<>();
        options = options.withProgress(progress -> {
            seen.add(progress);
            throw new IllegalStateException("no terminal");
        });
        assertComplete(download());
        assertEquals(1, seen.size(), seen::toString);
    }

    // ---- what a server does wrong

    @ParameterizedTest
    @ValueSource(strings = {"config.json", MODEL})
    void oneDamagedTransferIsRepeatedAndTwoAreReported(String name) throws IOException {
        String host = name.equals(MODEL) ? "delivery" : "hub";
        FakeHub.Handler damaged = (exchange, content) -> {
            byte[] copy = content.clone();
            copy[copy.length / 2] ^= 1;
            FakeHub.send(exchange, 200, copy);
        };
        server.plan(host, name, damaged, damaged);
        String message = failure();
        assertTrue(message.startsWith("downloaded file is damaged: file=" + name), message);
        assertTrue(message.contains("expected=" + server.etag(name)), message);
        assertFalse(Files.exists(snapshot()));
        server.plan(host, name, damaged);
        assertComplete(download());
    }

    @Test
    void aFileOfAnotherSizeIsNotTaken() throws IOException {
        FakeHub.Handler longer = (exchange, content) -> FakeHub.send(exchange, 200, Arrays.copyOf(content, 3_000_001));
        server.plan("delivery", MODEL, longer, longer, longer, longer);
        String message = failure();
        assertTrue(message.contains("size differs: expected=3000000, served=3000001"), message);
        assertEquals(List.of(1000L, 2000L, 4000L), pauses);
    }

    @Test
    void moreBytesThanListedAreNotTaken() throws IOException {
        FakeHub.Handler endless = (exchange, content) -> {
            exchange.sendResponseHeaders(200, 0); // chunked: no length told
            exchange.getResponseBody().write(content);
            exchange.getResponseBody().write(1);
        };
        server.plan("delivery", MODEL, endless);
        assertComplete(download());
        assertEquals(List.of(1000L), pauses);
    }

    @Test
    void anotherCommitOrAnotherFileIsNotTaken() {
        server.servedCommit = "f".repeat(40);
        assertTrue(failure().startsWith("the hub serves another commit"));
        server.servedCommit = FakeHub.COMMIT;
        server.plan("hub", MODEL, FakeHub.status(200, "X-Linked-Etag", "\"" + "e".repeat(64) + "\""));
        assertTrue(failure().startsWith("the hub serves another file than it lists"));
    }

    @Test
    void aBusyServerIsGivenTheTimeItAsksFor() throws IOException {
        server.plan("hub", "listing", FakeHub.status(429, "Retry-After", "17"), FakeHub.status(503));
        server.plan("delivery", MODEL, FakeHub.status(502), FakeHub.status(403));
        assertComplete(download());
        assertEquals(List.of(17_000L, 2000L, 1000L, 2000L), pauses);
    }

    @Test
    void aServerCannotAskForEver() throws IOException {
        server.plan("hub", "listing", FakeHub.status(429, "Retry-After", "999999"));
        assertComplete(download());
        assertEquals(List.of(300_000L), pauses);
    }

    @Test
    void aServerThatStaysBusyIsGivenUp() {
        server.plan(
                "hub",
                "listing",
                FakeHub.status(503),
                FakeHub.status(500),
                FakeHub.status(504),
                FakeHub.status(503, "X-Error-Message", "maintenance"));
        String message = failure();
        assertTrue(message.contains("status=503, message=maintenance"), message);
        assertEquals(4, server.requests.size());
    }

    @Test
    void endlessRedirectsAreGivenUp() {
        FakeHub.Handler again = FakeHub.status(302, "Location", "listing");
        server.plan("hub", "listing", Stream.generate(() -> again).limit(40).toArray(FakeHub.Handler[]::new));
        assertTrue(failure().contains("too many redirects"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://localhost/x", "http:///x"})
    void aRedirectOutOfTheWebIsRefused(String location) {
        server.plan("hub", "listing", FakeHub.status(302, "Location", location));
        assertTrue(failure().startsWith("redirected to an unsafe address"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../evil.json",
                "/etc/evil.json",
                "a/../../evil.json",
                "..\\evil.json",
                "C:evil.json",
                "a//evil.json",
                "./evil.json",
                "evil.json\u0000",
                "a./evil.json"
            })
    void aRepositoryWithAnUnsafeFileNameIsRefused(String name) throws IOException {
        server.files.put(name, FakeHub.text("x"));
        assertTrue(failure().startsWith("the repository holds a file with an unsafe name"));
        try (Stream<Path> all = Files.walk(cache)) {
            assertTrue(all.filter(Files::isRegularFile).findAny().isEmpty());
        }
    }

    @Test
    void aListingWithAnUnsafeCommitOrNoJsonIsRefused() {
        server.plan(
                "hub",
                "listing",
                (exchange, content) -> FakeHub.send(exchange, 200, FakeHub.text("{\"sha\": \"../../x\"}")),
                (exchange, content) -> FakeHub.send(exchange, 200, FakeHub.text("<html>log in</html>")));
        assertTrue(failure().startsWith("the hub's listing names no commit"));
        assertTrue(failure().startsWith("the hub's listing is no JSON"));
    }

    @Test
    void aRepositoryWithoutACheckpointIsRefused() {
        server.files.clear();
        server.files.put("README.md", FakeHub.text("x"));
        assertTrue(failure().startsWith("the repository holds none of the files wanted"));
    }

    // ---- what a person does wrong

    @Test
    void aMisspeltNameIsAnsweredWithTheRightOnes() {
        server.plan("hub", "listing", FakeHub.status(401), FakeHub.status(404, "X-Error-Code", "RepoNotFound"));
        for (int i = 0; i < 2; i++) {
            String message = failure();
            assertTrue(message.startsWith("the hub knows no such model"), message);
            assertTrue(message.contains("repository=" + FakeHub.REPOSITORY), message);
            assertTrue(message.contains("0.6b-base = Qwen/Qwen3-TTS-12Hz-0.6B-Base"), message);
        }
        assertEquals(List.of(), pauses);
    }

    @Test
    void aRefusedTokenIsNamedButNotShown() {
        options = options.withToken("hf_secret");
        server.plan("hub", "listing", FakeHub.status(401, "X-Error-Message", "Invalid credentials"));
        String message = failure();
        assertTrue(message.contains("token=sent") && message.contains("renew HF_TOKEN"), message);
        assertFalse(message.contains("hf_secret"), message);
    }

    @Test
    void aGatedModelIsAnsweredWithWhereToAcceptItsLicence() {
        server.plan("hub", "listing", FakeHub.status(403), FakeHub.status(401, "X-Error-Code", "GatedRepo"));
        for (int i = 0; i < 2; i++) {
            String message = failure();
            assertTrue(
                    message.contains("accept its licence at " + server.endpoint() + "/" + FakeHub.REPOSITORY), message);
        }
    }

    @Test
    void aMissingRevisionAndAMissingFileAreTold() {
        server.plan("hub", "listing", FakeHub.status(404, "X-Error-Code", "RevisionNotFound"));
        assertTrue(failure().startsWith("the model has no such revision"));
        server.plan("hub", "merges.txt", FakeHub.status(404, "X-Error-Code", "EntryNotFound"));
        assertTrue(failure().startsWith("a file of the model is gone"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Qwen", "a/b/c", "../x", "a--b/c", "a/..", "/a", "a b/c", ""})
    void whatCannotBeANameIsRefused(String name) {
        assertThrows(InvalidRequestException.class, () -> hub().download(name));
        assertThrows(InvalidRequestException.class, () -> hub().resolve("no such directory " + name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x", "/x", "a/../b", ""})
    void whatCannotBeARevisionIsRefused(String revision) {
        assertThrows(InvalidRequestException.class, () -> options.withRevision(revision));
    }

    @Test
    void resolvesADirectoryAShortNameAndAName() throws IOException {
        Path mine = Files.createDirectories(cache.resolve("mine"));
        assertEquals(mine, hub().resolve(mine.toString()));
        assertEquals(List.of(), server.requests);
        assertComplete(hub().resolve("0.6B-Custom-Voice"));
        assertComplete(hub().resolve("Qwen3-TTS-12Hz-0.6B-CustomVoice"));
        assertComplete(hub().resolve(FakeHub.REPOSITORY));
    }

    // ---- without a network

    @Test
    void offlineUsesTheCacheAndMakesNoRequest() throws IOException {
        download();
        server.requests.clear();
        options = options.asOffline();
        assertComplete(download());
        assertEquals(List.of(), server.requests);
    }

    @Test
    void offlineWithoutTheModelSaysSo() throws IOException {
        options = options.asOffline();
        assertTrue(failure().startsWith("model is not in the cache, and no request is allowed"));
        put(folder().resolve("refs/main"), FakeHub.text(FakeHub.COMMIT));
        put(snapshot().resolve("config.json"), FakeHub.text("{}"));
        assertTrue(failure().startsWith("model is not in the cache"), "one file is no checkpoint");
        assertEquals(List.of(), server.requests);
    }

    @Test
    void anUnreachableHubIsDoneWithoutWhenTheModelIsHere() throws IOException {
        download();
        server.plan("hub", "listing", FakeHub.status(503));
        assertComplete(download());
        server.close();
        assertComplete(download());
        assertEquals(List.of(), pauses);
    }

    @Test
    void anUnreachableHubIsTriedOnceMoreAndReportedWhenTheModelIsNotHere() {
        server.close();
        String message = failure();
        assertTrue(message.startsWith("cannot download the model: repository=" + FakeHub.REPOSITORY), message);
        assertTrue(message.endsWith("check the network and any proxy, or give the folder of a checkpoint"), message);
        assertEquals(List.of(1000L), pauses);
    }

    // ---- the cache

    @Test
    void aCacheThatThePythonClientFilledIsUsedAsItIs() throws IOException {
        for (String name : WANTED) {
            Path blob = folder().resolve("blobs").resolve(server.etag(name));
            put(blob, server.files.get(name));
            Path link = snapshot().resolve(name);
            Files.createDirectories(link.getParent());
            if (!name.equals(MODEL)) {
                Files.createSymbolicLink(link, link.getParent().relativize(blob));
            }
        }
        put(folder().resolve("refs/main"), FakeHub.text(FakeHub.COMMIT));
        assertComplete(download());
        assertEquals(1, server.requests.size(), "content is here, only its link was missing: " + server.requests);
    }

    @Test
    void aNewCommitSharesTheContentOfTheOld() throws IOException {
        Path old = folder().resolve("snapshots").resolve("a".repeat(40)).resolve("config.json");
        Path blob = folder().resolve("blobs").resolve(server.etag("config.json"));
        put(blob, server.files.get("config.json"));
        Files.createDirectories(old.getParent());
        Files.createSymbolicLink(old, old.getParent().relativize(blob));
        put(folder().resolve("refs/main"), FakeHub.text("a".repeat(40)));
        assertComplete(download());
        assertEquals(List.of(), server.requestsFor("hub", "config.json"));
        assertTrue(Files.exists(old));
    }

    @Test
    void aBrokenLinkAndATruncatedFileAreRepaired() throws IOException {
        Path directory = download();
        Files.delete(folder().resolve("blobs").resolve(server.etag("vocab.json")));
        Files.write(folder().resolve("blobs").resolve(server.etag(MODEL)), new byte[10]);
        assertComplete(download());
        assertTrue(Files.isSymbolicLink(directory.resolve("vocab.json")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutLinksTheSnapshotHoldsTheContentItself(boolean unsupported) throws IOException {
        Disk noLinks = new Disk() {
            @Override
            public void link(Path link, Path target) throws IOException {
                if (unsupported) {
                    throw new UnsupportedOperationException("no links here");
                }
                throw new FileSystemException(link.toString(), null, "a privilege is not held");
            }

            @Override
            public long usableBytes(Path directory) {
                return Long.MAX_VALUE;
            }
        };
        Path shared = folder().resolve("blobs").resolve(server.etag("vocab.json"));
        put(shared, server.files.get("vocab.json")); // may belong to another snapshot: copied, not moved
        ModelHub hub = new ModelHub(options, retryPolicy, noLinks);
        assertComplete(hub.download(FakeHub.REPOSITORY));
        assertTrue(Files.isRegularFile(snapshot().resolve(MODEL), LinkOption.NOFOLLOW_LINKS));
        assertFalse(Files.exists(folder().resolve("blobs").resolve(server.etag(MODEL))), "not kept twice");
        assertTrue(Files.exists(shared));
        server.requests.clear();
        assertComplete(hub.download(FakeHub.REPOSITORY));
        assertEquals(1, server.requests.size());
    }

    @Test
    void aRepositoryFolderMayBeALinkToAnotherDisk() throws IOException {
        Path elsewhere = Files.createDirectories(cache.resolve("elsewhere"));
        Files.createSymbolicLink(folder(), elsewhere);
        assertComplete(download());
    }

    @Test
    void tooLittleSpaceIsToldBeforeAnythingIsFetched() throws IOException {
        long total =
                WANTED.stream().mapToLong(name -> server.files.get(name).length).sum();
        put(partial(MODEL), Arrays.copyOf(server.files.get(MODEL), 1_000_000));
        long needed = total - 1_000_000;
        Disk small = new Disk() {
            @Override
            public void link(Path link, Path target) throws IOException {
                Disk.LOCAL.link(link, target);
            }

            @Override
            public long usableBytes(Path directory) {
                return needed - 1;
            }
        };
        ModelLoadException refused = assertThrows(
                ModelLoadException.class, () -> new ModelHub(options, retryPolicy, small).download(FakeHub.REPOSITORY));
        assertTrue(refused.getMessage().contains("neededBytes=" + needed + ", usableBytes=" + (needed - 1)));
        assertEquals(1, server.requests.size());
    }

    @Test
    void aCacheThatCannotBeWrittenIsTold() throws IOException {
        options = options.withCache(Files.writeString(cache.resolve("file"), "not a folder"));
        String message = failure();
        assertTrue(message.startsWith("cannot use the model cache") && message.contains("HF_HUB_CACHE"), message);
    }

    // ---- at once

    @Test
    void twoThreadsFetchEachFileOnce() throws Exception {
        ModelHub shared = hub();
        CompletableFuture<Path> other = CompletableFuture.supplyAsync(() -> shared.download(FakeHub.REPOSITORY));
        CompletableFuture<Path> third = CompletableFuture.supplyAsync(this::download);
        assertComplete(shared.download(FakeHub.REPOSITORY));
        assertComplete(other.get(60, TimeUnit.SECONDS));
        assertComplete(third.get(60, TimeUnit.SECONDS));
        for (String name : WANTED) {
            assertEquals(1, server.requestsFor("hub", name).size(), name);
        }
    }

    @Test
    void aBusyCommonPoolDoesNotHoldTheDownloadUp() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        for (int i = 0; i < 2 * ForkJoinPool.getCommonPoolParallelism(); i++) {
            ForkJoinPool.commonPool().execute(() -> await(done));
        }
        try {
            assertComplete(download());
        } finally {
            done.countDown();
        }
    }

    @Test
    void twoProcessesFetchEachFileOnce() throws Exception {
        CountDownLatch otherWaits = new CountDownLatch(1);
        server.plan("hub", "config.json", (exchange, content) -> {
            await(otherWaits);
            FakeHub.sendRange(exchange, content);
        });
        CompletableFuture<Path> here = CompletableFuture.supplyAsync(this::download);
        while (server.requestsFor("hub", "config.json").isEmpty()) {
            Thread.onSpinWait(); // until this process holds the lock and waits for its first file
        }
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        server.endpoint().toString(),
                        cache.toString())
                .redirectErrorStream(true)
                .start();
        try {
            while (server.requests.stream()
                            .filter(r -> r.path().startsWith("/api/"))
                            .count()
                    < 2) {
                assertTrue(other.isAlive(), () -> "ended early: " + output(other));
                Thread.onSpinWait();
            }
            otherWaits.countDown();
            assertComplete(here.get(60, TimeUnit.SECONDS));
            assertTrue(other.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, other.exitValue(), () -> output(other));
        } finally {
            other.destroyForcibly();
        }
        for (String name : WANTED) {
            assertEquals(1, server.requestsFor("hub", name).size(), name);
        }
    }

    /** What the other process runs. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) {
            HubOptions options =
                    HubOptions.from(Map.of("HF_HUB_CACHE", args[1])).withEndpoint(URI.create(args[0]));
            new ModelHub(options).download(FakeHub.REPOSITORY);
        }
    }

    private static String output(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void anInterruptEndsTheDownloadAndStaysSet() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        server.plan("delivery", MODEL, (exchange, content) -> await(done));
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                download();
            } catch (ModelLoadException e) {
                interrupted.complete(
                        Thread.currentThread().isInterrupted() && e.getMessage().contains("interrupted"));
            }
        });
        thread.start();
        while (server.requestsFor("delivery", MODEL).isEmpty()) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        assertTrue(interrupted.get(60, TimeUnit.SECONDS));
        done.countDown();
    }

    // ---- names and networks

    @ParameterizedTest
    @CsvSource({
        "Qwen/Qwen3-TTS-1.5B, 1.7B-Base",
        "Qwen/Qwen3-TTS-12Hz-0.6B-Custom, 0.6B-CustomVoice",
        "qwen3-tts-0.6b, 0.6B-Base",
        "qwen/qwen3-tts-12hz-1.7b-custom-voices, 1.7B-CustomVoice",
        "QwenLM/Qwen3-TTS-12Hz-0.6B-VoiceDesign, 1.7B-VoiceDesign",
        "Qwen/Qwen3-TTS-25Hz-0.6B-Base, 0.6B-Base",
        "Qwen3-TTS, 0.6B-Base",
        "Qwen/Qwen3_TTS_VoiceDesing, 1.7B-VoiceDesign"
    })
    void aNameThatWasNeverReleasedIsAnsweredWithTheNearestAndNoRequest(String name, String nearest) {
        InvalidRequestException refused = assertThrows(InvalidRequestException.class, () -> hub().resolve(name));
        assertEquals(
                "unknown model: model=" + name + "; did you mean Qwen/Qwen3-TTS-12Hz-" + nearest + "?",
                refused.getMessage());
        assertEquals(List.of(), server.requests);
    }

    @Test
    void aNameOfAnotherOwnerIsAskedOfTheHub() {
        server.plan("hub", "listing", FakeHub.status(404));
        assertThrows(ModelLoadException.class, () -> hub().resolve("somebody/Qwen3-TTS-my-voice"));
        assertEquals(1, server.requests.size());
    }

    @Test
    void aHostThatCannotBeResolvedIsTriedOnceMoreOnly() {
        options = options.withEndpoint(URI.create("http://no-such-host.invalid"));
        failure();
        assertEquals(List.of(1000L), pauses);
    }

    @Test
    void aConnectionThatIsRefusedInTheMiddleIsTriedAsOftenAsOthers() {
        server.plan("hub", MODEL, (exchange, content) -> {
            server.closeDelivery();
            exchange.getResponseHeaders().set("X-Repo-Commit", FakeHub.COMMIT);
            exchange.getResponseHeaders().set("Location", server.delivery() + "/" + MODEL);
            exchange.sendResponseHeaders(302, -1);
        });
        failure();
        assertEquals(List.of(1000L, 2000L, 4000L), pauses);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
