package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which way the arrows point: every name of another package, in the sources of all modules, against one list. */
class ImportsTest {

    private static final String ROOT = "io.github.qwen3tts";

    private static final List<String> MODULES = List.of(
            "qwen3tts-bench",
            "qwen3tts-hearing",
            "qwen3tts-examples-clients",
            "qwen3tts-examples",
            "qwen3tts-integrations/qwen3tts-server",
            "qwen3tts-integrations/qwen3tts-demo-voice",
            "qwen3tts-core",
            "qwen3tts-audio");

    /** A package may use any line below its own and never one above. */
    private static final List<String> TOP_DOWN = List.of(
            ROOT + ".bench",
            ROOT + ".bench.synth",
            ROOT + ".examples.client",
            ROOT + ".examples",
            ROOT + ".server",
            ROOT + ".server.internal.http",
            ROOT + ".demo",
            ROOT,
            ROOT + ".config",
            ROOT + ".internal.device",
            ROOT + ".internal.engine",
            ROOT + ".internal.model.cuda",
            ROOT + ".internal.model",
            ROOT + ".internal.model.graph",
            ROOT + ".internal.runtime",
            ROOT + ".internal.runtime.cuda",
            ROOT + ".internal.onnx",
            ROOT + ".internal.quantize",
            ROOT + ".internal.checkpoint",
            ROOT + ".internal.prompt",
            ROOT + ".internal.text",
            ROOT + ".internal.sample",
            ROOT + ".hub",
            ROOT + ".api",
            ROOT + ".internal.stream",
            ROOT + ".internal.voice",
            ROOT + ".internal.safetensors",
            ROOT + ".internal.json",
            ROOT + ".internal",
            ROOT + ".hearing",
            ROOT + ".audio",
            ROOT + ".audio.internal.ffmpeg",
            ROOT + ".audio.internal.wav",
            ROOT + ".audio.internal.dsp",
            ROOT + ".audio.internal");

    /** Values and the internals they are a face of: {@code Voice.load} reads a file that only internals know. */
    private static final List<Set<String>> FACES = List.of(
            Set.of(ROOT + ".api", ROOT + ".internal", ROOT + ".internal.stream", ROOT + ".internal.voice"),
            Set.of(
                    ROOT + ".audio",
                    ROOT + ".audio.internal.ffmpeg",
                    ROOT + ".audio.internal.wav",
                    ROOT + ".audio.internal.dsp",
                    ROOT + ".audio.internal"));

    /** What stands outside, and the only packages that know of it. */
    private static final Map<String, Set<String>> ONLY = Map.of(
            "ai.onnxruntime", Set.of(ROOT + ".internal.runtime"),
            "ai.onnx.proto", Set.of(), // for tests
            "com.google.protobuf", Set.of(),
            "org.bytedeco.cuda", Set.of(ROOT + ".internal.runtime.cuda", ROOT + ".internal.model.cuda"),
            "org.bytedeco.ffmpeg", Set.of(ROOT + ".audio.internal.ffmpeg"),
            "org.bytedeco.javacpp",
                    Set.of(
                            ROOT + ".internal.runtime.cuda",
                            ROOT + ".internal.model.cuda",
                            ROOT + ".audio.internal.ffmpeg"),
            "javax.sound", Set.of(ROOT + ".audio", ROOT + ".api"),
            "edu.cmu.sphinx", Set.of(ROOT + ".hearing"));

    /** What a package may use at most of ours, where that is less than all below it. */
    private static final Map<String, Set<String>> AT_MOST =
            Map.of(ROOT + ".hub", Set.of(ROOT + ".api", ROOT + ".internal"));

    /** What a package must do without: graphs are built of what is handed in. */
    private static final Map<String, Set<String>> NEVER =
            Map.of(ROOT + ".internal.model.graph", Set.of("java.io", "java.nio.file"));

    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

    /** The package part of any qualified name, in an import or in the code. */
    private static final Pattern QUALIFIED = Pattern.compile("\\b((?:[a-z][a-z0-9_]*\\.)+)(?=[A-Z*_])");

    private static final Pattern COMMENT_OR_STRING =
            Pattern.compile("/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"", Pattern.DOTALL);

    /** A source file: its package, and the packages it names. */
    private record Source(String file, String from, Set<String> names) {}

    @Test
    void packagesUseWhatLiesBelowThem() throws IOException {
        List<Source> sources = new ArrayList<>();
        for (String module : MODULES) {
            Path main = repository().resolve(module).resolve("src/main/java");
            try (Stream<Path> files = Files.walk(main)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java") && !f.endsWith("module-info.java"))
                        .toList()) {
                    sources.add(read(main.relativize(file).toString(), Files.readString(file)));
                }
            }
        }
        assertTrue(sources.size() > 150, "sources found: " + sources.size());
        assertEquals(
                "",
                String.join(
                        "\n", sources.stream().flatMap(ImportsTest::complaints).toList()));
    }

    @Test
    void everyKindOfWrongArrowIsSeen() {
        assertEquals(List.of(), complaintsAbout("api", "import io.github.qwen3tts.audio.Pcm;"));
        assertEquals(List.of(), complaintsAbout("internal.engine", "// import ai.onnxruntime.OrtSession;"));
        assertEquals(List.of(), complaintsAbout("internal.engine", "String s = \"ai.onnxruntime.OrtSession\";"));
        assertEquals(
                List.of("X.java: api must not use internal.engine"),
                complaintsAbout("api", "import io.github.qwen3tts.internal.engine.SpeechEngine;"));
        assertEquals(
                List.of("X.java: internal.model must not use (root)"),
                complaintsAbout("internal.model", "import static io.github.qwen3tts.TtsEngine.open;"));
        assertEquals(
                List.of("X.java: hub must not use internal.safetensors"),
                complaintsAbout("hub", "import io.github.qwen3tts.internal.safetensors.Safetensors;"));
        assertEquals(
                List.of("X.java: internal.engine must not use ai.onnxruntime"),
                complaintsAbout("internal.engine", "var session = new ai.onnxruntime.OrtSession();"));
        assertEquals(
                List.of("X.java: audio.internal.wav must not use javax.sound"),
                complaintsAbout("audio.internal.wav", "import javax.sound.sampled.*;"));
        assertEquals(
                List.of("X.java: internal.runtime must not use org.bytedeco.cuda"),
                complaintsAbout("internal.runtime", "import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;"));
        assertEquals(
                List.of("X.java: internal.onnx must not use com.google.protobuf"),
                complaintsAbout("internal.onnx", "import com.google.protobuf.ByteString;"));
        assertEquals(
                List.of("X.java: internal.model.graph must not use java.nio.file"),
                complaintsAbout("internal.model.graph", "import java.nio.file.Path;"));
        assertEquals(List.of("X.java: elsewhere is not in the list of packages"), complaintsAbout("elsewhere", ""));
    }

    private static List<String> complaintsAbout(String from, String code) {
        return complaints(read("X.java", "package " + ROOT + "." + from + ";\n" + code))
                .toList();
    }

    private static Source read(String file, String text) {
        Matcher from = PACKAGE.matcher(text);
        if (!from.find()) {
            throw new AssertionError("no package: " + file);
        }
        String code = COMMENT_OR_STRING.matcher(text).replaceAll(" ");
        Set<String> names = new TreeSet<>();
        Matcher qualified = QUALIFIED.matcher(code);
        while (qualified.find()) {
            String name = qualified.group(1);
            names.add(name.substring(0, name.length() - 1));
        }
        return new Source(file, from.group(1), names);
    }

    private static Stream<String> complaints(Source source) {
        int own = TOP_DOWN.indexOf(source.from());
        if (own < 0) {
            return Stream.of(source.file() + ": " + shortName(source.from()) + " is not in the list of packages");
        }
        List<String> wrong = new ArrayList<>();
        for (String name : source.names()) {
            if (name.startsWith(ROOT) && !name.equals(source.from())) {
                boolean below = TOP_DOWN.indexOf(name) > own
                        || FACES.stream().anyMatch(face -> face.containsAll(List.of(name, source.from())));
                Set<String> atMost = AT_MOST.get(source.from());
                if (!below || atMost != null && !atMost.contains(name)) {
                    wrong.add(shortName(name));
                }
            }
            ONLY.forEach((outside, users) -> {
                if ((name + ".").startsWith(outside + ".") && !users.contains(source.from())) {
                    wrong.add(outside);
                }
            });
        }
        for (String never : NEVER.getOrDefault(source.from(), Set.of())) {
            if (source.names().stream().anyMatch(name -> (name + ".").startsWith(never + "."))) {
                wrong.add(never);
            }
        }
        return wrong.stream().map(name -> source.file() + ": " + shortName(source.from()) + " must not use " + name);
    }

    private static String shortName(String name) {
        return name.equals(ROOT) ? "(root)" : name.substring(ROOT.length() + 1);
    }

    /** The directory of the modules, from wherever in it the tests run. */
    private static Path repository() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("qwen3tts-core"))) {
                return at;
            }
        }
        throw new AssertionError("not in the repository: " + Path.of("").toAbsolutePath());
    }
}
