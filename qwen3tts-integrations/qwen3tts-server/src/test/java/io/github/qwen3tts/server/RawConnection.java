package io.github.qwen3tts.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection at the level of bytes: for what HTTP clients hide. It takes only little that is not read. */
final class RawConnection implements AutoCloseable {

    private static final int RECEIVE_BUFFER_BYTES = 4_096;
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    RawConnection(URI server) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        in = new DataInputStream(socket.getInputStream());
    }

    void send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    /** Asks for a speech; {@code version} such as HTTP/1.1. */
    RawConnection speak(String version, String json) throws IOException {
        send("POST /v1/audio/speech " + version + "\r\nHost: localhost\r\nContent-Length: "
                + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json);
        return this;
    }

    /**
     * The head of a response.
     *
     * @param status  of HTTP
     * @param headers by their names in lower case
     */
    record Head(int status, Map<String, String> headers) {}

    Head readHead() throws IOException {
        int status = Integer.parseInt(readLine().split(" ")[1]);
        return new Head(status, readFields());
    }

    /** Header or trailer fields up to the empty line. */
    Map<String, String> readFields() throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return fields;
    }

    /**
     * The next chunk of a chunked body.
     *
     * @return empty at the end of the body; its trailers follow
     * @throws EOFException if the connection ends before the body does
     */
    byte[] readChunk() throws IOException {
        byte[] chunk = new byte[Integer.parseInt(readLine(), 16)];
        if (chunk.length > 0) {
            in.readFully(chunk);
            readLine();
        }
        return chunk;
    }

    /** So many bytes of a body. */
    byte[] readBody(int count) throws IOException {
        byte[] body = new byte[count];
        in.readFully(body);
        return body;
    }

    /** What is left until the connection ends. */
    byte[] readAll() throws IOException {
        return in.readAllBytes();
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Breaks the connection without a goodbye, as a client that dies does. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
