package io.github.qwen3tts.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteAudioTest {

    private static final int MAX_BYTES = 1_000;

    private static HttpServer host;

    @BeforeAll
    static void start() throws IOException {
        host = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/clip.wav", 200, MAX_BYTES);
        answer("/large.wav", 200, MAX_BYTES + 1);
        answer("/gone.wav", 404, 3);
        host.createContext("/moved.wav", exchange -> {
            exchange.getResponseHeaders().set("Location", "/clip.wav");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        host.start();
    }

    private static void answer(String path, int status, int bytes) {
        host.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, bytes);
            exchange.getResponseBody().write(new byte[bytes]);
            exchange.close();
        });
    }

    @AfterAll
    static void stop() {
        host.stop(0);
    }

    private static String at(String path) {
        return "http://localhost:" + host.getAddress().getPort() + path;
    }

    private static String refused(RemoteAudio remote, String address) {
        ApiException refused = assertThrows(ApiException.class, () -> remote.fetch(address));
        assertEquals(400, refused.status());
        return refused.getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:%d"})
    void aListedHostIsAsked(String listed) {
        String entry = listed.replace("%d", Integer.toString(host.getAddress().getPort()));
        RemoteAudio remote = new RemoteAudio(List.of(entry), MAX_BYTES, address -> true);
        assertArrayEquals(new byte[MAX_BYTES], remote.fetch(at("/clip.wav")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/large.wav | failure=",
                "/gone.wav | status 404",
                "/moved.wav | redirects are not followed",
            })
    void whatIsNotTheAudioIsRefused(String path, String reason) {
        String message = refused(new RemoteAudio(List.of("localhost"), MAX_BYTES, address -> true), at(path));
        assertTrue(message.contains(reason), message);
    }

    @Test
    void everyAddressOfAHostIsCheckedBeforeItIsAsked() {
        RemoteAudio remote = new RemoteAudio(List.of("localhost"), MAX_BYTES, PublicAddresses::contains);
        String message = refused(remote, at("/clip.wav"));
        assertTrue(message.contains("private addresses"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://other.example/clip.wav",
                "http://localhost:1/clip.wav",
                "http://localhost@other.example/clip.wav",
                "http://user:password@localhost/clip.wav",
                "http:///clip.wav",
                "http://local host/",
            })
    void onlyListedHostsAndPortsCount(String address) {
        refused(new RemoteAudio(List.of("localhost:80"), MAX_BYTES, any -> true), address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "255.255.255.255",
                "192.0.2.1",
                "198.18.0.1",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "2002:a00:1::",
                "2001:db8::1",
                "2001::1"
            })
    void addressesInsideANetworkAreNotPublic(String address) throws IOException {
        assertTrue(!PublicAddresses.contains(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "93.184.216.34", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450::1"})
    void addressesOfTheInternetArePublic(String address) throws IOException {
        assertTrue(PublicAddresses.contains(InetAddress.getByName(address)));
    }
}
