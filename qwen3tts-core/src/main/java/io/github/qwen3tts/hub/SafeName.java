package io.github.qwen3tts.hub;

import java.util.Set;
import java.util.regex.Pattern;

/** Names that came from outside, and whether they may become part of a path or an address. */
final class SafeName {

    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9][\\w.-]{0,95}/[A-Za-z0-9][\\w.-]{0,95}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ETAG = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    /** Separators and drive letters of any system, control characters, what Windows forbids. */
    private static final Pattern UNSAFE = Pattern.compile("[\\\\:*?\"<>|\\p{Cntrl}]");

    private static final Set<String> NOT_SEGMENTS = Set.of("", ".", "..");
    private static final int MAX_LENGTH = 512;

    private SafeName() {}

    /** Whether this is {@code owner/name} and stays one folder of the cache, {@code models--owner--name}. */
    static boolean isRepository(String name) {
        return REPOSITORY.matcher(name).matches() && !name.contains("--") && !name.contains("..");
    }

    static boolean isCommit(String name) {
        return COMMIT.matcher(name).matches();
    }

    /** Whether this is a git object id or a SHA-256, which is what blobs are named. */
    static boolean isEtag(String name) {
        return ETAG.matcher(name).matches();
    }

    /** Whether this path, with {@code /} between its parts, leads nowhere but down, on any system. */
    static boolean isRelativePath(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH || UNSAFE.matcher(name).find()) {
            return false;
        }
        for (String segment : name.split("/", -1)) {
            if (NOT_SEGMENTS.contains(segment) || segment.endsWith(".") || segment.endsWith(" ")) {
                return false;
            }
        }
        return true;
    }

    static boolean matches(String pattern, String name) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*' && pattern.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return name.matches(regex.toString());
    }
}
