package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Lists what applications can depend on. A change of the list is a change of the API: review it, then write the new list
 * with {@code ./dev test PublicApiTest -Dqwen3tts.api.write}.
 */
class PublicApiTest {

    private static final String ROOT = "io.github.qwen3tts";
    private static final List<String> CORE = List.of(ROOT, ROOT + ".api", ROOT + ".config", ROOT + ".hub");
    private static final String AUDIO = ROOT + ".audio";
    private static final int MOST_TYPES_OF_CORE = 45;
    private static final Path COMMITTED = Path.of("src/test/resources/public-api.txt");
    private static final Pattern OURS = Pattern.compile("\\bio\\.github\\.qwen3tts(?:\\.[a-z]\\w*)*(?=\\.[A-Z])");

    @Test
    void publicApiIsTheCommittedOne() throws Exception {
        String now = types().stream().map(PublicApiTest::describe).collect(Collectors.joining("\n"));
        if (System.getProperty("qwen3tts.api.write") != null) {
            Files.writeString(COMMITTED, now);
        }
        assertEquals(Files.readString(COMMITTED), now, "the public API has changed; see the comment of this test");
    }

    @Test
    void coreHasFewPublicTypes() throws Exception {
        List<String> names = types().stream()
                .filter(type -> CORE.contains(type.getPackageName()))
                .map(Class::getName)
                .toList();
        assertTrue(names.size() <= MOST_TYPES_OF_CORE, names.size() + " public types: " + names);
    }

    @Test
    void noSignatureNamesAnInternalType() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Class<?> type : types()) {
            for (String line : describe(type).split("\n")) {
                Matcher named = OURS.matcher(line);
                while (named.find()) {
                    if (!CORE.contains(named.group()) && !named.group().equals(AUDIO)) {
                        wrong.add(type.getName() + ": " + line.strip());
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void modulesExportThesePackagesAndNoOther() throws Exception {
        assertEquals(new TreeSet<>(CORE), exported(TtsEngine.class));
        assertEquals(new TreeSet<>(List.of(AUDIO)), exported(Pcm.class));
    }

    /** Packages that a module exports to everybody. */
    private static TreeSet<String> exported(Class<?> of) throws Exception {
        try (InputStream in = Files.newInputStream(classes(of).resolve("module-info.class"))) {
            return ModuleDescriptor.read(in).exports().stream()
                    .filter(export -> !export.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The classes of a module: a directory, or the inside of a jar, which stays open. */
    private static Path classes(Class<?> of) throws IOException, URISyntaxException {
        Path path =
                Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Files.isDirectory(path) ? path : FileSystems.newFileSystem(path).getPath("/");
    }

    /** All public types, nested ones too, by name. */
    private static List<Class<?>> types() throws IOException, URISyntaxException, ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        for (String name : CORE) {
            types.addAll(typesOf(classes(TtsEngine.class), name));
        }
        types.addAll(typesOf(classes(Pcm.class), AUDIO));
        return types;
    }

    private static List<Class<?>> typesOf(Path root, String packageName) throws IOException, ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve(packageName.replace('.', '/')))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    Class<?> type = Class.forName(
                            packageName + "." + name.substring(0, name.length() - 6),
                            false,
                            PublicApiTest.class.getClassLoader());
                    if (isPublic(type)) {
                        types.add(type);
                    }
                }
            }
        }
        return types;
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    /** A type and its public and protected members, a line each. */
    private static String describe(Class<?> type) {
        StringBuilder text = new StringBuilder(type.toGenericString());
        if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
            text.append(" extends ").append(type.getGenericSuperclass().getTypeName());
        }
        Stream.of(type.getGenericInterfaces())
                .map(Type::getTypeName)
                .sorted()
                .forEach(name -> text.append(" implements ").append(name));
        List<String> members = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            add(members, field, field.toGenericString());
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            add(members, constructor, constructor.toGenericString());
        }
        for (Method method : type.getDeclaredMethods()) {
            add(members, method, method.toGenericString());
        }
        members.sort(Comparator.naturalOrder());
        members.forEach(member -> text.append("\n  ").append(member));
        return text.append('\n').toString();
    }

    private static void add(List<String> members, Member member, String text) {
        boolean visible = Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers());
        boolean written = !member.isSynthetic() && !(member instanceof Executable e && isOfObject(e));
        if (visible && written) {
            members.add(text);
        }
    }

    private static boolean isOfObject(Executable method) {
        return Arrays.stream(Object.class.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(method.getName())
                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }
}
