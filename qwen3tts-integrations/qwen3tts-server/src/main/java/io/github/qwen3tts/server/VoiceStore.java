package io.github.qwen3tts.server;

import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.TtsException;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.server.VoiceCatalog.Entry;
import io.github.qwen3tts.server.VoiceCatalog.Source;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.regex.Pattern;

/** Keeps uploaded voices as voice files in a directory, each under its name. Thread-safe. */
final class VoiceStore {

    private static final System.Logger LOG = System.getLogger(VoiceStore.class.getName());

    private static final String EXTENSION = ".voice";
    private static final int MAX_VOICES = 1_000;
    private static final int MAX_FILE_NAME =
            200; // file systems take 255, and one that is being written has a longer one
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M} ._-]{0,63}");

    private final Path directory;
    private final VoiceCatalog voices;

    /**
     * Adds the voices of the directory to the catalog. Skips one that cannot be read, with a warning in the log.
     *
     * @param directory is created if it is missing
     * @param voices    receives them
     * @throws IOException if the directory cannot be read
     */
    VoiceStore(Path directory, VoiceCatalog voices) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.voices = voices;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + EXTENSION)) {
            for (Path file : files) {
                try {
                    voices.add(Entry.of(name(file), Voice.load(file), Source.UPLOADED));
                } catch (TtsException | IllegalArgumentException e) {
                    LOG.log(System.Logger.Level.WARNING, "voice skipped: {0}", e.getMessage());
                }
            }
        }
    }

    /** Normalises a name: composed, in lower case, letters and digits of any script with a few marks between. */
    static String checkedName(String typed) {
        String name = VoiceCatalog.key(Normalizer.normalize(typed, Normalizer.Form.NFC));
        if (!NAME.matcher(name).matches()) {
            throw ApiException.invalid(
                    "name", "name must have 1 to 64 letters, digits, blanks, dots, hyphens or underscores");
        }
        if (file(Path.of(""), name).toString().length() > MAX_FILE_NAME) {
            throw ApiException.invalid("name", "name is too long in this script: take half of it");
        }
        return name;
    }

    void requireFree(String name) {
        if (voices.isTaken(name)) {
            throw ApiException.conflict("name", "there is a voice of this name; delete it first, or take another one");
        }
    }

    synchronized Entry add(String name, ClonedVoice voice) throws IOException {
        requireFree(name);
        if (voices.entries().size() >= MAX_VOICES) {
            throw ApiException.invalid(null, "there are too many voices: max=" + MAX_VOICES + "; delete some");
        }
        voice.save(file(directory, name));
        Entry entry = Entry.of(name, voice, Source.UPLOADED);
        voices.add(entry);
        return entry;
    }

    synchronized void remove(Entry entry) throws IOException {
        Files.deleteIfExists(file(directory, entry.id()));
        voices.remove(entry.id());
    }

    /** File of a voice; percent-encoded, since a file system may not take every letter of a name. */
    private static Path file(Path directory, String name) {
        return directory.resolve(URLEncoder.encode(name, StandardCharsets.UTF_8) + EXTENSION);
    }

    private static String name(Path file) {
        String text = file.getFileName().toString();
        return checkedName(
                URLDecoder.decode(text.substring(0, text.length() - EXTENSION.length()), StandardCharsets.UTF_8));
    }
}
