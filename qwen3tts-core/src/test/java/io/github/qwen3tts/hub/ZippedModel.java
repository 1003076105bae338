package io.github.qwen3tts.hub;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A bundled model of a few files, which counts how often its archive is opened. */
public class ZippedModel implements BundledModel {

    private static final int WEIGHT_BYTES = 3_000_000; // long enough to be killed in

    /** Found by {@link java.util.ServiceLoader} where a test names it. */
    public static final class Found extends ZippedModel {
        /** For the loader. */
        public Found() {
            super("found", files(1));
        }
    }

    final AtomicInteger openings = new AtomicInteger();
    private final String name;
    private final byte[] archive;
    private final String sha256;

    ZippedModel(String name, Map<String, byte[]> files) {
        this(name, zip(files));
    }

    ZippedModel(String name, byte[] archive) {
        this(name, archive, sha256(archive));
    }

    ZippedModel(String name, byte[] archive, String sha256) {
        this.name = name;
        this.archive = archive;
        this.sha256 = sha256;
    }

    /** Files as a checkpoint has them, the same for the same seed. */
    static Map<String, byte[]> files(long seed) {
        Random random = new Random(seed);
        Map<String, byte[]> files = new TreeMap<>();
        for (String file : new String[] {"model.safetensors", "speech_tokenizer/model.safetensors"}) {
            byte[] weights = new byte[WEIGHT_BYTES];
            random.nextBytes(weights);
            files.put(file, weights);
        }
        files.put("config.json", ("{\"seed\": " + seed + "}").getBytes());
        files.put("empty.txt", new byte[0]);
        return files;
    }

    static byte[] zip(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTime(0); // the same bytes in every process
                zip.putNextEntry(entry);
                zip.write(file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "random bytes";
    }

    @Override
    public String sha256() {
        return sha256;
    }

    @Override
    public InputStream open() {
        openings.incrementAndGet();
        return new ByteArrayInputStream(archive);
    }
}
