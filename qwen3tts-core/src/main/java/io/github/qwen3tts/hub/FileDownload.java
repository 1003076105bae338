package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.ModelLoadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongConsumer;

/** Fetches one file into a partial file that survives a failure and is continued by the next try or the next process. */
final class FileDownload {

    private static final int READ_BACK_BYTES = 1 << 20;

    private final HubClient client;
    private final String commit;
    private final RemoteFile file;
    private final Path partial;
    private final LongConsumer progress;
    private long received;
    private boolean mismatched;

    /**
     * Of one file.
     *
     * @param partial  where it grows
     * @param progress told how many bytes of the file are here
     */
    FileDownload(HubClient client, String commit, RemoteFile file, Path partial, LongConsumer progress) {
        this.client = client;
        this.commit = commit;
        this.file = file;
        this.partial = partial;
        this.progress = progress;
    }

    /** Tries until the partial file is complete and hashes to what the hub listed. */
    void run(RetryPolicy retryPolicy) throws IOException, InterruptedException {
        retryPolicy.retry(() -> received, this::attempt);
    }

    private Void attempt() throws IOException, InterruptedException {
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ContentHash hash = new ContentHash(file);
            received = out.size();
            if (received > file.size()) {
                restart(out, hash);
            }
            readBack(out, hash);
            if (received < file.size()) {
                receive(out, hash);
            }
            String actual = hash.hex();
            if (!actual.equals(file.etag())) {
                restart(out, hash);
                throw mismatch(actual);
            }
            out.force(true);
            return null;
        }
    }

    private void receive(FileChannel out, ContentHash hash) throws IOException, InterruptedException {
        try (HubResponse response = client.open(commit, file, received)) {
            if (response.from() != received) {
                restart(out, hash);
            }
            for (List<ByteBuffer> piece = response.next(); !piece.isEmpty(); piece = response.next()) {
                for (ByteBuffer buffer : piece) {
                    if (received + buffer.remaining() > file.size()) {
                        restart(out, hash);
                        throw new TransferException("more bytes came than the file has: size=" + file.size());
                    }
                    received += buffer.remaining();
                    hash.update(buffer.duplicate());
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                }
                progress.accept(received);
            }
        }
        if (received < file.size()) {
            throw new TransferException("connection cut: received=" + received + ", size=" + file.size());
        }
    }

    /** Hashes what an earlier try left, and stands behind it. */
    private void readBack(FileChannel out, ContentHash hash) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(READ_BACK_BYTES);
        while (out.position() < received && out.read(buffer) >= 0) {
            hash.update(buffer.flip());
            buffer.clear();
        }
    }

    private void restart(FileChannel out, ContentHash hash) throws IOException {
        out.truncate(0).position(0);
        hash.restart();
        received = 0;
    }

    /** Once may be a damaged partial file or a bad cache on the way; twice will not get better. */
    private TransferException mismatch(String actual) {
        String values =
                "file=" + file.name() + ", commit=" + commit + ", expected=" + file.etag() + ", actual=" + actual;
        if (mismatched) {
            throw new ModelLoadException("downloaded file is damaged: " + values
                    + "; something on the way alters it: check any proxy, or use another endpoint (HF_ENDPOINT)");
        }
        mismatched = true;
        return new TransferException("hash differs: " + values);
    }
}
