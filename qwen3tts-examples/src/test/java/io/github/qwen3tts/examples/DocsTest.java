package io.github.qwen3tts.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks the pages against the code and against each other. */
class DocsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SOURCES = Path.of("src/main/java/io/github/qwen3tts/examples");
    private static final Path TESTS = Path.of("src/test/java/io/github/qwen3tts/examples");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FENCE = Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|<img src=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"));
                Stream<Path> root = Files.list(ROOT)) {
            return Stream.concat(root, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    @Test
    void theProgramOfTheReadmeIsTheExampleLineByLine() throws IOException {
        MatchResult program = JAVA.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .findFirst()
                .orElseThrow();
        String example = Files.readString(SOURCES.resolve("SayHello.java"));
        assertEquals(example.substring(example.indexOf("import ")), program.group(1));
    }

    /** So every program of the pages is compiled, formatted, and run by {@link ApiProgramsTest}. */
    @Test
    void everyProgramStandsInAFileThatIsCompiled() throws IOException {
        StringBuilder compiled = new StringBuilder();
        for (String file : List.of("ApiPrograms.java", "ApiProgramsTest.java", "Announcer.java")) {
            compiled.append(unindented(Files.readString(TESTS.resolve(file))));
        }
        compiled.append(unindented(Files.readString(SOURCES.resolve("SayHello.java"))));
        int programs = 0;
        for (Path page : pages()) {
            for (MatchResult block :
                    JAVA.matcher(Files.readString(page)).results().toList()) {
                String program = unindented(block.group(1));
                assertTrue(compiled.indexOf(program) >= 0, page + ": change ApiPrograms, too:\n" + program);
                programs++;
            }
        }
        assertTrue(programs > 10, "programs=" + programs);
    }

    private static String unindented(String java) {
        return Pattern.compile("^ +", Pattern.MULTILINE).matcher(java).replaceAll("");
    }

    @Test
    void everyLinkLeadsToAFileAndAHeadingThatAreThere() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            String text = FENCE.matcher(Files.readString(page)).replaceAll("");
            for (MatchResult link : LINK.matcher(text).results().toList()) {
                String target = link.group(1) != null ? link.group(1) : link.group(2);
                if (!target.matches("https?:.*")) {
                    links++;
                    if (!leadsSomewhere(page, target)) {
                        broken.add(ROOT.relativize(page) + ": " + target);
                    }
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(links > 20, "links=" + links);
    }

    private static boolean leadsSomewhere(Path page, String target) throws IOException {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        if (!file.startsWith(ROOT) || !Files.exists(file)) {
            return false;
        }
        return parts.length == 1
                || HEADING.matcher(FENCE.matcher(Files.readString(file)).replaceAll(""))
                        .results()
                        .anyMatch(heading -> anchor(heading.group(1)).equals(parts[1]));
    }

    /** As GitHub makes it of a heading: lower case, blanks to hyphens, nothing else but letters, digits and hyphens. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\- _]", "")
                .replace(' ', '-');
    }
}
